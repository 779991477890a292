"""The closed lists of values that events and sign-ups choose from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What an event is about."""

    BUSINESS = "naringsliv", _("Næringsliv")
    LEARNING = "kompetanse", _("Kurs og kompetanse")
    CAREER = "karriere", _("Jobb og karriere")
    TECHNOLOGY = "teknologi", _("Teknologi")
    CULTURE = "kultur", _("Kultur og musikk")
    FOOD = "mat", _("Mat og drikke")
    OUTDOORS = "friluft", _("Idrett og friluft")
    SOCIAL = "sosialt", _("Sosialt")
    TOWN = "byutvikling", _("Byutvikling")


class Audience(models.TextChoices):
    """For whom an event is made."""

    EVERYONE = "alle", _("Åpent for alle")
    FAMILIES = "familier", _("Familier")
    YOUNG = "unge", _("Unge voksne")
    STUDENTS = "studenter", _("Studenter")
    BUSINESS = "bedrifter", _("Bedrifter")
    NEWCOMERS = "nyinnflyttede", _("Nyinnflyttede")


class EventLanguage(models.TextChoices):
    """The language spoken at an event."""

    NORWEGIAN = "norsk", _("Norsk")
    ENGLISH = "engelsk", _("Engelsk")
    BOTH = "begge", _("Norsk og engelsk")


class OwnReminder(models.TextChoices):
    """When somebody who comes wants to be reminded. Empty means when the organiser reminds everybody."""

    USUAL = "", _("Når arrangøren minner om det")
    DAY_BEFORE = "day-before", _("Dagen før")
    TWO_HOURS = "two-hours", _("To timer før")


class Publication(models.TextChoices):
    """Whether strangers see an event. All but the draft are the stages of `vekst.moderation`."""

    DRAFT = "draft", _("Utkast")
    SUBMITTED = "submitted", _("Sendt inn")
    CHANGES_ASKED = "changes-asked", _("Bedt om endring")
    PUBLISHED = "published", _("Publisert")
    WITHDRAWN = "withdrawn", _("Trukket")


class EventStatus(models.TextChoices):
    """Whether and when an event takes place; apart from its publication."""

    PLANNED = "planned", _("Planlagt")
    MOVED = "moved", _("Flyttet")
    POSTPONED = "postponed", _("Utsatt")
    CANCELLED = "cancelled", _("Avlyst")
    HELD = "held", _("Holdt")


TAKING_PLACE = (EventStatus.PLANNED, EventStatus.MOVED)


class Admission(models.TextChoices):
    """Who may sign up."""

    OPEN = "open", _("Alle")
    MEMBERS = "members", _("Ansatte i medlemsbedrifter")
    FORUM = "forum", _("De som har plass i forumet")
    INVITED = "invited", _("Bare inviterte")


class QueuePolicy(models.TextChoices):
    """Who is offered seats when the first party of the queue does not fit in those that are free."""

    STRICT = "strict", _("Streng rekkefølge: vent til den første får plass")
    FILL = "fill", _("Fyll plassene: gå videre til en som får plass")
    SPLIT = "split", _("Spør den første om å dele seg")


class AttendeeList(models.TextChoices):
    """Who sees the names of those who come and have said yes to being named."""

    HIDDEN = "hidden", _("Bare arrangøren")
    PARTICIPANTS = "participants", _("De som er påmeldt")
    PUBLIC = "public", _("Alle")

"""What homes and vacancies can be. The values stand in addresses and never change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# "Nobody said" is a value of its own, and never the same as no.
UNSTATED = "uoppgitt"


class HomeKind(models.TextChoices):
    """What is offered: to rent, to buy, a student's room or a dwelling not yet built."""

    RENT = "leie", _("Til leie")
    BUY = "kjop", _("Til salgs")
    STUDENT = "student", _("Studentbolig")
    PROJECT = "prosjekt", _("Nybygg")


class DwellingType(models.TextChoices):
    """What kind of building it is."""

    APARTMENT = "leilighet", _("Leilighet")
    ROW_HOUSE = "rekkehus", _("Rekkehus")
    SEMI_DETACHED = "tomannsbolig", _("Tomannsbolig")
    DETACHED = "enebolig", _("Enebolig")
    ROOM = "hybel", _("Hybel")
    SHARED = "bofellesskap", _("Rom i bofellesskap")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Ownership(models.TextChoices):
    """The legal form in which a dwelling is owned or held."""

    FREEHOLD = "selveier", _("Selveier")
    COOPERATIVE = "andel", _("Andel (borettslag)")
    SHARE = "aksje", _("Aksje")
    LEASE = "leie", _("Leie")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Neighbourhood(models.TextChoices):
    """Parts of the municipality that people know by name."""

    NYMOEN = "nymoen", _("Nymoen")
    VESTSIDEN = "vestsiden", _("Vestsiden")
    GAMLEGRENDASEN = "gamlegrendasen", _("Gamlegrendåsen")
    RAUMYR = "raumyr", _("Raumyr")
    SKOLEGATA = "skolegata", _("Skolegata-kvartalet")
    DYRMYR = "dyrmyr", _("Dyrmyr")
    LINDBOJORDET = "lindbojordet", _("Lindbojordet")
    FRYDENBERGASEN = "frydenbergasen", _("Frydenbergåsen")
    VIBEHAUGEN = "vibehaugen", _("Vibehaugen")
    SAGGRENDA = "saggrenda", _("Saggrenda")
    SKOLLENBORG = "skollenborg", _("Skollenborg")
    HVITTINGFOSS = "hvittingfoss", _("Hvittingfoss")
    OTHER = "annet", _("Andre steder")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class PetsAllowed(models.TextChoices):
    """Whether animals are welcome."""

    YES = "ja", _("Husdyr er greit")
    ASK = "avtale", _("Etter avtale")
    NO = "nei", _("Ikke husdyr")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class StepFree(models.TextChoices):
    """Whether one gets in and around without steps."""

    YES = "ja", _("Trinnfri")
    NO = "nei", _("Ikke trinnfri")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Furnished(models.TextChoices):
    """Whether furniture comes with it."""

    YES = "ja", _("Møblert")
    PARTLY = "delvis", _("Delvis møblert")
    NO = "nei", _("Umøblert")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class OfferedBy(models.TextChoices):
    """Who offers the home."""

    PRIVATE = "privat", _("Privatperson")
    EMPLOYER = "arbeidsgiver", _("Arbeidsgiver")
    COMPANY = "utleiefirma", _("Utleiefirma")
    AGENT = "megler", _("Megler")
    DEVELOPER = "utbygger", _("Utbygger")
    STUDENT_WELFARE = "studentsamskipnad", _("Studentsamskipnad")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class EnergyGrade(models.TextChoices):
    """The letter of the energy certificate."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class HomeSource(models.TextChoices):
    """Where a home came from."""

    OWN = "egen", _("Sendt inn")
    CSV = "csv", _("Importert fil")


class Occupation(models.TextChoices):
    """Groups of work: the first level of NAV's own grouping, so that both sources count together."""

    CONSTRUCTION = "bygg-og-anlegg", _("Bygg og anlegg")
    REAL_ESTATE = "eiendom", _("Eiendom")
    HEALTH = "helse-og-sosial", _("Helse og sosial")
    CRAFTS = "handverk", _("Håndverk")
    INDUSTRY = "industri-og-produksjon", _("Industri og produksjon")
    IT = "it", _("IT")
    OFFICE = "kontor-og-okonomi", _("Kontor og økonomi")
    CULTURE = "kultur-og-kreative-yrker", _("Kultur og kreative yrker")
    NATURE = "natur-og-miljo", _("Natur og miljø")
    HOSPITALITY = "reiseliv-og-mat", _("Reiseliv og mat")
    SALES = "salg-og-service", _("Salg og service")
    SAFETY = "sikkerhet-og-beredskap", _("Sikkerhet og beredskap")
    TRANSPORT = "transport-og-lager", _("Transport og lager")
    EDUCATION = "utdanning", _("Utdanning")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Extent(models.TextChoices):
    """Full-time or part-time."""

    FULL = "heltid", _("Heltid")
    PART = "deltid", _("Deltid")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Engagement(models.TextChoices):
    """For how long, and on which terms, one is taken on."""

    PERMANENT = "fast", _("Fast")
    SUBSTITUTE = "vikariat", _("Vikariat")
    TEMPORARY = "engasjement", _("Engasjement")
    PROJECT = "prosjekt", _("Prosjekt")
    SEASON = "sesong", _("Sesong")
    SUMMER = "sommerjobb", _("Sommerjobb")
    APPRENTICE = "laerling", _("Lærling")
    TRAINEE = "trainee", _("Trainee")
    OTHER = "annet", _("Annet")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Sector(models.TextChoices):
    """Who the employer answers to."""

    PRIVATE = "privat", _("Privat")
    PUBLIC = "offentlig", _("Offentlig")
    NON_PROFIT = "frivillig", _("Ideell og frivillig")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class WorkLanguage(models.TextChoices):
    """The language that the work asks for."""

    NORWEGIAN = "norsk", _("Norsk")
    ENGLISH = "engelsk", _("Engelsk")
    EITHER = "begge", _("Norsk eller engelsk")
    OTHER = "annet", _("Annet språk")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Remote(models.TextChoices):
    """Whether one can work from home."""

    NO = "nei", _("På arbeidsplassen")
    HYBRID = "delvis", _("Delvis hjemmekontor")
    YES = "helt", _("Hjemmekontor")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class Place(models.TextChoices):
    """Where the work is done, as far as a postal town tells."""

    KONGSBERG = "kongsberg", _("Kongsberg by")
    SKOLLENBORG = "skollenborg", _("Skollenborg")
    HVITTINGFOSS = "hvittingfoss", _("Hvittingfoss")
    ELSEWHERE = "andre-kommuner", _("Også andre kommuner")
    UNSTATED = UNSTATED, _("Ikke oppgitt")


class VacancySource(models.TextChoices):
    """Where a vacancy came from."""

    OWN = "egen", _("Sendt inn")
    NAV = "nav", _("NAV")


class SubmittedLanguage(models.TextChoices):
    """The language in which the sender used the portal; mail to the sender is written in it."""

    BOKMAL = "nb", _("Bokmål")
    ENGLISH = "en", _("Engelsk")

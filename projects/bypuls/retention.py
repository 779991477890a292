"""How long personal data about people at events is kept."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.accounts.retention import RetentionRule
from projects.bypuls.models import (
    Answer,
    DoorLink,
    DoorPress,
    Event,
    EventLogEntry,
    EventMessage,
    EventOrganiser,
    EventPhoto,
    ImportRun,
    Invitation,
    OwnCalendar,
    SeriesSignUp,
    SignUp,
    SubmissionNote,
    SurveyAnswer,
    VenuePhoto,
    VenueProposal,
)
from projects.bypuls.models.keeping import OPEN_STATES
from projects.bypuls.models.signup import SignUpQuerySet

SIGN_UP_DAYS = 30
# Interest in an event that never gets a date.
INTEREST_DAYS = 365
OWN_CALENDAR_DAYS = 365
SUBMITTER_DAYS = 365
ORGANISER_DAYS = 365
WITHDRAWN_PHOTO_DAYS = 30
SURVEY_TEXT_DAYS = 365
PROPOSER_DAYS = 90
IMPORT_RUN_DAYS = 90


def _today(at: dt.datetime) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(timezone.localdate(at), dt.time()))


def _erase_diets(at: dt.datetime, dry_run: bool) -> int:
    """The day after the event, and at once for those who have signed off or let their offer lapse."""
    over = SignUp.objects.filter(event__is_date_set=True, event__ends_at__lt=_today(at))
    left = SignUp.objects.filter(state__in=["cancelled", "lapsed"])
    due = (over | left).exclude(diet="")
    return due.count() if dry_run else due.update(diet="")


def _due_signups(at: dt.datetime) -> SignUpQuerySet:
    last = at - dt.timedelta(days=SIGN_UP_DAYS)
    over = Q(event__is_date_set=True, event__ends_at__lt=last)
    never = Q(event__is_date_set=False, created_at__lt=at - dt.timedelta(days=INTEREST_DAYS))
    return SignUp.objects.filter(over | never, anonymised_at=None)


def _anonymise_signups(at: dt.datetime, dry_run: bool) -> int:
    """The rows stay, with size and state, so that figures of earlier events stay true."""
    due = _due_signups(at)
    if dry_run:
        return due.count()
    Answer.objects.filter(signup__in=due).delete()
    return due.update(name="", email="", companions="", note="", diet="", anonymised_at=at)


def _anonymise_series_signups(at: dt.datetime, dry_run: bool) -> int:
    """After signing off, or when the last date of the series is long over."""
    last = at - dt.timedelta(days=SIGN_UP_DAYS)
    goes_on = Event.objects.filter(series=OuterRef("series"), ends_at__gte=last)
    due = SeriesSignUp.objects.filter(
        Q(cancelled_at__lt=last) | ~Exists(goes_on) & Q(created_at__lt=last), anonymised_at=None
    )
    if dry_run:
        return due.count()
    return due.update(name="", email="", anonymised_at=at)


def _drop_own_calendars(at: dt.datetime, dry_run: bool) -> int:
    """Nobody has been signed up with the address for so long that names of it are gone."""
    known = SignUp.objects.filter(email=OuterRef("email"))
    old = OwnCalendar.objects.filter(created_at__lt=at - dt.timedelta(days=OWN_CALENDAR_DAYS))
    due = old.exclude(Exists(known))
    return due.count() if dry_run else due.delete()[0]


def _drop_invitations(at: dt.datetime, dry_run: bool) -> int:
    last = at - dt.timedelta(days=SIGN_UP_DAYS)
    over = Q(event__is_date_set=True, event__ends_at__lt=last)
    never = Q(event__is_date_set=False, created_at__lt=at - dt.timedelta(days=INTEREST_DAYS))
    due = Invitation.objects.filter(over | never)
    return due.count() if dry_run else due.delete()[0]


def _forget_submitters(at: dt.datetime, dry_run: bool) -> int:
    due = Event.objects.filter(ends_at__lt=at - dt.timedelta(days=SUBMITTER_DAYS)).exclude(
        submitter_email="", submitter_name=""
    )
    if dry_run:
        return due.count()
    number = 0
    # The history of the event holds the same names.
    for event in due.iterator(chunk_size=200):
        event.history.update(submitter_name="", submitter_email="")  # type: ignore[attr-defined]
        SubmissionNote.objects.filter(event=event).delete()
        Event.objects.filter(pk=event.pk).update(
            submitter_name="", submitter_email="", moderation_note=""
        )
        number += 1
    return number


def _forget_proposers(at: dt.datetime, dry_run: bool) -> int:
    """The row stays, with what was changed, so that staff see what a page has been through."""
    last = at - dt.timedelta(days=PROPOSER_DAYS)
    over = VenueProposal.objects.exclude(state__in=OPEN_STATES).filter(decided_at__lt=last)
    due = over.exclude(sender_email="", sender_name="", message="", reply="")
    photos = VenuePhoto.objects.filter(approved_at__lt=last).exclude(sent_by="")
    if dry_run:
        return due.count() + photos.count()
    return due.update(sender_email="", sender_name="", message="", reply="") + photos.update(
        sent_by=""
    )


def _drop_import_runs(at: dt.datetime, dry_run: bool) -> int:
    """What came of each reading; the lines with errors may quote what a calendar says of people."""
    due = ImportRun.objects.filter(started_at__lt=at - dt.timedelta(days=IMPORT_RUN_DAYS))
    return due.count() if dry_run else due.delete()[0]


def _delete_withdrawn_photos(at: dt.datetime, dry_run: bool) -> int:
    """The picture has been hidden since the consent was withdrawn; now the file goes too."""
    due = EventPhoto.objects.filter(
        consent_withdrawn_at__lt=at - dt.timedelta(days=WITHDRAWN_PHOTO_DAYS)
    )
    if dry_run:
        return due.count()
    number = 0
    for photo in due.order_by("pk"):
        # The file first: a row that is left behind is met again the next night, a file is not.
        photo.picture.delete(save=False)
        photo.delete()
        number += 1
    return number


def _forget_survey_texts(at: dt.datetime, dry_run: bool) -> int:
    """People write names where none are asked for. The marks stay."""
    last = at - dt.timedelta(days=SURVEY_TEXT_DAYS)
    due = SurveyAnswer.objects.filter(event__ends_at__lt=last).exclude(text="")
    return due.count() if dry_run else due.update(text="")


def _forget_organisers(at: dt.datetime, dry_run: bool) -> int:
    """Who ran an event, what they did with it and wrote about it, and the links of their helpers."""
    last = at - dt.timedelta(days=ORGANISER_DAYS)
    numbers = [
        due.count() if dry_run else due.delete()[0]
        for due in (
            DoorPress.objects.filter(event__ends_at__lt=at - dt.timedelta(days=SIGN_UP_DAYS)),
            DoorLink.objects.filter(event__ends_at__lt=at - dt.timedelta(days=SIGN_UP_DAYS)),
            EventOrganiser.objects.filter(event__ends_at__lt=last),
            EventLogEntry.objects.filter(event__ends_at__lt=last),
            EventMessage.objects.filter(event__ends_at__lt=last),
        )
    ]
    return sum(numbers)


RULES: list[RetentionRule] = [
    RetentionRule(
        data=_("Allergier og kosthold ved påmelding"),
        basis=_("Samtykke (GDPR artikkel 9 nr. 2 a)"),
        kept_for=_("Til dagen etter arrangementet, eller til avmelding"),
        apply=_erase_diets,
    ),
    RetentionRule(
        data=_("Påmeldinger til arrangementer"),
        basis=_("Avtalen om deltakelse (GDPR artikkel 6 nr. 1 b)"),
        kept_for=_(
            "30 dager etter arrangementet, med svarene; antallet beholdes uten navn. "
            "Ett år for interesse uten dato"
        ),
        apply=_anonymise_signups,
    ),
    RetentionRule(
        data=_("Påmeldinger til hele serier"),
        basis=_("Avtalen om deltakelse (GDPR artikkel 6 nr. 1 b)"),
        kept_for=_("30 dager etter avmelding eller siste dato"),
        apply=_anonymise_series_signups,
    ),
    RetentionRule(
        data=_("Adressen til kalenderen med egne påmeldinger"),
        basis=_("Avtalen om deltakelse (GDPR artikkel 6 nr. 1 b)"),
        kept_for=_("Til den tas bort; ett år når ingenting er påmeldt med adressen"),
        apply=_drop_own_calendars,
    ),
    RetentionRule(
        data=_("Invitasjoner til arrangementer"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("30 dager etter arrangementet; ett år uten dato"),
        apply=_drop_invitations,
    ),
    RetentionRule(
        data=_("Hvem som sendte inn et arrangement, og samtalen om det"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år etter arrangementet"),
        apply=_forget_submitters,
    ),
    RetentionRule(
        data=_("Hvem som er arrangør, og det de har gjort og skrevet på Min side"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år etter arrangementet; innsjekken ved døra 30 dager"),
        apply=_forget_organisers,
    ),
    RetentionRule(
        data=_("Hvem som foreslo endringer og sendte bilder av steder"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("90 dager etter at forslaget er besvart; endringen beholdes uten navn"),
        apply=_forget_proposers,
    ),
    RetentionRule(
        data=_("Lesinger av andres kalendere"),
        basis=_("Drift og feilsøking (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("90 dager"),
        apply=_drop_import_runs,
    ),
    RetentionRule(
        data=_("Bilder fra arrangementer der noen har trukket samtykket"),
        basis=_("Samtykke (GDPR artikkel 6 nr. 1 a)"),
        kept_for=_("Skjules med en gang; slettes etter 30 dager"),
        apply=_delete_withdrawn_photos,
    ),
    RetentionRule(
        data=_("Det folk har skrevet i spørreundersøkelser"),
        basis=_("Berettiget interesse (GDPR artikkel 6 nr. 1 f)"),
        kept_for=_("Ett år etter arrangementet; karakterene beholdes"),
        apply=_forget_survey_texts,
    ),
]

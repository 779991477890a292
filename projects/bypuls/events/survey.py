"""
The short survey after an event: one answer from each party, kept without the person.

An answer is named by a keyed hash of the sign-up. It tells that the same party answers again, and
nothing else; no page shows results before there are so many that nobody stands out.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, EventStatus, SignUp, SignUpState, SurveyAnswer

OPEN_FOR = dt.timedelta(days=14)
# Fewer answers than this are shown to nobody.
FEWEST = 5
RATINGS = (1, 2, 3, 4, 5)


class SurveyError(Exception):
    """The answer cannot be taken; the message is for the visitor."""


def answer_key(signup_id: int) -> str:
    """Return what the answer of a sign-up is known by."""
    return salted_hmac("bypuls.survey", str(signup_id), algorithm="sha256").hexdigest()


def closes_at(event: Event) -> dt.datetime:
    """Return until when answers are taken."""
    return event.ends_at + OPEN_FOR


def closed_reason(signup: SignUp, *, at: dt.datetime) -> str:
    """Say why this party cannot answer; empty when they can. Needs `event`."""
    event = signup.event
    if event.status in (EventStatus.CANCELLED, EventStatus.POSTPONED):
        return _("Arrangementet er %(status)s.") % {"status": event.get_status_display().lower()}
    if signup.state != SignUpState.ATTENDING:
        return _("Spørsmålene er til dem som var med.")
    if at < event.ends_at:
        return _("Arrangementet er ikke over ennå. Kom tilbake etterpå.")
    if at >= closes_at(event):
        return _("Undersøkelsen er avsluttet. Takk for at du ville svare.")
    return ""


def answer_of(signup: SignUp) -> SurveyAnswer | None:
    """Return what this party has answered."""
    return SurveyAnswer.objects.filter(event_id=signup.event_id, key=answer_key(signup.pk)).first()


def answer(
    signup: SignUp, *, rating: int, would_come_again: bool | None, text: str, at: dt.datetime
) -> SurveyAnswer:
    """Keep the answer of a party; a second one takes the place of the first. Raises SurveyError."""
    reason = closed_reason(signup, at=at)
    if reason:
        raise SurveyError(reason)
    row, _is_new = SurveyAnswer.objects.update_or_create(
        event_id=signup.event_id,
        key=answer_key(signup.pk),
        defaults={
            "rating": rating,
            "would_come_again": would_come_again,
            "text": text.strip()[:1000],
            "answered_on": timezone.localdate(at),
        },
    )
    return row


@dataclass(frozen=True)
class SurveyResults:
    """What those who answered thought; empty but for `count` while they are fewer than `FEWEST`."""

    count: int
    mean: float | None = None
    bars: tuple[tuple[int, int, int], ...] = ()
    again_percent: int | None = None
    texts: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        return self.mean is not None

    @property
    def missing(self) -> int:
        """How many answers are lacking before anything is shown."""
        return max(FEWEST - self.count, 0)


def survey_results(event: Event) -> SurveyResults:
    """
    Return what people thought of an event, for those who hold it. At most two queries.

    `bars` are (rating, answers, percent), the best first. The texts come in no order that tells who wrote.
    """
    rows = SurveyAnswer.objects.filter(event=event)
    sums = rows.aggregate(
        count=Count("pk"),
        mean=Avg("rating"),
        yes=Count("pk", filter=Q(would_come_again=True)),
        said=Count("pk", filter=Q(would_come_again__isnull=False)),
        **{f"r{rating}": Count("pk", filter=Q(rating=rating)) for rating in RATINGS},
    )
    count = sums["count"]
    if count < FEWEST:
        return SurveyResults(count)
    texts = rows.exclude(text="").order_by("key").values_list("text", flat=True)
    return SurveyResults(
        count=count,
        mean=round(sums["mean"], 1),
        bars=tuple(
            (rating, sums[f"r{rating}"], round(100 * sums[f"r{rating}"] / count))
            for rating in reversed(RATINGS)
        ),
        again_percent=round(100 * sums["yes"] / sums["said"]) if sums["said"] >= FEWEST else None,
        texts=tuple(texts),
    )

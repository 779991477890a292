"""
Who fits whom in the mentor scheme: simple points with reasons, proposed here and decided by people.

Lock order everywhere: first the mentor's row, then the rest. The mentor's room is a counter under that
lock, with a constraint behind it.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from members.mailings.ledger import MailKind, enqueue
from projects.ung.models import (
    Language,
    Match,
    MatchState,
    Mentee,
    Mentor,
    MentorScheme,
    ParticipantState,
    Topic,
    WorkField,
)

TOPIC_POINTS, FIELD_POINTS, LANGUAGE_POINTS = 3, 2, 1


class MatchError(Exception):
    """The pair cannot be made or moved on; the message can be shown to staff."""


@dataclass(frozen=True)
class Fit:
    """How well two fit, and why, in words for the coordinator."""

    points: int
    reasons: tuple[str, ...]


_COMPANY_FORM = re.compile(r"\b(as|asa|da|ans|sa|ks|hf|enk)\b\.?")


def workplace_key(name: str) -> str:
    """Return the workplace's name so that "Kongsberg  Gruppen ASA" and "kongsberg gruppen" are the same."""
    without_form = _COMPANY_FORM.sub(" ", name.casefold())
    return " ".join(re.sub(r"[^\w]+", " ", without_form).split())


def fit(mentor: Mentor, mentee: Mentee) -> Fit | None:
    """
    Return how well the two fit, or None when they must not be paired.

    Nobody gets a mentor from the own workplace, and two without a common language are no pair.
    """
    if workplace_key(mentor.workplace) == workplace_key(mentee.workplace):
        return None
    if mentor.email == mentee.email:
        return None
    languages = [code for code in mentor.languages if code in mentee.languages]
    if not languages:
        return None
    topics = [topic for topic in mentor.topics if topic in mentee.topics]
    reasons = [
        _("Felles tema: %(topic)s") % {"topic": Topic(topic).label} for topic in sorted(topics)
    ]
    points = TOPIC_POINTS * len(topics)
    if mentor.field == mentee.field:
        points += FIELD_POINTS
        reasons.append(_("Samme fagfelt: %(field)s") % {"field": WorkField(mentor.field).label})
    points += LANGUAGE_POINTS * len(languages)
    reasons += [
        _("Felles språk: %(language)s") % {"language": Language(code).label}
        for code in sorted(languages)
    ]
    return Fit(points, tuple(reasons))


def best_mentor(
    mentee: Mentee, mentors: Iterable[Mentor], *, not_again: set[int]
) -> tuple[Mentor, Fit] | None:
    """
    Return the mentor with room who fits best, with the reasons.

    Of two who fit equally the one with fewer pairs comes first, then the one who signed up first.
    Mentors in `not_again` had a pair with this mentee before that ended.
    """
    found: list[tuple[Mentor, Fit]] = []
    for mentor in mentors:
        if mentor.pair_count >= mentor.capacity or mentor.pk in not_again:
            continue
        fitting = fit(mentor, mentee)
        if fitting is not None:
            found.append((mentor, fitting))
    return min(
        found,
        key=lambda pair: (-pair[1].points, pair[0].pair_count, pair[0].pk),
        default=None,
    )


@transaction.atomic
def propose_pairs(scheme: MentorScheme, *, at: datetime.datetime) -> list[Match]:
    """
    Propose a mentor for each active mentee without one, in the order in which they confirmed.

    A coordinator accepts or ends each proposal. Safe to run again: those with a live pair are left out.
    """
    mentors = list(
        Mentor.objects.select_for_update()
        .filter(scheme=scheme, state=ParticipantState.ACTIVE)
        .order_by("pk")
    )
    live = Match.objects.live().filter(mentee__scheme=scheme).values("mentee")
    mentees = (
        Mentee.objects.filter(scheme=scheme, state=ParticipantState.ACTIVE)
        .exclude(pk__in=live)
        .order_by("confirmed_at", "pk")
    )
    ended: dict[int, set[int]] = {}
    for mentee_id, mentor_id in Match.objects.filter(
        mentee__scheme=scheme, state=MatchState.ENDED
    ).values_list("mentee_id", "mentor_id"):
        ended.setdefault(mentee_id, set()).add(mentor_id)
    made = []
    for mentee in mentees:
        chosen = best_mentor(mentee, mentors, not_again=ended.get(mentee.pk, set()))
        if chosen is not None:
            mentor, fitting = chosen
            made.append(_make(mentor, mentee, fitting, at=at))
            mentor.pair_count += 1
    return made


@transaction.atomic
def propose_pair(*, mentor: Mentor, mentee: Mentee, at: datetime.datetime) -> Match:
    """
    Propose one pair that a coordinator has in mind.

    Raises MatchError when the mentor has no room, the mentee has a mentor already, one of them does
    not take part, or the two must not be paired.
    """
    locked = Mentor.objects.select_for_update().get(pk=mentor.pk)
    other = Mentee.objects.select_for_update().get(pk=mentee.pk)
    if locked.scheme_id != other.scheme_id:
        raise MatchError(_("Mentor og adept må være i samme ordning."))
    if {locked.state, other.state} != {ParticipantState.ACTIVE.value}:
        raise MatchError(_("Begge må være med i ordningen."))
    if locked.pair_count >= locked.capacity:
        raise MatchError(_("Mentoren har ikke plass til flere."))
    if Match.objects.live().filter(mentee=other).exists():
        raise MatchError(_("Adepten har alt en mentor."))
    fitting = fit(locked, other)
    if fitting is None:
        raise MatchError(
            _("De to kan ikke kobles: samme arbeidssted, samme person eller ingen felles språk.")
        )
    return _make(locked, other, fitting, at=at)


def _make(mentor: Mentor, mentee: Mentee, fitting: Fit, *, at: datetime.datetime) -> Match:
    """The caller holds the lock on the mentor."""
    Mentor.objects.filter(pk=mentor.pk).update(pair_count=F("pair_count") + 1)
    return Match.objects.create(
        mentor=mentor,
        mentee=mentee,
        score=fitting.points,
        reasons=list(fitting.reasons),
        proposed_at=at,
    )


@transaction.atomic
def accept(match: Match, *, at: datetime.datetime) -> bool:
    """
    Make a proposed pair real and mail both once; returns whether this call did it.

    Raises MatchError when the pair has ended or one of the two has left.
    """
    locked = _locked(match)
    if locked.state == MatchState.ACCEPTED:
        return False
    if locked.state == MatchState.ENDED:
        raise MatchError(_("Paret er avsluttet."))
    people = (locked.mentor, locked.mentee)
    if any(person.state != ParticipantState.ACTIVE for person in people):
        raise MatchError(_("Begge må være med i ordningen."))
    locked.state = MatchState.ACCEPTED
    locked.accepted_at = at
    locked.save(update_fields=["state", "accepted_at"])
    _mail_pair(locked, at=at)
    return True


@transaction.atomic
def end(match: Match, *, at: datetime.datetime) -> bool:
    """End a pair, proposed or accepted, and give the mentor's room back; returns whether this call did."""
    locked = _locked(match)
    if locked.state == MatchState.ENDED:
        return False
    locked.state = MatchState.ENDED
    locked.ended_at = at
    locked.save(update_fields=["state", "ended_at"])
    Mentor.objects.filter(pk=locked.mentor_id).update(pair_count=F("pair_count") - 1)
    return True


def _locked(match: Match) -> Match:
    """Lock the mentor first, then the pair, as everywhere in this module."""
    Mentor.objects.select_for_update().get(pk=match.mentor_id)
    return (
        Match.objects.select_for_update(of=("self",))
        .select_related("mentor", "mentee", "mentor__scheme")
        .get(pk=match.pk)
    )


def _mail_pair(match: Match, *, at: datetime.datetime) -> None:
    mentor, mentee = match.mentor, match.mentee
    for person, other, role in ((mentor, mentee, "mentor"), (mentee, mentor, "mentee")):
        with translation.override(person.language):
            context = {
                "name": person.name,
                "other": other,
                "scheme": mentor.scheme,
                "is_mentor": role == "mentor",
                "topics": [Topic(t).label for t in mentor.topics if t in mentee.topics],
                "programme": settings.PROGRAMME_NAME,
            }
            enqueue(
                kind=MailKind.MENTOR_MATCH,
                subject=f"match-{match.pk}",
                recipient=person.email,
                title=render_to_string("ung/mail/match_subject.txt", context).strip(),
                text=render_to_string("ung/mail/match_body.txt", context),
                mandatory=True,
                at=at,
            )

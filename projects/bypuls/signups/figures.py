"""How many have a seat, wait, are asked and have come: what an organiser looks at first."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from projects.bypuls.models import Event, SeatHold, SignUp, SignUpState


@dataclass(frozen=True)
class Figures:
    """People, not parties, unless the name says `parties`."""

    parties: int
    attending: int
    queue: int
    offered: int
    interested: int
    asked: int
    confirmed: int
    held: int
    came: int
    walk_ins: int
    checked_in_parties: int

    @property
    def at_the_door(self) -> int:
        """Everybody who is there: those with a seat who came, and those who came without."""
        return self.came + self.walk_ins

    @property
    def missing(self) -> int:
        """Those with a seat who have not come yet."""
        return max(self.attending - self.came, 0)


def _people(condition: Q, field: str = "size") -> Coalesce:
    return Coalesce(Sum(field, filter=condition), 0)


def figures_of(event: Event, *, at: dt.datetime) -> Figures:
    """Count the people of one event. Two queries, whatever the number of sign-ups."""
    seat = Q(state=SignUpState.ATTENDING, is_walk_in=False)
    walked_in = Q(state=SignUpState.ATTENDING, is_walk_in=True)
    found = SignUp.objects.filter(event=event).aggregate(
        parties=Count("pk", filter=seat),
        attending=_people(seat),
        queue=_people(Q(state=SignUpState.WAITING)),
        offered=_people(Q(state=SignUpState.OFFERED), "offered_size"),
        interested=_people(Q(state=SignUpState.INTERESTED)),
        asked=_people(seat & Q(asked_at__isnull=False)),
        confirmed=_people(seat & Q(confirmed_at__isnull=False)),
        came=_people(seat, "checked_in_size"),
        walk_ins=_people(walked_in, "checked_in_size"),
        checked_in_parties=Count(
            "pk", filter=Q(state=SignUpState.ATTENDING, checked_in_at__isnull=False)
        ),
    )
    running = SeatHold.objects.running(at).filter(event=event).aggregate(held=_people(Q()))
    return Figures(**found, held=running["held"])

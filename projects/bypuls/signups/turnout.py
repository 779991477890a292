"""How many of those who signed up came, for each company: figures for staff across events."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from projects.bypuls.models import EventStatus, SignUp


@dataclass(frozen=True)
class Turnout:
    """People of one company, or of none, over a period: signed up, and came."""

    company: str
    events: int
    signed_up: int
    came: int

    @property
    def stayed_away(self) -> int:
        """Those who had a seat and did not come."""
        return self.signed_up - self.came

    @property
    def stayed_away_percent(self) -> int:
        """Their share of the seats, in whole percent."""
        return round(100 * self.stayed_away / self.signed_up) if self.signed_up else 0


def turnout_by_company(*, since: dt.datetime, until: dt.datetime) -> list[Turnout]:
    """
    Return the turnout of each company at events held in the period, most seats first.

    Only events where the check-in was used: elsewhere nobody knows who came. One query.
    """
    used = SignUp.objects.attending().filter(event=OuterRef("event"), checked_in_at__isnull=False)
    rows = (
        SignUp.objects.attending()
        .filter(
            Exists(used),
            event__status=EventStatus.HELD,
            event__starts_at__gte=since,
            event__starts_at__lt=until,
            is_walk_in=False,
        )
        .values(employer=F("company__name"))
        .annotate(
            events=Count("event", distinct=True),
            signed_up=Sum("size"),
            came=Coalesce(Sum("checked_in_size", filter=Q(checked_in_at__isnull=False)), 0),
        )
        .order_by("-signed_up", "employer")
    )
    return [
        Turnout(row["employer"] or "", row["events"], row["signed_up"], row["came"]) for row in rows
    ]

"""The list of those who signed up, as the organiser searches it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q

from projects.bypuls.models import Event, SignUpState
from projects.bypuls.models.signup import SignUpQuerySet

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class RosterFilter:
    """What the organiser looks for: words in names and addresses, and where the sign-up stands."""

    text: str = ""
    state: str = ""

    @classmethod
    def read(cls, params: dict[str, str]) -> Self:
        """Read the address. What is no value of ours is left out."""
        state = params.get("tilstand", "")
        text = params.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        return cls(text=text, state=state if state in SignUpState.values else "")

    def query(self) -> str:
        """Return the filter as the query of an address, with its question mark; empty without a filter."""
        given = [
            (name, value) for name, value in (("q", self.text), ("tilstand", self.state)) if value
        ]
        return f"?{urlencode(given)}" if given else ""

    def apply(self, event: Event) -> SignUpQuerySet:
        """Return the sign-ups of the event that match every word. Those who have left only when asked for."""
        found = event.signups.all()
        found = found.filter(state=self.state) if self.state else found.active()
        for word in self.text.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(email__icontains=word)
                | Q(companions__icontains=word)
                | Q(company__name__icontains=word)
            )
        return found

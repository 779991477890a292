"""
What ought to come of sign-ups in a given order: written for itself, to hold the portal against.

It knows nothing of locks, holds or times. `bench.signup_rush` reads in which order the portal took the
parties in and asks this model what each of them ought to have.
"""

from dataclasses import dataclass, field


@dataclass
class Party:
    """One party: `offered` seats are offered to it, of which it needs `size`."""

    size: int
    state: str = "waiting"
    offered: int = 0


@dataclass
class Hall:
    """An event with seats, a queue with room for so many people, and a policy."""

    policy: str
    seats: int
    room: int
    parties: list[Party] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(
            party.size if party.state == "attending" else party.offered for party in self.parties
        )

    @property
    def waiting(self) -> list[Party]:
        return [party for party in self.parties if party.state == "waiting"]

    def come(self, size: int) -> Party:
        """A party that the portal let in comes: to a seat if it may, else to the queue."""
        party = Party(size)
        free = self.seats - self.taken
        if size <= free and not any(self._may_use(other, free) for other in self._ahead()):
            party.state = "attending"
        self.parties.append(party)
        self.drive()
        return party

    def _ahead(self) -> list[Party]:
        return [party for party in self.parties if self._lacks(party)]

    @staticmethod
    def _lacks(party: Party) -> int:
        return 0 if party.state == "attending" else party.size - party.offered

    def _may_use(self, party: Party, free: int) -> bool:
        if self.policy == "strict":
            return True
        return free > 0 and (party.size <= free or self.policy == "split")

    def drive(self) -> None:
        """Offer what is free."""
        for party in self.parties:
            free, lacks = self.seats - self.taken, self._lacks(party)
            if not lacks:
                continue
            if lacks <= free or (self.policy == "split" and free > 0):
                party.offered += min(lacks, free)
                party.state = "offered"
            elif self.policy == "strict":
                return

"""Who is shown on an event's list of attendees: nobody who has not said yes."""

from dataclasses import dataclass

from projects.bypuls.models import AttendeeList, Event, SignUp


@dataclass(frozen=True)
class ShownAttendee:
    """One who has said yes to being named, and the company if they told one."""

    name: str
    company: str
    size: int

    @property
    def companions(self) -> int:
        return self.size - 1


def shown_attendees(event: Event, *, for_participant: bool) -> list[ShownAttendee]:
    """
    Return those with a seat who have said yes to being named, where the event shows them to this reader.

    Companions are counted and not named: they were not asked. One query, or none when the list is hidden.
    """
    if event.attendee_list == AttendeeList.HIDDEN:
        return []
    if event.attendee_list == AttendeeList.PARTICIPANTS and not for_participant:
        return []
    rows = (
        SignUp.objects.attending()
        .filter(event=event, shows_name=True, anonymised_at=None)
        .exclude(name="")
        .order_by("created_at", "pk")
        .values_list("name", "company__name", "size")
    )
    return [ShownAttendee(name, company or "", size) for name, company, size in rows]

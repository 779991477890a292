from members.companies.models.company import (
    Company,
    Contact,
    ContactRole,
    Industry,
    Membership,
    RegistryState,
)
from members.companies.models.forum import (
    Forum,
    Meeting,
    MeetingState,
    Minutes,
    MinutesItem,
    MinutesVisibility,
    Seat,
    SeatPrivacy,
)

__all__ = [
    "Company",
    "Contact",
    "ContactRole",
    "Forum",
    "Industry",
    "Meeting",
    "MeetingState",
    "Membership",
    "Minutes",
    "MinutesItem",
    "MinutesVisibility",
    "RegistryState",
    "Seat",
    "SeatPrivacy",
]

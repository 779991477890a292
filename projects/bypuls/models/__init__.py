"""Places, what happens there, who comes, and what the transport forum works on."""

from projects.bypuls.models.count import EventCount, EventCountHorizon
from projects.bypuls.models.event import (
    Audience,
    Event,
    EventLanguage,
    EventStatus,
    Publication,
    Topic,
)
from projects.bypuls.models.signup import SignUp, SignUpState
from projects.bypuls.models.transport import CaseState, CaseUpdate, TransportCase
from projects.bypuls.models.venue import OpeningHours, Venue, VenueKind

__all__ = [
    "Audience",
    "CaseState",
    "CaseUpdate",
    "Event",
    "EventCount",
    "EventCountHorizon",
    "EventLanguage",
    "EventStatus",
    "OpeningHours",
    "Publication",
    "SignUp",
    "SignUpState",
    "Topic",
    "TransportCase",
    "Venue",
    "VenueKind",
]

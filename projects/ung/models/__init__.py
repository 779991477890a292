"""Meeting places for the young, and the mentor scheme: its people, pairs and sessions."""

from projects.ung.models.meeting_place import MeetingPlace, PlaceKind, PlaceLanguage
from projects.ung.models.mentoring import (
    Language,
    Match,
    MatchState,
    Mentee,
    Mentor,
    MentorScheme,
    MentorSession,
    ParticipantState,
    SchemeState,
    Topic,
    WorkField,
)

__all__ = [
    "Language",
    "Match",
    "MatchState",
    "MeetingPlace",
    "Mentee",
    "Mentor",
    "MentorScheme",
    "MentorSession",
    "ParticipantState",
    "PlaceKind",
    "PlaceLanguage",
    "SchemeState",
    "Topic",
    "WorkField",
]

"""Places, what happens there, who comes, and what the transport forum works on."""

from projects.bypuls.models.admission import Invitation, SeatHold
from projects.bypuls.models.afterwards import (
    EventMaterial,
    EventPhoto,
    MaterialKind,
    SurveyAnswer,
)
from projects.bypuls.models.announcement import AnnouncementKind, EventAnnouncement
from projects.bypuls.models.check_in import DoorLink, DoorPress, PressKind
from projects.bypuls.models.choices import (
    TAKING_PLACE,
    Admission,
    AttendeeList,
    Audience,
    EventLanguage,
    EventStatus,
    OwnReminder,
    Publication,
    QueuePolicy,
    Topic,
)
from projects.bypuls.models.count import CompanyTally, EventTally, EventTallyHorizon
from projects.bypuls.models.event import LONGEST, Event
from projects.bypuls.models.importing import DistinctEvents, ImportedEvent, ImportRun, ImportSource
from projects.bypuls.models.keeping import ProposalKind, ProposalState, VenueContact, VenueProposal
from projects.bypuls.models.opening_hours import (
    ExceptionKind,
    OpeningException,
    OpeningHours,
    Weekday,
)
from projects.bypuls.models.organiser import (
    EventLogEntry,
    EventMessage,
    EventOrganiser,
    LogKind,
    MessageAudience,
)
from projects.bypuls.models.own_calendar import OwnCalendar
from projects.bypuls.models.pulse import Counted, Counter, CountReading
from projects.bypuls.models.questions import Answer, Question, QuestionKind
from projects.bypuls.models.reminder import (
    ReminderAnchor,
    ReminderPurpose,
    ReminderRule,
    ReminderState,
)
from projects.bypuls.models.series import (
    EventSeries,
    SchoolHoliday,
    SeriesException,
    SeriesExceptionKind,
    SeriesSignUp,
    SeriesSignUpMode,
)
from projects.bypuls.models.signup import SignUp, SignUpState
from projects.bypuls.models.submission import NoteKind, SubmissionNote
from projects.bypuls.models.transport import CaseState, CaseUpdate, TransportCase
from projects.bypuls.models.venue import (
    ACCESS_FIELDS,
    HolidayRule,
    PriceLevel,
    Venue,
    VenueKind,
    VenueOffer,
)
from projects.bypuls.models.venue_facts import MeetingRoom, RoomEquipment, VenuePhoto

__all__ = [
    "ACCESS_FIELDS",
    "Admission",
    "AnnouncementKind",
    "Answer",
    "AttendeeList",
    "Audience",
    "CaseState",
    "CaseUpdate",
    "CountReading",
    "Counted",
    "Counter",
    "DistinctEvents",
    "DoorLink",
    "DoorPress",
    "Event",
    "EventAnnouncement",
    "EventLanguage",
    "EventLogEntry",
    "EventMaterial",
    "EventMessage",
    "EventOrganiser",
    "EventPhoto",
    "EventSeries",
    "EventStatus",
    "CompanyTally",
    "EventTally",
    "EventTallyHorizon",
    "ExceptionKind",
    "HolidayRule",
    "ImportRun",
    "ImportSource",
    "ImportedEvent",
    "Invitation",
    "LONGEST",
    "LogKind",
    "MeetingRoom",
    "MessageAudience",
    "MaterialKind",
    "NoteKind",
    "OpeningException",
    "OpeningHours",
    "OwnCalendar",
    "OwnReminder",
    "PressKind",
    "PriceLevel",
    "ProposalKind",
    "ProposalState",
    "Publication",
    "Question",
    "QuestionKind",
    "QueuePolicy",
    "ReminderAnchor",
    "ReminderPurpose",
    "ReminderRule",
    "ReminderState",
    "RoomEquipment",
    "SchoolHoliday",
    "SeatHold",
    "SeriesException",
    "SeriesExceptionKind",
    "SeriesSignUp",
    "SeriesSignUpMode",
    "SignUp",
    "SignUpState",
    "SubmissionNote",
    "SurveyAnswer",
    "TAKING_PLACE",
    "Topic",
    "TransportCase",
    "Venue",
    "VenueContact",
    "VenueKind",
    "VenueOffer",
    "VenuePhoto",
    "VenueProposal",
    "Weekday",
]

from projects.bypuls.admin.admission import InvitationAdmin
from projects.bypuls.admin.afterwards import EventPhotoAdmin
from projects.bypuls.admin.events import EventAdmin
from projects.bypuls.admin.importing import ImportedEventAdmin, ImportRunAdmin, ImportSourceAdmin
from projects.bypuls.admin.keeping import VenuePhotoAdmin, VenueProposalAdmin
from projects.bypuls.admin.people import SignUpAdmin
from projects.bypuls.admin.places import TransportCaseAdmin, VenueAdmin
from projects.bypuls.admin.pulse import CounterAdmin
from projects.bypuls.admin.series import EventSeriesAdmin, SchoolHolidayAdmin

__all__ = [
    "InvitationAdmin",
    "CounterAdmin",
    "EventAdmin",
    "EventPhotoAdmin",
    "EventSeriesAdmin",
    "SchoolHolidayAdmin",
    "ImportRunAdmin",
    "ImportSourceAdmin",
    "ImportedEventAdmin",
    "SignUpAdmin",
    "TransportCaseAdmin",
    "VenueAdmin",
    "VenuePhotoAdmin",
    "VenueProposalAdmin",
]

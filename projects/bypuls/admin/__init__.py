from projects.bypuls.admin.events import EventAdmin
from projects.bypuls.admin.importing import ImportedEventAdmin, ImportRunAdmin, ImportSourceAdmin
from projects.bypuls.admin.keeping import VenuePhotoAdmin, VenueProposalAdmin
from projects.bypuls.admin.people import SignUpAdmin
from projects.bypuls.admin.places import TransportCaseAdmin, VenueAdmin

__all__ = [
    "EventAdmin",
    "ImportRunAdmin",
    "ImportSourceAdmin",
    "ImportedEventAdmin",
    "SignUpAdmin",
    "TransportCaseAdmin",
    "VenueAdmin",
    "VenuePhotoAdmin",
    "VenueProposalAdmin",
]

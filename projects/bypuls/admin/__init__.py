from projects.bypuls.admin.events import EventAdmin
from projects.bypuls.admin.people import SignUpAdmin
from projects.bypuls.admin.places import TransportCaseAdmin, VenueAdmin

__all__ = ["EventAdmin", "SignUpAdmin", "TransportCaseAdmin", "VenueAdmin"]

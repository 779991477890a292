from members.companies.admin.companies import CompanyAdmin
from members.companies.admin.forums import ForumAdmin, MeetingAdmin, MinutesAdmin

__all__ = ["CompanyAdmin", "ForumAdmin", "MeetingAdmin", "MinutesAdmin"]

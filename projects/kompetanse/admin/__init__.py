from projects.kompetanse.admin.grants import (
    ApplicationAdmin,
    AwardAdmin,
    BoardMemberAdmin,
    GrantRoundAdmin,
)
from projects.kompetanse.admin.needs import CompetenceNeedAdmin, SurveyRoundAdmin
from projects.kompetanse.admin.studies import ProviderAdmin, StudyProgrammeAdmin

__all__ = [
    "ApplicationAdmin",
    "AwardAdmin",
    "BoardMemberAdmin",
    "CompetenceNeedAdmin",
    "GrantRoundAdmin",
    "ProviderAdmin",
    "StudyProgrammeAdmin",
    "SurveyRoundAdmin",
]

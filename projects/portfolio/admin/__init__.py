from projects.portfolio.admin.follow_up import MilestoneAdmin, RiskAdmin
from projects.portfolio.admin.plans import ChallengeAdmin, DecisionAdmin, MeasureAdmin, PlanAdmin
from projects.portfolio.admin.projects import ProjectAdmin
from projects.portfolio.admin.reports import AnnualReportAdmin, StatusReportAdmin

__all__ = [
    "AnnualReportAdmin",
    "ChallengeAdmin",
    "DecisionAdmin",
    "MeasureAdmin",
    "MilestoneAdmin",
    "PlanAdmin",
    "ProjectAdmin",
    "RiskAdmin",
    "StatusReportAdmin",
]

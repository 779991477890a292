"""The shared portfolio: what the programme has promised, what is being done, and how it goes."""

from projects.portfolio.models.annual_report import AnnualReport
from projects.portfolio.models.challenge import Challenge
from projects.portfolio.models.follow_up import (
    HIGH_RISK_SCORE,
    Milestone,
    Risk,
    RiskState,
)
from projects.portfolio.models.measure import Measure, MeasureState, MeasureUpdate
from projects.portfolio.models.plan import Decision, Plan, PlanKind
from projects.portfolio.models.project import (
    Funding,
    FundingKind,
    FundingState,
    MainProject,
    Phase,
    Project,
    ProjectGoal,
)
from projects.portfolio.models.status_report import SIDES, StatusReport, Value

__all__ = [
    "HIGH_RISK_SCORE",
    "SIDES",
    "AnnualReport",
    "Challenge",
    "Decision",
    "Funding",
    "FundingKind",
    "FundingState",
    "MainProject",
    "Measure",
    "MeasureState",
    "MeasureUpdate",
    "Milestone",
    "Phase",
    "Plan",
    "PlanKind",
    "Project",
    "ProjectGoal",
    "Risk",
    "RiskState",
    "StatusReport",
    "Value",
]

"""The shared portfolio: what the programme has promised, what is being done, and how it goes."""

from projects.portfolio.models.project import MainProject, Phase, Project

__all__ = ["MainProject", "Phase", "Project"]

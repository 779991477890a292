"""
The portal's own activity in a project, counted by the apps that hold it.

The portfolio stands below those apps and may not import them: the setting `PROJECT_ACTIVITY` names the
function of the shell that asks them.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from projects.portfolio.models import Project


@dataclass(frozen=True)
class ActivityFigure:
    """One counted figure as it is shown: what, how many, and a note on how it was counted."""

    label: str
    value: str
    note: str = ""


def activity_of(project: Project, *, at: datetime.datetime) -> list[ActivityFigure]:
    """Return what the portal has counted for the project by now, in the present language."""
    count: Callable[..., list[ActivityFigure]] = import_string(settings.PROJECT_ACTIVITY)
    return count(project, at=at)

"""What the portal itself has counted for a project: the apps' own figures, put together for the portfolio."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.bypuls.events.project_figures import figures_of_project
from projects.portfolio.activity import ActivityFigure
from projects.portfolio.models import Project
from vekst import formats


def of_project(project: Project, *, at: datetime.datetime) -> list[ActivityFigure]:
    """Return the figures of a project; nothing for what it has not done."""
    return _events(project, at)


def _events(project: Project, at: datetime.datetime) -> list[ActivityFigure]:
    found = figures_of_project(project, at=at)
    figures = []
    if found.held:
        label = ngettext("arrangement holdt", "arrangementer holdt", found.held)
        figures.append(ActivityFigure(label, formats.number_text(found.held)))
    if found.attended is not None:
        note = ""
        if found.counted < found.held:
            note = _("talt på %(counted)s av %(held)s") % {
                "counted": found.counted,
                "held": found.held,
            }
        label = ngettext("deltaker", "deltakere", found.attended)
        figures.append(ActivityFigure(label, formats.number_text(found.attended), note))
    if found.no_shows is not None:
        figures.append(
            ActivityFigure(_("påmeldte som ikke kom"), formats.number_text(found.no_shows))
        )
    if found.survey_mean is not None:
        note = _("%(number)s svar") % {"number": formats.number_text(found.survey_answers)}
        label = _("av 5 i snitt fra deltakerne")
        figures.append(ActivityFigure(label, formats.number_text(found.survey_mean, 1), note))
    if found.ahead:
        label = ngettext("arrangement i kalenderen", "arrangementer i kalenderen", found.ahead)
        figures.append(ActivityFigure(label, formats.number_text(found.ahead)))
    return figures

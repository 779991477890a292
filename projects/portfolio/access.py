"""Who may do what with the portfolio. Only these functions decide."""

from django.contrib.auth.models import AnonymousUser

from members.accounts.models import User
from projects.portfolio.models import AnnualReport, Project, StatusReport


def may_report(user: User | AnonymousUser, project: Project) -> bool:
    """Tell whether the person may write a report of the project: the office, or who answers for it."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return False
    if user.is_programme_office:
        return True
    return project.responsible_id == user.pk and user.has_perm("portfolio.change_statusreport")


def may_publish_status_report(user: User | AnonymousUser, report: StatusReport) -> bool:
    """Tell whether the person may freeze and show the report: the programme office alone."""
    if not isinstance(user, User) or report.published_at is not None:
        return False
    return user.is_programme_office


def may_publish_annual_report(user: User | AnonymousUser, report: AnnualReport) -> bool:
    """Tell whether the person may freeze and show the yearly report: the programme office alone."""
    if not isinstance(user, User) or report.published_at is not None:
        return False
    return user.is_programme_office

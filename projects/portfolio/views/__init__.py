from projects.portfolio.views.plans import annual_report, plan, plan_list
from projects.portfolio.views.programme import programme, project, status_report

__all__ = ["annual_report", "plan", "plan_list", "programme", "project", "status_report"]

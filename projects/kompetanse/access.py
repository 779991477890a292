"""Who may report needs for a company. Only these functions decide."""

import datetime

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from members.accounts.models import User
from members.companies.access import companies_of
from members.companies.models import Company


def company_for_needs(user: User | AnonymousUser, slug: str, *, at: datetime.datetime) -> Company:
    """Return the company whose needs the person reports: their own. Raises Http404 for any other."""
    company = companies_of(user, at=at).filter(slug=slug).first()
    if company is None:
        raise Http404
    return company

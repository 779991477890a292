"""Which employers are members of the business association, as the list of jobs counts them."""

import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from members.companies.models import Company, Membership
from projects.digital_stemme.models import Vacancy
from vekst.moderation import ModerationState


def company_of(orgnr: str, *, at: datetime.datetime) -> tuple[Company | None, bool]:
    """Return the company of that organisation number, if we know it, and whether it is a member."""
    digits = "".join(orgnr.split())
    company = Company.objects.filter(orgnr=digits).first() if digits else None
    is_member = (
        company is not None
        and Membership.objects.on(timezone.localdate(at)).filter(company=company).exists()
    )
    return company, is_member


def refresh_member_employers(*, at: datetime.datetime) -> int:
    """Let the jobs say what the member directory says today; return how many were wrong."""
    member = Exists(
        Membership.objects.on(timezone.localdate(at)).filter(company=OuterRef("company"))
    )
    shown = Vacancy.objects.filter(state=ModerationState.PUBLISHED)
    joined = shown.filter(member, company__isnull=False, is_member_employer=False)
    left = shown.filter(~member, company__isnull=False, is_member_employer=True)
    return joined.update(is_member_employer=True) + left.update(is_member_employer=False)

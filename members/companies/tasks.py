from celery import shared_task
from django.utils import timezone

from members.companies import brreg
from members.companies.models import Company


@shared_task
def refresh_companies() -> None:
    brreg.refresh_due_companies(at=timezone.now())


@shared_task
def refresh_one_company(company_id: int) -> None:
    company = Company.objects.filter(pk=company_id).first()
    if company is not None:
        brreg.refresh_company(company, at=timezone.now())

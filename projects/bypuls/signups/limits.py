"""How many people one company may send."""

from django.db.models import Sum
from django.utils.translation import gettext as _

from projects.bypuls.models import Event, SignUp


def company_problem(event: Event, company_id: int | None, more: int) -> str:
    """
    Say why not so many more people from this company may come or wait; empty when they may.

    Everybody counts who has a seat, is offered one, waits or is interested. The caller holds the lock.
    """
    if event.max_per_company is None or company_id is None:
        return ""
    rows = SignUp.objects.active().filter(event=event, company_id=company_id)
    people = rows.aggregate(n=Sum("size"))["n"] or 0
    if people + more <= event.max_per_company:
        return ""
    return _("Det er plass til høyst %(most)s fra hver bedrift, og %(count)s er alt påmeldt.") % {
        "most": event.max_per_company,
        "count": people,
    }

"""Tell the office when a counter has been silent for a day; once for each silence."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from members.mailings.ledger import MailKind, Message, enqueue_many
from projects.bypuls.models import Counter

SILENT_AFTER = dt.timedelta(hours=24)


def tell_of_silent(*, at: dt.datetime) -> int:
    """
    Write to the office about each public counter that has told nothing for a day. Returns how many are new.

    The ledger holds one message for each counter and last hour, so one silence is told once, however
    long it lasts and however often this runs.
    """
    # The newest hour is over, and should have come, an hour after it began.
    limit = at - SILENT_AFTER - dt.timedelta(hours=1)
    silent = Counter.objects.public(at).filter(last_hour__lt=limit, is_example=False)
    return len(enqueue_many((_message(counter) for counter in silent.order_by("pk")), at=at))


def _message(counter: Counter) -> Message:
    assert counter.last_hour is not None  # noqa: S101
    context = {
        "counter": counter,
        "admin_url": settings.SITE_URL + reverse("admin:bypuls_counter_change", args=[counter.pk]),
        "programme": settings.PROGRAMME_NAME,
    }
    return Message(
        kind=MailKind.OPERATIONS_NOTICE,
        subject=f"counter-{counter.pk}-silent-since-{counter.last_hour:%Y%m%d%H}",
        recipient=settings.CONTACT_EMAIL,
        title=render_to_string("bypuls/mail/counter_silent_subject.txt", context),
        text=render_to_string("bypuls/mail/counter_silent_body.txt", context).strip() + "\n",
        mandatory=True,
    )

"""Put two rows for the same event together: one stays, and the other's address leads to it."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from projects.bypuls.events import moderation
from projects.bypuls.models import Event, Publication


@transaction.atomic
def merge_into_look_alike(event_id: int, *, at: dt.datetime, by: User | None = None) -> Event:
    """
    Withdraw the event, let its address lead to the one it looks like, and return that one.

    Whoever sent it in is told where it stands already. Raises SubmissionError when people are signed up,
    or when there is nothing that it looks like.
    """
    pks = Event.objects.filter(pk=event_id).values_list("pk", "possible_duplicate_of_id")
    # Both at once and in order, so that two who do this at the same time do not wait for each other.
    rows = {
        row.pk: row
        for row in Event.objects.select_for_update()
        .filter(pk__in=[pk for pair in pks for pk in pair if pk])
        .order_by("pk")
    }
    event = rows[event_id]
    kept = rows.get(event.possible_duplicate_of_id or 0)
    if kept is None or kept.publication == Publication.WITHDRAWN:
        raise moderation.SubmissionError(_("Det finnes ikke noe annet arrangement det kan være."))
    if event.publication in (Publication.SUBMITTED, Publication.CHANGES_ASKED):
        reason = _("Arrangementet står hos oss fra før.")
        if Event.objects.public(at).filter(pk=kept.pk, is_unlisted=False).exists():
            address = settings.SITE_URL + kept.get_absolute_url()
            reason = _("Arrangementet står der alt: %(address)s") % {"address": address}
        moderation.refuse(event.pk, reason=reason, at=at, by=by)
    else:
        moderation.withdraw(event.pk, at=at, by=by)
    Event.objects.filter(pk=event.pk).update(replaced_by=kept, possible_duplicate_of=None)
    # Addresses that led here lead on.
    Event.objects.filter(replaced_by_id=event.pk).update(replaced_by=kept)
    Event.objects.filter(possible_duplicate_of_id=event.pk).update(possible_duplicate_of=kept)
    Event.objects.filter(pk=kept.pk, possible_duplicate_of_id=kept.pk).update(
        possible_duplicate_of=None
    )
    return kept

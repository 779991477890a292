"""Min side: write to those who come or those who wait; shown first, sent when it is confirmed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.accounts.access import signed_in
from projects.bypuls.events.availability import describe
from projects.bypuls.events.messages import MessageError, count_recipients, write_message
from projects.bypuls.forms.organiser import MessageForm
from projects.bypuls.models import Event, MessageAudience
from projects.bypuls.views.organiser import crumbs_of, organised
from vekst.http import HtmxHttpRequest

EARLIER = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_message(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    form = MessageForm(request.POST or None)
    preview = None
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        data = form.cleaned_data
        if "send" in request.POST:
            try:
                sent = write_message(event.pk, **data, by=signed_in(request), at=now)
            except MessageError as error:
                form.add_error(None, str(error))
            else:
                text = ngettext(
                    "Meldingen går til %(n)s person.",
                    "Meldingen går til %(n)s personer.",
                    sent.recipients,
                )
                messages.success(request, text % {"n": sent.recipients})
                return redirect(request.path)
        else:
            number = count_recipients(event, data["audience"])
            if number:
                label = MessageAudience(data["audience"]).label
                preview = {**data, "recipients": number, "audience_label": label}
            else:
                form.add_error("audience", _("Det er ingen å sende til akkurat nå."))
    context = {
        "crumbs": crumbs_of(event, _("Skriv til dem"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "form": form,
        "preview": preview,
        "earlier": event.messages.select_related("sender").order_by("-written_at", "-pk")[:EARLIER],
        "audiences": [
            (MessageAudience(value).label, count_recipients(event, value))
            for value in ("attending", "queue")
        ],
    }
    return render(request, "bypuls/organiser_message.html", context)

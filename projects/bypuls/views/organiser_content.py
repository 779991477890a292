"""Min side: what is asked at sign-up, when people are reminded, whom to invite, and the next one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from members.accounts.access import signed_in
from projects.bypuls.events import copying, drafts
from projects.bypuls.events.availability import describe
from projects.bypuls.events.organisers import log
from projects.bypuls.forms.organiser_content import (
    CopyForm,
    InviteForm,
    QuestionForm,
    ReminderForm,
)
from projects.bypuls.models import Answer, Event, LogKind, Question
from projects.bypuls.signups import invitations, reminders
from projects.bypuls.signups.errors import SignUpError
from projects.bypuls.signups.reminder_rules import save_rule
from projects.bypuls.views.organiser import crumbs_of, organised, organiser_url
from vekst.http import HtmxHttpRequest

INVITED_SHOWN = 200


def key_of(text: str) -> int:
    """Return the key that a form sent, or 0, which no row has."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _note(request: HtmxHttpRequest, event: Event, kind: LogKind, detail: str) -> None:
    log(event.pk, kind, by=signed_in(request), at=timezone.now(), detail=detail)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_questions(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    action = request.POST.get("action", "")
    pk = key_of(request.POST.get("question") or request.GET.get("endre", ""))
    chosen = Question.objects.filter(event=event, pk=pk).first()
    if action == "remove":
        _remove_question(request, event, chosen)
        return redirect(request.path)
    new = Question(event=event, position=event.questions.count() + 1)
    form = QuestionForm(request.POST if action == "save" else None, instance=chosen or new)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            form.save()
            _note(request, event, LogKind.SETTINGS, f"{_('Spørsmål')}: {form.instance.text}")
        messages.success(request, _("Lagret."))
        return redirect(request.path)
    context = {
        "crumbs": crumbs_of(event, _("Spørsmål"), request.path),
        "event": event,
        "availability": describe(event, at=timezone.now()),
        "questions": event.questions.order_by("position", "pk"),
        "chosen": chosen,
        "form": form,
    }
    return render(request, "bypuls/organiser_questions.html", context)


def _remove_question(request: HtmxHttpRequest, event: Event, question: Question | None) -> None:
    if question is None:
        return
    with transaction.atomic():
        # Whoever signs up at this moment holds the lock and may be answering it.
        Event.objects.select_for_update().get(pk=event.pk)
        if Answer.objects.filter(question=question).exists():
            messages.error(request, _("Noen har alt svart, så spørsmålet kan ikke fjernes."))
            return
        question.delete()
        _note(request, event, LogKind.SETTINGS, f"{_('Fjernet spørsmål')}: {question.text}")
    messages.success(request, _("Spørsmålet er fjernet."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_reminders(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now, action = timezone.now(), request.POST.get("action", "")
    form = ReminderForm(request.POST if action == "add" else None)
    if action == "remove":
        pk = key_of(request.POST.get("rule", ""))
        with transaction.atomic():
            if event.reminder_rules.of_organiser().filter(pk=pk).delete()[0]:
                _note(request, event, LogKind.SETTINGS, _("Fjernet påminnelse"))
        messages.success(request, _("Påminnelsen er fjernet."))
        return redirect(request.path)
    if action == "usual":
        reminders.add_default_rules(event, at=now)
        return redirect(request.path)
    if form.is_bound and form.is_valid() and _add_rule(request, event, form):
        return redirect(request.path)
    rules = event.reminder_rules.of_organiser().order_by("due_at", "pk")
    context = {
        "crumbs": crumbs_of(event, _("Påminnelser"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "rules": rules,
        "form": form,
    }
    return render(request, "bypuls/organiser_reminders.html", context)


def _add_rule(request: HtmxHttpRequest, event: Event, form: ReminderForm) -> bool:
    rule = form.rule(event)
    try:
        rule.validate_constraints()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    with transaction.atomic():
        save_rule(rule, at=timezone.now())
        detail = f"{_('Påminnelse')}: {rule.get_purpose_display()}"
        _note(request, event, LogKind.SETTINGS, detail)
    if rule.state == "missed":
        messages.warning(request, _("Lagret, men tidspunktet er alt passert, så den sendes ikke."))
    else:
        messages.success(request, _("Lagret."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_invite(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now, action = timezone.now(), request.POST.get("action", "")
    form = InviteForm(request.POST if action == "invite" else None)
    if action == "withdraw":
        pk = key_of(request.POST.get("invitation", ""))
        invitation = get_object_or_404(event.invitations, pk=pk)
        invitations.withdraw(invitation.pk, at=now)
        messages.success(request, _("Invitasjonen er trukket."))
        return redirect(request.path)
    if form.is_bound and form.is_valid() and _invite(request, event, form):
        return redirect(request.path)
    context = {
        "crumbs": crumbs_of(event, _("Inviter"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "form": form,
        "invited": event.invitations.order_by("-created_at", "-pk")[:INVITED_SHOWN],
    }
    return render(request, "bypuls/organiser_invite.html", context)


def _invite(request: HtmxHttpRequest, event: Event, form: InviteForm) -> bool:
    by, now = signed_in(request), timezone.now()
    try:
        with transaction.atomic():
            fresh = invitations.invite(event.pk, form.cleaned_data["people"], by=by, at=now)
            if fresh:
                _note(request, event, LogKind.INVITED, str(len(fresh)))
    except SignUpError as error:
        form.add_error("people", str(error))
        return False
    text = ngettext(
        "%(n)s er invitert. De som var det fra før, får ingen ny e-post.",
        "%(n)s er invitert. De som var det fra før, får ingen ny e-post.",
        len(fresh),
    )
    messages.success(request, text % {"n": len(fresh)})
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organised
def organiser_copy(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    initial = {"starts_at": copying.guess_next(event, at=now)}
    form = CopyForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        starts_at = form.cleaned_data["starts_at"]
        try:
            new = drafts.copy_as_next(event, starts_at=starts_at, by=signed_in(request), at=now)
        except drafts.DraftError as error:
            form.add_error("starts_at", str(error))
        else:
            messages.success(request, _("Kopien er et utkast. Send den inn når du er klar."))
            return redirect(organiser_url(new))
    context = {
        "crumbs": crumbs_of(event, _("Lag det neste"), request.path),
        "event": event,
        "availability": describe(event, at=now),
        "form": form,
    }
    return render(request, "bypuls/organiser_copy.html", context)


@never_cache
@require_POST
@organised
def organiser_hand_in(request: HtmxHttpRequest, event: Event) -> HttpResponse:
    try:
        event = drafts.hand_in(event.pk, by=signed_in(request), at=timezone.now())
    except drafts.DraftError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Sendt inn. Du har fått e-post med lenken der du skriver om teksten.")
        )
    return redirect(organiser_url(event))

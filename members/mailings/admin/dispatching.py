"""The page from which a newsletter is tested, approved, sent, held and stopped."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from members.accounts.access import signed_in
from members.accounts.models import User
from members.mailings import mail_rules, newsletters, recipients
from members.mailings.access import may_approve_newsletters, may_send_newsletters
from members.mailings.models import Audience, MailLanguage, MailRules, Newsletter, NewsletterState
from members.mailings.newsletter_approval import (
    ChangedError,
    NotApprovedError,
    OwnWorkError,
    lacks_approval,
)
from members.mailings.newsletter_lint import ProblemsError
from members.mailings.newsletter_moves import MOVES, IllegalMoveError
from members.mailings.newsletter_notices import colleagues
from members.mailings.newsletter_pausing import TooOldError
from members.mailings.newsletter_showing import NothingToSendError
from vekst.formats import moment_text

REFUSALS = (
    IllegalMoveError,
    NothingToSendError,
    ProblemsError,
    NotApprovedError,
    OwnWorkError,
    ChangedError,
    TooOldError,
)
S = NewsletterState


class ScheduleForm(forms.Form):
    """When the newsletter is sent, and after which time it is not."""

    for_time = forms.DateTimeField(
        label=gettext_lazy("Sendes"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    send_before = forms.DateTimeField(
        label=gettext_lazy("Sendes ikke etter"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy(
            "Kan stå tomt. Da sendes det ikke av seg selv når det er mer enn 12 timer for sent."
        ),
    )

    def __init__(self, *args: Any, at: datetime.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_for_time(self) -> datetime.datetime:
        for_time: datetime.datetime = self.cleaned_data["for_time"]
        if for_time <= self.at:
            raise forms.ValidationError(_("Tidspunktet er passert."))
        return for_time

    def clean_send_before(self) -> datetime.datetime | None:
        last: datetime.datetime | None = self.cleaned_data["send_before"]
        for_time = self.cleaned_data.get("for_time")
        if last is not None and for_time is not None and last <= for_time:
            raise forms.ValidationError(_("Dette må være senere enn tiden det sendes."))
        return last


class ReaderTestForm(forms.Form):
    """Who gets a test."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Kolleger"),
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    other = forms.EmailField(
        label=gettext_lazy("En annen adresse"),
        required=False,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("Kan stå tomt. For eksempel din egen adresse et annet sted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["people"]
        if isinstance(people, forms.ModelMultipleChoiceField):
            people.queryset = colleagues()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["people"] and not cleaned["other"]:
            self.add_error("people", _("Velg minst én som skal få prøven."))
        return cleaned

    @property
    def addresses(self) -> list[str]:
        """The addresses that were chosen, each once."""
        chosen = [person.email for person in self.cleaned_data["people"]]
        other = self.cleaned_data["other"]
        return list(dict.fromkeys([*chosen, *([other] if other else [])]))


class ReasonForm(forms.Form):
    """Why the newsletter is held, stopped or sent back."""

    reason = forms.CharField(
        label=gettext_lazy("Hvorfor"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("Står i loggen under, sammen med hvem og når."),
    )


class NoteForm(forms.Form):
    """A word to those who are to approve."""

    note = forms.CharField(
        label=gettext_lazy("Melding til den som skal godkjenne"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("Kan stå tomt."),
    )


class InvalidError(Exception):
    """What was typed is wrong; the form says what."""


@dataclass
class Desk:
    """One visit to the page: the newsletter, who looks at it, and the forms."""

    request: HttpRequest
    newsletter: Newsletter
    at: datetime.datetime
    by: User = field(init=False)
    rules: MailRules = field(default_factory=mail_rules.current)

    def __post_init__(self) -> None:
        self.by = signed_in(self.request)
        self.may_send = may_send_newsletters(self.by)
        self.may_approve = may_approve_newsletters(self.by)
        usual = newsletters.usual_time(at=self.at)
        self.schedule_form = ScheduleForm(
            self._typed("schedule"),
            at=self.at,
            initial={"for_time": f"{timezone.localtime(usual):%Y-%m-%dT%H:%M}"},
        )
        self.test_form = ReaderTestForm(self._typed("test"), initial={"people": [self.by.pk]})
        self.reason_form = ReasonForm(self._typed("pause", "refuse", "cancel"))
        # Only who holds or sends back must say why.
        self.reason_form.fields["reason"].required = "cancel" not in self.request.POST
        self.note_form = NoteForm(self._typed("submit"))

    def _typed(self, *buttons: str) -> Any:
        return self.request.POST if any(name in self.request.POST for name in buttons) else None

    def act(self) -> bool:
        """
        Do what the pressed button says. Returns False when the page is to be shown again.

        Raises PermissionDenied for a button that is not the person's.
        """
        for button, do in ACTIONS.items():
            if button not in self.request.POST:
                continue
            if not (self.may_send or (self.may_approve and button in APPROVERS_BUTTONS)):
                raise PermissionDenied
            try:
                messages.success(self.request, do(self))
            except InvalidError:
                return False
            except REFUSALS as error:
                messages.error(self.request, newsletters.why_not(error))
            break
        return True

    def context(self) -> dict[str, Any]:
        """Return what the page shows."""
        newsletter, state = self.newsletter, self.newsletter.state
        is_own = self.by.pk in newsletter.hands
        return {
            "newsletter": newsletter,
            "desk": self,
            "seen_at": newsletter.edited_at.isoformat() if newsletter.edited_at else "",
            "recipients": self._count_recipients(),
            "audiences": [str(Audience(value).label) for value in newsletter.audiences],
            "other_editions": recipients.other_editions(newsletter).order_by("pk"),
            "written_in": MailLanguage(recipients.written_in(newsletter)).label,
            "progress": newsletters.progress_labels(newsletter),
            "moves": MOVES[state],
            "log": newsletter.moves.select_related("by").order_by("-at", "-pk"),
            "problems": newsletters.problems(newsletter) if _is_open(newsletter) else [],
            "must_be_approved": lacks_approval(newsletter, self.rules),
            "may_approve": self.may_approve and not (self.rules.four_eyes and is_own),
            "quiet_until": self._quiet_until(),
        }

    def _count_recipients(self) -> int:
        """Return how many it was written to, or before that how many would get it now."""
        if self.newsletter.started_at is not None:
            return self.newsletter.recipient_count
        return newsletters.count_recipients(self.newsletter, at=self.at)

    def _quiet_until(self) -> datetime.datetime | None:
        """Return when the quiet hours end in which the newsletter waits, or would wait."""
        if self.newsletter.state in (S.SENDING, S.SCHEDULED):
            is_planned = self.newsletter.state == S.SCHEDULED
            moment = self.newsletter.scheduled_at if is_planned else self.at
            return mail_rules.quiet_until(self.rules, at=moment or self.at)
        return None


def _is_open(newsletter: Newsletter) -> bool:
    """Tell whether what is wrong with the newsletter can still be put right."""
    return newsletter.state in (S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.MISSED)


def _checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise InvalidError
    return form.cleaned_data


def _test(desk: Desk) -> str:
    _checked(desk.test_form)
    to = desk.test_form.addresses
    newsletters.send_test(newsletter=desk.newsletter, to=to, at=desk.at)
    return _("Prøven er på vei til %(email)s.") % {"email": ", ".join(to)}


def _submit(desk: Desk) -> str:
    note = _checked(desk.note_form)["note"]
    newsletters.submit(newsletter=desk.newsletter, at=desk.at, by=desk.by, note=note)
    return _("Nyhetsbrevet venter på godkjenning.")


def _approve(desk: Desk) -> str:
    try:
        seen_at = parse_datetime(desk.request.POST.get("seen_at", ""))
    except ValueError as error:
        raise ChangedError from error
    newsletters.approve(newsletter=desk.newsletter, seen_at=seen_at, at=desk.at, by=desk.by)
    return _("Nyhetsbrevet er godkjent.")


def _refuse(desk: Desk) -> str:
    note = _checked(desk.reason_form)["reason"]
    newsletters.back_to_draft(newsletter=desk.newsletter, at=desk.at, by=desk.by, note=note)
    return _("Nyhetsbrevet er en kladd igjen.")


def _draft(desk: Desk) -> str:
    newsletters.back_to_draft(newsletter=desk.newsletter, at=desk.at, by=desk.by)
    return _("Nyhetsbrevet er en kladd igjen.")


def _schedule(desk: Desk) -> str:
    times = _checked(desk.schedule_form)
    newsletters.schedule(newsletter=desk.newsletter, at=desk.at, by=desk.by, **times)
    return _("Nyhetsbrevet er planlagt.")


def _start(desk: Desk) -> str:
    newsletters.send_soon(newsletter=desk.newsletter, at=desk.at, by=desk.by)
    newsletter = Newsletter.objects.get(pk=desk.newsletter.pk)
    if newsletter.state == S.SCHEDULED and newsletter.scheduled_at is not None:
        text = _("Nyhetsbrevet sendes %(time)s. Til da kan du angre.")
        return text % {"time": moment_text(newsletter.scheduled_at)}
    n = newsletter.recipient_count
    text = ngettext(
        "Nyhetsbrevet er på vei til %(n)s mottaker.",
        "Nyhetsbrevet er på vei til %(n)s mottakere.",
        n,
    )
    return text % {"n": n}


def _undo(desk: Desk) -> str:
    newsletters.take_off_schedule(newsletter=desk.newsletter, at=desk.at, by=desk.by)
    return _("Nyhetsbrevet blir ikke sendt.")


def _pause(desk: Desk) -> str:
    reason = _checked(desk.reason_form)["reason"]
    newsletters.pause(newsletter=desk.newsletter, reason=reason, at=desk.at, by=desk.by)
    return _("Nyhetsbrevet er satt på vent.")


def _resume(desk: Desk) -> str:
    again = newsletters.resume(newsletter=desk.newsletter, at=desk.at, by=desk.by)
    if not again:
        return _("Nyhetsbrevet går videre.")
    text = ngettext(
        "Nyhetsbrevet går videre. %(n)s som ble avvist, prøves på nytt.",
        "Nyhetsbrevet går videre. %(n)s som ble avvist, prøves på nytt.",
        again,
    )
    return text % {"n": again}


def _cancel(desk: Desk) -> str:
    note = _checked(desk.reason_form)["reason"]
    spared = newsletters.cancel(newsletter=desk.newsletter, at=desk.at, by=desk.by, note=note)
    return _("Nyhetsbrevet er stanset. %(n)s fikk det ikke.") % {"n": spared}


# What each button on the page does; the answer is what the editor is told.
ACTIONS: dict[str, Callable[[Desk], str]] = {
    "test": _test,
    "submit": _submit,
    "approve": _approve,
    "refuse": _refuse,
    "schedule": _schedule,
    "start": _start,
    "undo": _undo,
    "pause": _pause,
    "resume": _resume,
    "draft": _draft,
    "cancel": _cancel,
}
# Those that an approver may press who does not send newsletters.
APPROVERS_BUTTONS = {"test", "approve", "refuse"}

"""Tell those responsible for a newsletter when it needs a decision of theirs."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.accounts.models import Role, User
from members.mailings.ledger import MailKind, Message, enqueue_many
from members.mailings.models import Newsletter, NewsletterMove


def responsible_for(newsletter: Newsletter) -> list[str]:
    """
    Return the addresses of those who have made, approved or sent the newsletter.

    Are they all gone, every editor is asked, and with no editor the programme itself.
    """
    hands = {newsletter.created_by_id, newsletter.approved_by_id}
    hands.update(newsletter.moves.exclude(by=None).values_list("by_id", flat=True))
    return (
        _addresses(User.objects.filter(pk__in=hands - {None}))
        or _addresses(User.objects.filter(groups__name=Role.EDITOR))
        or [settings.CONTACT_EMAIL]
    )


def colleagues() -> QuerySet[User]:
    """Return the editors and the programme office: those who may approve, and be sent a test."""
    staff = User.objects.filter(
        is_active=True, groups__name__in=[Role.EDITOR, Role.PROGRAMME_OFFICE]
    )
    return staff.exclude(email="").distinct().order_by("last_name", "first_name", "email", "pk")


def tell_review(newsletter: Newsletter, made: NewsletterMove) -> None:
    """Ask all others who may approve the newsletter to look at it, once for that move."""
    title = _("Nyhetsbrevet «%(title)s» venter på godkjenning") % {"title": newsletter.title}
    template = "mailings/mail/newsletter_review_body.txt"
    others = colleagues().exclude(pk__in=newsletter.hands)
    _tell(newsletter, made, title, template, to=_addresses(others))


def tell_paused(newsletter: Newsletter, made: NewsletterMove) -> None:
    """Write that the portal has paused the newsletter, once for that move."""
    title = _("Nyhetsbrevet «%(title)s» er satt på vent") % {"title": newsletter.title}
    template = "mailings/mail/newsletter_paused_body.txt"
    _tell(newsletter, made, title, template, to=responsible_for(newsletter))


def tell_missed(newsletter: Newsletter, made: NewsletterMove) -> None:
    """Write that the newsletter was not sent when it should have been, once for that move."""
    title = _("Nyhetsbrevet «%(title)s» ble ikke sendt") % {"title": newsletter.title}
    template = "mailings/mail/newsletter_missed_body.txt"
    _tell(newsletter, made, title, template, to=responsible_for(newsletter))


def _tell(
    newsletter: Newsletter,
    made: NewsletterMove,
    title: str,
    template: str,
    *,
    to: Sequence[str],
) -> None:
    page = reverse("admin:mailings_newsletter_dispatch_page", args=[newsletter.pk])
    context = {"newsletter": newsletter, "reason": made.note, "url": settings.SITE_URL + page}
    text = render_to_string(template, context).strip() + "\n"
    messages = [
        Message(
            kind=MailKind.NEWSLETTER_NOTICE,
            subject=f"{newsletter.occasion}-{made.to_state}-{made.pk}",
            recipient=address,
            title=title,
            text=text,
            mandatory=True,
        )
        for address in to
    ]
    enqueue_many(messages, at=made.at)


def _addresses(people: Iterable[User]) -> list[str]:
    found = {person.email for person in people if person.is_active and person.email}
    return sorted(found)

"""A letter in more than one language: make an edition, and see that nobody is left without."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.mailings import recipients
from members.mailings.ledger import ask_for_sending
from members.mailings.models import Newsletter, NewsletterBlock, NewsletterState
from members.mailings.models.newsletter import FROZEN_STATES
from members.mailings.newsletter_lint import Problem


class EditionExistsError(Exception):
    """The letter has an edition in this language, or is itself written in it."""


@transaction.atomic
def make_edition(
    *, newsletter: Newsletter, language: str, at: datetime.datetime, by: User
) -> Newsletter:
    """
    Write a draft with the same content, to be translated. An edition of an edition belongs to the original.

    Raises EditionExistsError.
    """
    original = Newsletter.objects.select_for_update().get(
        pk=newsletter.edition_of_id or newsletter.pk
    )
    there = original.editions.exclude(state=NewsletterState.CANCELLED)
    if language == recipients.written_in(original) or there.filter(language=language).exists():
        raise EditionExistsError
    edition = Newsletter.objects.create(
        title=original.title,
        intro=original.intro,
        topic=original.topic,
        audiences=original.audiences,
        blocks=original.blocks,
        source_url=original.source_url,
        language=language,
        edition_of=original,
        created_at=at,
        created_by=by,
    )
    # What is on its way holds what its parts showed among its blocks already.
    is_frozen = original.state in FROZEN_STATES
    for part in original.parts.none() if is_frozen else original.parts.order_by("position", "pk"):
        part.pk, part.newsletter = None, edition
        NewsletterBlock.objects.bulk_create([part])
    return edition


def check_edition(newsletter: Newsletter) -> list[Problem]:
    """
    Return what an editor should know of an edition: whether it was translated, and comes in time.

    A letter and an edition that are not for the same people stop each other: those who read the language
    of the edition, and whom only the letter is for, would get neither.
    """
    found = list(_check_readers(newsletter))
    original = newsletter.edition_of
    if original is None:
        return found
    if original.title == newsletter.title:
        text = _("Emnet er det samme som i brevet på det andre språket. Er utgaven oversatt?")
        found.append(Problem("not-translated", text, stops=False))
    if original.state in FROZEN_STATES and newsletter.state not in FROZEN_STATES:
        text = _(
            "Brevet er alt sendt, også til dem som leser språket. De får ikke denne utgaven i tillegg."
        )
        found.append(Problem("late-edition", text, stops=False))
    return found


def _check_readers(newsletter: Newsletter) -> Iterator[Problem]:
    others = recipients.other_editions(newsletter) if newsletter.pk else Newsletter.objects.none()
    for other in others.exclude(state=NewsletterState.CANCELLED):
        if newsletter.edition_of_id != other.pk and other.state not in recipients.COMING_STATES:
            continue
        if (other.topic, set(other.audiences)) != (newsletter.topic, set(newsletter.audiences)):
            text = _(
                "Tema og målgrupper må være de samme som i brevet på det andre språket. Ellers får noen "
                "ingen av dem."
            )
            yield Problem("other-readers", text)
            return


def everybody_is_served(newsletter: Newsletter, *, at: datetime.datetime) -> bool:
    """
    Tell whether no reader of the original waits for an edition of it that is still to come.

    Those whose edition was stopped or put off after the original went out get the original instead; they
    are written into the ledger here. `newsletter` is locked and on its way.
    """
    if newsletter.edition_of_id or newsletter.started_at is None:
        return True
    states = set(newsletter.editions.values_list("state", flat=True))
    if not states:
        return True
    if states & {*recipients.COMING_STATES} - {NewsletterState.SENT}:
        return False
    new = recipients.write_deliveries(newsletter, at=at, as_of=newsletter.started_at)
    if new:
        newsletter.recipient_count += new
        newsletter.save(update_fields=["recipient_count"])
        ask_for_sending()
    return not new

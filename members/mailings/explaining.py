"""Tell a person, in words, why they were sent a message and what became of it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.mailings.models import (
    Bounce,
    BounceKind,
    Consent,
    Delivery,
    DeliveryState,
    MailKind,
    Newsletter,
    Topic,
)
from members.mailings.models.bounce import FAILED_KINDS
from vekst.formats import date_text

K = MailKind
# Why a message of each kind is sent. A test holds the table against the kinds.
REASONS: dict[str, str | Promise] = {
    K.SIGN_IN: gettext_lazy("Noen ville logge inn med adressen, eller endret kontoen."),
    K.SUBSCRIPTION_CONFIRM: gettext_lazy("Noen meldte adressen på nyhetsbrev."),
    K.SUBSCRIPTION_PREFERENCES: gettext_lazy("Noen ba om lenken til innstillingene."),
    K.NEWSLETTER: gettext_lazy("Adressen abonnerte på temaet da brevet ble sendt."),
    K.DIGEST: gettext_lazy("Personen har valgt én samlet e-post."),
    K.WELCOME: gettext_lazy("Personen har selv sagt at de er nye i Kongsberg."),
    K.NEWSLETTER_TEST: gettext_lazy("En redaktør sendte seg selv en prøve."),
    K.NEWSLETTER_NOTICE: gettext_lazy("Personen arbeider med nyhetsbrevet."),
    K.POST_NOTICE: gettext_lazy("Personen arbeider med «Uka oppsummert»."),
    K.SIGNUP_RECEIPT: gettext_lazy("Adressen ble meldt på et arrangement."),
    K.SIGNUP_PROMOTED: gettext_lazy("Personen sto på venteliste og fikk plass."),
    K.SIGNUP_CANCELLED: gettext_lazy("Påmeldingen til et arrangement ble avsluttet."),
    K.SIGNUP_OFFERED: gettext_lazy("Personen sto på venteliste, og en plass ble ledig."),
    K.SIGNUP_ASKED: gettext_lazy("Personen har en plass og må svare på om den skal brukes."),
    K.EVENT_INVITATION: gettext_lazy("En arrangør inviterte personen."),
    K.EVENT_MESSAGE: gettext_lazy("En arrangør skrev til dem som er påmeldt."),
    K.EVENT_SURVEY: gettext_lazy("Personen var påmeldt et arrangement som er over."),
    K.EVENT_REMINDER: gettext_lazy("Personen er påmeldt et arrangement som nærmer seg."),
    K.EVENT_MOVED: gettext_lazy("Et arrangement personen er påmeldt, ble endret."),
    K.EVENT_CANCELLED: gettext_lazy("Et arrangement personen er påmeldt, ble avlyst."),
    K.ORGANISER_NOTICE: gettext_lazy("Personen er arrangør."),
    K.VENUE_CONTACT: gettext_lazy("Personen er kontakt for et sted."),
    K.SUBMISSION_RECEIPT: gettext_lazy("Personen sendte inn noe til portalen."),
    K.SUBMISSION_DECIDED: gettext_lazy("Det personen sendte inn, ble besvart."),
    K.SUBMISSION_EXPIRING: gettext_lazy("En annonse personen sendte inn, er i ferd med å gå ut."),
    K.MENTOR_RECEIPT: gettext_lazy("Personen meldte seg til mentorordningen."),
    K.MENTOR_MATCH: gettext_lazy("Personen er koblet i mentorordningen."),
    K.GRANT_RECEIPT: gettext_lazy("Personen sendte en søknad om kompetansemidler."),
    K.GRANT_DECIDED: gettext_lazy("Søknaden om kompetansemidler ble avgjort."),
    K.MEETING_INVITATION: gettext_lazy("Personen er innkalt til et møte."),
    K.OPERATIONS_NOTICE: gettext_lazy("Personen får varsler om driften av portalen."),
}
_WHAT_CAME_BACK: dict[str, str | Promise] = {
    BounceKind.HARD: gettext_lazy("Mottakerens tjener sier at adressen ikke finnes."),
    BounceKind.SOFT: gettext_lazy(
        "Mottakerens tjener kunne ikke ta imot. Postkassen kan være full."
    ),
    BounceKind.REFUSED: gettext_lazy("Den ble avvist av grunner som ikke gjelder adressen."),
    BounceKind.COMPLAINT: gettext_lazy("Mottakeren meldte den som søppelpost."),
    BounceKind.DELAYED: gettext_lazy("Den ble forsinket på veien."),
}


@dataclass(frozen=True)
class Explained:
    """One message as staff read it to the person."""

    delivery: Delivery
    why: str
    outcome: Sequence[str]
    # What the other server said, for those who can read it.
    technical: str


def explain(
    delivery: Delivery,
    *,
    newsletter: Newsletter | None,
    bounces: Sequence[Bounce],
    consents: Mapping[str, Sequence[Consent]],
) -> Explained:
    """Return the message with its reason and its fate. `consents` are the person's, by topic. No queries."""
    why = str(REASONS[delivery.kind])
    if newsletter is not None and delivery.kind == MailKind.NEWSLETTER:
        why = _why_newsletter(newsletter, consents.get(newsletter.topic, ()), delivery.created_at)
    outcome = [_state_text(delivery, bounces)]
    outcome += [str(_WHAT_CAME_BACK[bounce.kind]) for bounce in bounces]
    technical = next((bounce.detail for bounce in bounces if bounce.detail), "")
    if not technical and delivery.state != DeliveryState.CANCELLED:
        technical = delivery.error
    return Explained(delivery, why, outcome, technical)


def _why_newsletter(newsletter: Newsletter, given: Sequence[Consent], at: datetime.datetime) -> str:
    topic = Topic(newsletter.topic).label
    for consent in given:
        if consent.given_at <= at and (consent.withdrawn_at is None or consent.withdrawn_at >= at):
            return _("Personen sa ja til «%(topic)s» %(date)s.") % {
                "topic": topic,
                "date": date_text(consent.given_at),
            }
    return _("Adressen abonnerte på «%(topic)s» da brevet ble sendt.") % {"topic": topic}


def _state_text(delivery: Delivery, bounces: Sequence[Bounce]) -> str:
    state = delivery.state
    if state == DeliveryState.SENT and delivery.delivered_at:
        return _("Mottakerens tjener tok imot den.")
    if state == DeliveryState.SENT:
        if any(bounce.kind in FAILED_KINDS for bounce in bounces):
            return _("Den ble sendt, men kom i retur.")
        return _("Den er sendt, og ingen har meldt at den ikke kom frem.")
    if state == DeliveryState.CANCELLED:
        return delivery.error or _("Den ble stanset før den ble sendt.")
    return {
        DeliveryState.QUEUED: _("Den venter på å bli sendt."),
        DeliveryState.SENDING: _("Den sendes akkurat nå."),
        DeliveryState.FAILED: _("Den lot seg ikke sende."),
        DeliveryState.BOUNCED: _("Den kom i retur."),
        DeliveryState.MISSED: _("Den ble ikke sendt, fordi det var blitt for sent."),
        DeliveryState.SUPPRESSED: _("Den ble ikke sendt, fordi adressen var sperret."),
    }[DeliveryState(state)]

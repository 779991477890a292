from django.core import signing

from projects.bypuls.events.moderation import SUBMISSION_LINK
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.views.signup import RECEIPT
from tests.access_table import Row
from vekst.links import make_token


def an_event() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventFactory

    return {"slug": EventFactory.create().slug}


def a_submission() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventFactory

    event = EventFactory.create(publication="submitted", submitter_email="kari@example.no")
    return {"token": make_token(SUBMISSION_LINK, event.pk)}


def a_venue() -> dict[str, object]:
    from tests.projects.bypuls.factories import VenueFactory

    return {"slug": VenueFactory.create().slug}


def a_receipt() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventFactory

    event = EventFactory.create()
    return {
        "slug": event.slug,
        "token": signing.dumps([event.pk, "attending", 0], salt=RECEIPT),
    }


def a_signup() -> dict[str, object]:
    from tests.projects.bypuls.factories import SignUpFactory

    return {"token": make_token(SIGNUP_LINK, SignUpFactory.create().pk)}


ROWS: list[Row] = [
    Row("bypuls:event_list"),
    Row("bypuls:event_feed"),
    Row("bypuls:event", an_event),
    Row("bypuls:event_calendar", an_event),
    Row("bypuls:event_signup", an_event),
    Row("bypuls:event_receipt", a_receipt),
    Row("bypuls:my_signup", a_signup),
    Row("bypuls:event_new"),
    Row("bypuls:event_sent"),
    Row("bypuls:event_change", a_submission),
    Row("bypuls:venue_list"),
    Row("bypuls:venue", a_venue),
    Row("bypuls:transport_forum"),
]

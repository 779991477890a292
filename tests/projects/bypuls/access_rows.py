import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.core import signing
from django.utils import timezone

from projects.bypuls.access import door_token
from projects.bypuls.events.moderation import SUBMISSION_LINK
from projects.bypuls.models import DoorLink
from projects.bypuls.signups.invitations import INVITATION_LINK
from projects.bypuls.signups.mails import SIGNUP_LINK
from projects.bypuls.signups.own_calendar import CALENDAR_LINK
from projects.bypuls.signups.reminder_mails import CONFIRM_LINK, REMINDER_LINK, SURVEY_LINK
from projects.bypuls.signups.series_mails import SERIES_SIGNUP_LINK
from projects.bypuls.views.signup import RECEIPT
from tests.access_table import NOT_FOUND, OK, TO_LOGIN, Row
from vekst.links import make_token

BAD = 400


def an_event() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventFactory

    return {"slug": EventFactory.create().slug}


def a_submission() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventFactory

    event = EventFactory.create(publication="submitted", submitter_email="kari@example.no")
    return {"token": make_token(SUBMISSION_LINK, event.pk)}


def a_sent_picture() -> dict[str, object]:
    from django.core.files.base import ContentFile

    from members.posts.demo_pictures import paint
    from tests.projects.bypuls.factories import EventFactory

    event = EventFactory.create(
        publication="submitted",
        picture=ContentFile(paint(palette="winter", seed=1), "vinter.jpg"),
        picture_alt="Vinter",
    )
    return {"token": make_token(SUBMISSION_LINK, event.pk)}


def a_series() -> dict[str, object]:
    from tests.projects.bypuls.test_series import a_series as make

    return {"slug": make("FREQ=WEEKLY;COUNT=2").slug}


def a_course() -> dict[str, object]:
    from projects.bypuls.models import EventSeries

    slug = a_series()["slug"]
    EventSeries.objects.update(signup_mode="whole")
    return {"slug": slug}


def a_venue() -> dict[str, object]:
    from tests.projects.bypuls.factories import VenueFactory

    return {"slug": VenueFactory.create().slug}


def a_counter() -> dict[str, object]:
    from tests.projects.bypuls.factories import CounterFactory

    return {"slug": CounterFactory.create().slug}


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


def an_own_calendar() -> dict[str, object]:
    from projects.bypuls.models import OwnCalendar
    from tests.projects.bypuls.factories import NOW

    calendar = OwnCalendar.objects.create(email="kari@example.no", created_at=NOW)
    return {"token": make_token(CALENDAR_LINK, calendar.pk)}


def an_invitation() -> dict[str, object]:
    from tests.projects.bypuls.factories import InvitationFactory

    return {"token": make_token(INVITATION_LINK, InvitationFactory.create().pk)}


def a_series_signup() -> dict[str, object]:
    from tests.projects.bypuls.factories import SeriesSignUpFactory

    return {"token": make_token(SERIES_SIGNUP_LINK, SeriesSignUpFactory.create().pk)}


def a_link(purpose: str) -> Callable[[], dict[str, object]]:
    def make() -> dict[str, object]:
        from tests.projects.bypuls.factories import SignUpFactory

        return {"token": make_token(purpose, SignUpFactory.create().pk)}

    return make


def a_draft_material() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventMaterialFactory

    material = EventMaterialFactory.create(published_at=None)
    return {"slug": material.event.slug, "pk": material.pk}


def a_draft_photo() -> dict[str, object]:
    from tests.projects.bypuls.factories import EventPhotoFactory

    photo = EventPhotoFactory.create(published_at=None)
    return {"slug": photo.event.slug, "pk": photo.pk}


def organised(
    name: str, kwargs: Callable[[], dict[str, object]] = an_event, *, method: str = "GET"
) -> Row:
    """A page of one event on Min side: for whoever runs it and for staff; it does not exist for others."""
    return Row(
        name,
        kwargs,
        anonymous=TO_LOGIN,
        resident=NOT_FOUND,
        company_contact=NOT_FOUND,
        editor=OK,
        programme_office=OK,
        superuser=OK,
        method=method,
    )


def a_party() -> dict[str, object]:
    from tests.projects.bypuls.factories import SignUpFactory

    signup = SignUpFactory.create()
    return {"slug": signup.event.slug, "pk": signup.pk}


def a_door() -> dict[str, object]:
    from tests.projects.bypuls.factories import NOW, EventFactory

    event = EventFactory.create(starts_at=timezone.now() + dt.timedelta(days=1))
    link = DoorLink.objects.create(event=event, made_at=NOW)
    return {"slug": event.slug, "token": door_token(link)}


ROWS: list[Row] = [
    organised("bypuls:check_in"),
    organised("bypuls:check_in_list"),
    organised("bypuls:check_in_shell"),
    organised("bypuls:check_in_worker"),
    # Whoever may settle sends a batch; an empty request is none.
    replace(
        organised("bypuls:check_in_settle", method="POST"),
        editor=BAD,
        programme_office=BAD,
        superuser=BAD,
    ),
    Row("bypuls:door", a_door),
    Row("bypuls:door_leave", an_event, method="POST"),
    Row(
        "bypuls:organiser_list",
        anonymous=TO_LOGIN,
        resident=OK,
        company_contact=OK,
        editor=OK,
        programme_office=OK,
        superuser=OK,
    ),
    organised("bypuls:organiser_event"),
    organised("bypuls:organiser_signup", a_party),
    organised("bypuls:organiser_csv", method="POST"),
    organised("bypuls:organiser_xlsx", method="POST"),
    *(
        organised(f"bypuls:organiser_{page}")
        for page in (
            *("caller", "message", "setup", "change", "team", "door", "invite", "questions"),
            *("reminders", "copy", "afterwards"),
        )
    ),
    # Handing in leads on to the event's page.
    replace(
        organised("bypuls:organiser_hand_in", method="POST"),
        editor=TO_LOGIN,
        programme_office=TO_LOGIN,
        superuser=TO_LOGIN,
    ),
    Row(
        "bypuls:organiser_turnout",
        anonymous=TO_LOGIN,
        resident=NOT_FOUND,
        company_contact=NOT_FOUND,
        editor=OK,
        programme_office=OK,
        superuser=OK,
    ),
    Row("bypuls:event_list"),
    Row("bypuls:event_feed"),
    Row("bypuls:event_table"),
    Row("bypuls:event_subscribe"),
    Row("bypuls:event_poster"),
    Row("bypuls:event", an_event),
    Row("bypuls:event_calendar", an_event),
    Row("bypuls:event_signup", an_event),
    Row("bypuls:event_receipt", a_receipt),
    Row("bypuls:my_signup", a_signup),
    Row("bypuls:reminders_stop", a_link(REMINDER_LINK)),
    Row("bypuls:signup_confirm", a_link(CONFIRM_LINK)),
    Row("bypuls:event_survey", a_link(SURVEY_LINK)),
    replace(organised("bypuls:event_material", a_draft_material), anonymous=NOT_FOUND),
    replace(organised("bypuls:event_photo", a_draft_photo), anonymous=NOT_FOUND),
    Row("bypuls:event_invitation", an_invitation),
    Row("bypuls:my_series_signup", a_series_signup),
    Row("bypuls:my_signup_details", a_signup),
    Row("bypuls:my_signup_calendar", a_signup),
    Row("bypuls:event_new"),
    Row("bypuls:event_sent"),
    Row("bypuls:event_change", a_submission),
    Row("bypuls:event_change_picture", a_sent_picture),
    Row("bypuls:series", a_series),
    Row("bypuls:series_calendar", a_series),
    Row("bypuls:series_signup", a_course),
    Row("bypuls:series_receipt", a_course),
    Row("bypuls:venue_list"),
    Row("bypuls:venue", a_venue),
    Row("bypuls:venue_tip_new", a_venue),
    Row("bypuls:venue_tip_sent", a_venue),
    Row("bypuls:own_calendar", an_own_calendar),
    Row("bypuls:own_calendar_file", an_own_calendar),
    Row("bypuls:own_calendar_mine", {}, TO_LOGIN, OK, OK, OK, OK, OK),
    Row("bypuls:kept_venues", {}, TO_LOGIN, OK, OK, OK, OK, OK),
    # The places of others do not exist, for staff neither: they have the admin.
    *(
        Row(
            f"bypuls:kept_venue{part}",
            a_venue,
            *(TO_LOGIN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
        )
        for part in ("", "_change", "_exceptions", "_photo", "_hand_over")
    ),
    Row("bypuls:transport_forum"),
    Row("bypuls:pulse"),
    Row("bypuls:counter", a_counter),
    Row("bypuls:counter_csv", a_counter),
    Row("api:get_counter", a_counter),
    # Counters come with a key of their own; being somebody does not help.
    Row("api:post_hours", a_counter, anonymous=401, method="POST"),
]

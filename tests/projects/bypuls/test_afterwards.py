import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from members.accounts.models import Role
from members.accounts.retention import RetentionRule
from projects.bypuls import retention
from projects.bypuls.events.afterwards import (
    AfterwardsError,
    add_photo,
    publish_material,
    remove_material,
    withdraw_consent,
)
from projects.bypuls.events.survey import answer
from projects.bypuls.models import EventMaterial, EventOrganiser, EventPhoto, SurveyAnswer
from tests.members.accounts.factories import UserFactory
from tests.members.posts.factories import PostItemFactory
from tests.projects.bypuls.factories import (
    NOW,
    EventFactory,
    EventMaterialFactory,
    EventPhotoFactory,
    SignUpFactory,
)

pytestmark = pytest.mark.django_db
AFTER = NOW + dt.timedelta(days=8)


@pytest.fixture(autouse=True)
def _own_media_afterwards(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AFTER, tick=False):
        yield


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    if answer.streaming:
        # Read to the end, which closes the file.
        b"".join(answer)
    return answer.status_code


def an_archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def office(part: str, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"[Content_Types].xml": b"", part: b"", **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


PDF = b"%PDF-1.7\n%%EOF"


def a_file(content: bytes, name: str = "lysark.exe") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def a_picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return SimpleUploadedFile("kari.jpg", out.getvalue())


def put_out(**fields: Any) -> EventMaterial:
    event = fields.pop("event", None) or EventFactory.create()
    given = {"kind": "slides", "title": "Lysark", "by": None, "at": AFTER} | fields
    return publish_material(event.pk, **given)


# --- Slides and minutes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (office("ppt/presentation.xml"), "pptx"),
        (office("word/document.xml"), "docx"),
        (an_archive(mimetype=b"application/vnd.oasis.opendocument.presentation"), "odp"),
    ],
    ids=["pdf", "pptx", "docx", "odp"],
)
def test_files_are_known_by_what_they_hold_and_sent_as_downloads(
    client: Client, content: bytes, kind: str
):
    material = put_out(file=a_file(content, "Møte.exe"))

    answer = client.get(material.get_absolute_url())

    assert answer.status_code == 200
    assert b"".join(answer) == content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert material.file_name == f"Møte.{kind}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer["Content-Type"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><script>", "PDF, PowerPoint"),
        (b"MZ\x90", "PDF, PowerPoint"),
        (an_archive(hei=b"x"), "PDF, PowerPoint"),
        (b"PK\x03\x04 broken", "PDF, PowerPoint"),
        (office("ppt/presentation.xml", **{"ppt/vbaProject.bin": b""}), "makroer"),
        (PDF + b"\0" * (25 * 1024 * 1024), "25 MB"),
    ],
    ids=["html", "exe", "zip", "broken", "macros", "large"],
)
def test_other_files_are_refused_in_words_and_nothing_is_kept(content: bytes, reason: str):
    with pytest.raises(ValidationError, match=reason):
        put_out(file=a_file(content, "lysark.pdf"))

    assert not EventMaterial.objects.exists()


def test_a_file_and_a_link_or_neither_is_refused():
    for fields in ({}, {"file": a_file(PDF), "link": "https://example.no/"}):
        with pytest.raises(ValidationError, match="ikke begge"):
            put_out(**fields)


def test_nothing_is_put_out_before_it_begins_or_when_it_is_off():
    event = EventFactory.create()
    with pytest.raises(AfterwardsError, match="ikke begynt"):
        put_out(event=event, link="https://example.no/", at=NOW)
    cancelled = EventFactory.create(status="cancelled")
    with pytest.raises(AfterwardsError, match="avlyst"):
        put_out(event=cancelled, link="https://example.no/")


def test_a_file_that_is_not_published_reaches_only_those_who_run_the_event(client: Client):
    material = EventMaterialFactory.create(published_at=None)
    address = material.get_absolute_url()
    organiser = UserFactory.create(email="kari@example.no")
    EventOrganiser.objects.create(event=material.event, email=organiser.email, added_at=NOW)

    assert status(client, address) == 404
    client.force_login(UserFactory.create(), "allauth.account.auth_backends.AuthenticationBackend")
    assert status(client, address) == 404
    client.force_login(organiser, "allauth.account.auth_backends.AuthenticationBackend")
    assert status(client, address) == 200


def test_the_file_of_a_withdrawn_event_is_gone_for_strangers(client: Client):
    material = EventMaterialFactory.create(event__publication="withdrawn")

    assert status(client, material.get_absolute_url()) == 404


def test_no_address_under_media_leads_to_what_is_closed(client: Client):
    photo, material = EventPhotoFactory.create(), EventMaterialFactory.create()

    for name in (photo.picture.name, material.file.name):
        for path in (name, f"x/../{name}", f"./{name}", f"x/..//{name}"):
            assert status(client, f"/media/{path}") in (301, 302, 404), path
    assert status(client, photo.get_absolute_url()) == 200


def test_a_removed_file_leaves_the_disk(django_capture_on_commit_callbacks: Any):
    material = put_out(file=a_file(PDF))
    path = Path(material.file.path)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        remove_material(material.pk, by=None)
        remove_material(material.pk, by=None)

    assert not path.exists()


# --- Pictures ---------------------------------------------------------------------------------


def a_photo(**fields: Any) -> EventPhoto:
    event = fields.pop("event", None) or EventFactory.create()
    given = {
        "picture": a_picture(),
        "alt": "Fullt hus",
        "consent_note": "Begge på bildet, spurt av Kari",
        "by": None,
        "at": AFTER,
    } | fields
    return add_photo(event.pk, **given)


def test_a_picture_of_people_needs_somebody_who_says_they_agree():
    with pytest.raises(AfterwardsError, match="har sagt ja"):
        a_photo(consent_note=" ")

    nobody = a_photo(shows_people=False, consent_note="")
    assert nobody.consent_at is None
    with pytest.raises(IntegrityError, match="consent_before_publishing"), transaction.atomic():
        EventPhoto.objects.filter(pk=nobody.pk).update(shows_people=True)


def test_a_withdrawn_consent_hides_the_picture_at_once_and_says_where_it_was(client: Client):
    by = UserFactory.create(role=Role.EDITOR)
    photo = a_photo(by=by)
    assert photo.consent_by == by
    address = photo.get_absolute_url()
    item = PostItemFactory.create(body=f'<p>Se <a href="{address}">bildet</a></p>')
    assert status(client, address) == 200

    uses = withdraw_consent(photo.pk, by=by, at=AFTER)
    again = withdraw_consent(photo.pk, by=by, at=AFTER + dt.timedelta(days=1))

    assert [use.title for use in uses] == [photo.event.title, str(item.post)]
    assert uses == again
    assert status(client, address) == 404
    photo.refresh_from_db()
    assert photo.consent_withdrawn_at == AFTER
    assert address not in client.get(photo.event.get_absolute_url()).content.decode()


def test_a_hidden_picture_is_hidden_for_staff_too(client: Client):
    photo = EventPhotoFactory.create(consent_withdrawn_at=NOW)
    editor = UserFactory.create(role=Role.EDITOR)
    client.force_login(editor, "allauth.account.auth_backends.AuthenticationBackend")

    assert status(client, photo.get_absolute_url()) == 404


# --- On the page ------------------------------------------------------------------------------


def an_event_that_is_over(**fields: Any) -> Any:
    return EventFactory.create(starts_at=dt.datetime(2020, 1, 7, 8, tzinfo=dt.UTC), **fields)


def test_the_page_of_the_event_shows_what_is_out_and_how_many_came(client: Client):
    event = an_event_that_is_over(attendance=47, status="held")
    EventMaterialFactory.create(event=event, title="Lysarkene til Kari")
    EventMaterialFactory.create(event=event, title="Bare et utkast", published_at=None)
    photo = EventPhotoFactory.create(event=event, credit="Ola")
    for rating in (5, 4, 4, 5, 4):
        row = SignUpFactory.create(event=event)
        answer(row, rating=rating, would_come_again=None, text="Hemmelig", at=event.ends_at)

    page = client.get(event.get_absolute_url()).content.decode()

    assert "Lysarkene til Kari" in page
    assert "Bare et utkast" not in page
    assert photo.get_absolute_url() in page
    assert "Foto: Ola" in page
    assert ">47<" in page
    assert ">4,4<" in page
    assert "Hemmelig" not in page


def test_nothing_is_shown_while_the_event_lies_ahead_or_nothing_is_out(client: Client):
    for event in (
        an_event_that_is_over(),
        EventFactory.create(starts_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC)),
    ):
        assert "Etterpå" not in client.get(event.get_absolute_url()).content.decode()


def test_the_page_takes_as_many_queries_with_much_as_with_little(
    client: Client, django_assert_num_queries: Any
):
    little, much = an_event_that_is_over(attendance=1), an_event_that_is_over(attendance=1)
    EventMaterialFactory.create_batch(5, event=much)
    EventPhotoFactory.create_batch(5, event=much)
    client.get(little.get_absolute_url())
    with django_assert_num_queries(6) as counted:
        client.get(little.get_absolute_url())
    with django_assert_num_queries(len(counted)):
        client.get(much.get_absolute_url())


# --- Retention --------------------------------------------------------------------------------


def rule(start: str) -> RetentionRule:
    return next(rule for rule in retention.RULES if str(rule.data).startswith(start))


def test_the_file_of_a_hidden_picture_is_deleted_after_a_month():
    photo = EventPhotoFactory.create(consent_withdrawn_at=NOW)
    kept = EventPhotoFactory.create()
    file = Path(photo.picture.path)
    hidden = rule("Bilder fra arrangementer")

    assert hidden.apply(NOW + dt.timedelta(days=29), False) == 0
    assert hidden.apply(NOW + dt.timedelta(days=31), True) == 1
    assert hidden.apply(NOW + dt.timedelta(days=31), False) == 1

    assert not file.exists()
    assert list(EventPhoto.objects.all()) == [kept]


def test_the_words_of_a_survey_go_after_a_year_and_the_marks_stay():
    signup = SignUpFactory.create()
    answer(signup, rating=2, would_come_again=None, text="Kari snakket lenge", at=AFTER)
    words = rule("Det folk har skrevet")
    late = signup.event.ends_at + dt.timedelta(days=366)

    assert words.apply(late - dt.timedelta(days=2), False) == 0
    assert words.apply(late, True) == 1
    assert words.apply(late, False) == 1

    assert SurveyAnswer.objects.values_list("text", "rating").get() == ("", 2)

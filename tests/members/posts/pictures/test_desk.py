"""Pictures as editors meet them: put in, told of, cut, given consent and taken away, in a browser without scripts."""

import datetime
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.posts.models import Photo, Picture, PictureConsent, Post
from members.posts.pictures import consents, keeping, sizes
from members.posts.retention import remove_unfinished_pictures
from tests.members.posts.factories import (
    NOW,
    PhotoFactory,
    PictureFactory,
    PostFactory,
    PostItemFactory,
)
from tests.members.posts.pictures.images import BAD, jpeg, jpeg_with_secrets, png_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "_library_templates")]


@pytest.fixture
def _library_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Unfold's own templates ask for variables that are not there.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture
def post() -> Post:
    return PostItemFactory.create(post=PostFactory.create(week=11)).post


def typed(content: bytes | None = None, **fields: object) -> dict[str, object]:
    found: dict[str, object] = {
        "alt": "Folk rundt et bord",
        "caption": "Full sal.",
        "credit": "Eli",
        "shows_people": "on",
        "people": "Kari Nord\nOla Sør",
        "how": "spoken",
        **fields,
    }
    if content is not None:
        found["file"] = SimpleUploadedFile("IMG_1.jpg", content, "image/jpeg")
    return found


def add(post: Post) -> str:
    return reverse("admin:posts_post_add_photo", args=[post.pk])


def change(picture: Picture) -> str:
    return reverse("admin:posts_picture_change", args=[picture.pk])


def crop_form(picture: Picture, **fields: object) -> dict[str, object]:
    return {
        "description": picture.description,
        "credit": picture.credit,
        **{name: getattr(picture, name) for name in keeping.CROP_FIELDS},
        "consents-TOTAL_FORMS": 0,
        "consents-INITIAL_FORMS": 0,
        **fields,
    }


def test_a_picture_is_put_into_a_piece_with_its_consent(desk: Client, post: Post, editor: User):
    item = post.items.get()
    assert desk.get(f"{add(post)}?bit={item.pk}").status_code == 200

    response = desk.post(add(post), typed(jpeg_with_secrets(), item=item.pk))

    photo = Photo.objects.get()
    assert response.headers["Location"].endswith(f"bit={item.pk}#bit-{item.pk}")
    assert (photo.item, photo.alt, photo.caption, photo.credit) == (
        item,
        "Folk rundt et bord",
        "Full sal.",
        "Eli",
    )
    assert (photo.picture.description, photo.picture.uploaded_by) == ("Folk rundt et bord", editor)
    assert not photo.lacks_consent
    assert set(PictureConsent.objects.values_list("person", "recorded_by")) == {
        ("Kari Nord", editor.pk),
        ("Ola Sør", editor.pk),
    }
    page = desk.get(reverse("admin:posts_post_edit", args=[post.pk])).content.decode()
    assert photo.picture.url in page
    assert "Størrelsene lages." in page
    sizes.make_sizes(picture_id=photo.picture_id)
    page = desk.get(reverse("admin:posts_post_edit", args=[post.pk])).content.decode()
    assert "Størrelsene lages." not in page


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_told_beside_the_field_and_nothing_typed_is_lost(
    desk: Client, post: Post, content: bytes
):
    page = desk.post(add(post), typed(content)).content.decode()

    field = page.partition('id="id_file_error"')[2].partition("</p>")[0]
    assert "bilde" in field.lower()
    for words in ("Folk rundt et bord", "Full sal.", "Eli", "Kari Nord\nOla Sør"):
        assert words in page
    assert not Picture.objects.exists()


def test_fifty_megabytes_get_a_clear_answer(desk: Client, post: Post):
    page = desk.post(add(post), typed(jpeg() + b"\0" * 50_000_000)).content.decode()

    assert "større enn 15 MB" in page.partition('id="id_file_error"')[2].partition("</p>")[0]
    assert "Folk rundt et bord" in page
    assert not Picture.objects.exists()


def test_no_file_at_all(desk: Client, post: Post):
    page = desk.post(add(post), typed()).content.decode()

    assert "Velg et bilde." in page


def test_a_good_file_is_kept_when_something_else_is_wrong(desk: Client, post: Post, media: Path):
    page = desk.post(add(post), typed(jpeg(), alt="", expires_on="2001-01-01")).content.decode()
    assert "Skriv hva bildet viser." in page
    assert "Datoen er passert." in page
    assert "Bildefilen er tatt vare på" in page
    kept = re.findall(r'name="kept" value="([0-9a-f]{32})"', page)[0]
    # Wrong once more, and a new file that is broken.
    page = desk.post(add(post), typed(b"broken", alt="", kept=kept)).content.decode()
    assert re.findall(r'name="kept" value="([0-9a-f]{32})"', page) == [kept]
    assert not Photo.objects.exists()

    desk.post(add(post), typed(kept=kept))

    assert Photo.objects.get().picture.token == kept
    assert Picture.objects.count() == 1


def test_a_form_that_is_sent_twice_is_one_picture(desk: Client, post: Post):
    page = desk.get(add(post)).content.decode()
    token = re.findall(r'name="token" value="([0-9a-f]{32})"', page)[0]

    for _ in range(2):
        response = desk.post(add(post), typed(jpeg((60, 40)), token=token))
        assert response.status_code == 302
    for _ in range(2):
        desk.post(reverse("admin:posts_picture_add"), typed(jpeg((60, 40)), token="0" * 32))

    assert (Photo.objects.count(), Picture.objects.count()) == (1, 2)


def test_going_back_and_sending_the_first_form_again_is_no_error(desk: Client, post: Post):
    first = typed(jpeg((60, 40)), alt="", token="a" * 32)
    desk.post(add(post), first)

    page = desk.post(add(post), typed(jpeg((50, 30)), alt="", token="a" * 32)).content.decode()
    desk.post(add(post), typed(jpeg((50, 30)), token="a" * 32))

    assert "Bildefilen er tatt vare på" in page
    assert Photo.objects.get().picture.width == 50


def test_a_token_of_another_gives_a_picture_of_ones_own(desk: Client, post: Post, superuser: User):
    other = keeping.keep(ContentFile(jpeg(), "a.jpg"), description="Annet", at=NOW, by=superuser)

    desk.post(add(post), typed(jpeg((60, 40)), token=other.token))

    assert Photo.objects.get().picture.token != other.token


def test_another_file_takes_the_place_of_the_one_that_was_kept(desk: Client, post: Post):
    page = desk.post(add(post), typed(jpeg(), alt="")).content.decode()
    kept = re.findall(r'name="kept" value="([0-9a-f]{32})"', page)[0]

    desk.post(add(post), typed(jpeg((50, 40)), kept=kept))

    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (50, 40)
    assert picture.token != kept


def test_nobody_takes_over_the_file_of_another(desk: Client, post: Post, superuser: User):
    other = keeping.keep(ContentFile(jpeg(), "a.jpg"), at=NOW, by=superuser)

    page = desk.post(add(post), typed(kept=other.token)).content.decode()

    assert "Velg et bilde." in page
    assert not Photo.objects.exists()


def test_a_form_that_was_never_sent_in_whole_leaves_nothing(desk: Client, post: Post, media: Path):
    desk.post(add(post), typed(jpeg(), alt=""))
    begun = Picture.objects.get().uploaded_at
    in_use = PhotoFactory.create(post=post).picture

    assert remove_unfinished_pictures(begun, False) == 0
    later = begun + datetime.timedelta(days=2)
    assert remove_unfinished_pictures(later, True) == 1
    assert remove_unfinished_pictures(later, False) == 1

    assert list(Picture.objects.all()) == [in_use]


def test_a_picture_is_used_again_in_another_post(desk: Client, post: Post):
    old = PhotoFactory.create(
        picture=PictureFactory.create(description="Nymoen i sol", credit="Eli")
    )
    PictureFactory.create(description="Krona i regn")
    consents.withdraw(picture_id=PictureFactory.create().pk, at=NOW, by=None)
    choose = reverse("admin:posts_post_choose_photo", args=[post.pk])

    page = desk.get(f"{choose}?q=nymoen").content.decode()
    assert "Nymoen i sol" in page
    assert "Krona" not in page
    assert "Ingen bilder passer" in desk.get(f"{choose}?q=finnesikke").content.decode()
    desk.post(f"{choose}?bit={post.items.get().pk}", {"picture": old.picture_id})

    photo = post.photos.get()
    assert (photo.picture, photo.alt, photo.credit) == (old.picture, "Nymoen i sol", "Eli")
    assert photo.item == post.items.get()
    assert desk.post(choose, {"picture": "x"}).status_code == 404


def test_words_of_a_photo_are_changed_and_checked(desk: Client, post: Post):
    photo = PhotoFactory.create(post=post, credit="")
    address = reverse("admin:posts_post_edit_photo", args=[post.pk, photo.pk])
    assert "mangler fotograf" in desk.get(address).content.decode()

    refused = desk.post(address, {"alt": "", "caption": "Ny tekst"}).content.decode()
    assert "Skriv hva bildet viser." in refused
    assert "Ny tekst" in refused
    desk.post(
        address, {"alt": "Sol", "caption": "Ny", "credit": "Eli", "item": post.items.get().pk}
    )

    photo.refresh_from_db()
    assert (photo.alt, photo.caption, photo.credit, photo.item) == (
        "Sol",
        "Ny",
        "Eli",
        post.items.get(),
    )


def test_photos_are_moved_and_taken_out_and_stay_in_the_library(desk: Client, post: Post):
    first, second = PhotoFactory.create_batch(2, post=post)
    move = reverse("admin:posts_post_move_photo", args=[post.pk, second.pk])
    drop = reverse("admin:posts_post_drop_photo", args=[post.pk, first.pk])

    desk.post(move, {"up": "1"})
    desk.post(move, {"up": "1"})
    assert list(post.photos.order_by("position", "pk")) == [second, first]
    desk.post(drop)
    desk.post(drop)

    assert list(post.photos.all()) == [second]
    assert Picture.objects.count() == 2
    assert desk.get(drop).status_code == 405


def test_photos_of_another_post_are_not_reached(desk: Client, post: Post):
    other = PhotoFactory.create()

    for name in ("edit_photo", "move_photo", "drop_photo"):
        desk.post(reverse(f"admin:posts_post_{name}", args=[post.pk, other.pk]), {"alt": "Min"})

    assert Photo.objects.get().alt == other.alt


def test_the_library_takes_a_picture_by_itself(desk: Client):
    address = reverse("admin:posts_picture_add")
    assert desk.get(address).status_code == 200
    assert (
        "for mange bildepunkter" in desk.post(address, typed(png_of(9000, 9000))).content.decode()
    )

    response = desk.post(address, typed(jpeg(), people=""))

    picture = Picture.objects.get()
    assert response.headers["Location"] == change(picture)
    page = desk.get(change(picture)).content.decode()
    assert "Mangler: vises ikke" in page
    assert "Ikke brukt noe sted." in page


def test_crop_focus_and_consent_without_scripts(desk: Client, editor: User):
    picture = PictureFactory.create(content=jpeg(), shows_people=True)
    consent = {
        "consents-TOTAL_FORMS": 1,
        "consents-0-person": "Kari Nord",
        "consents-0-how": "written",
        "consents-0-purpose": "weekly",
        "consents-0-given_on": "2026-03-01",
    }

    refused = desk.post(change(picture), crop_form(picture, cut_left=80, cut_right=40))
    assert "minst en tidel av bredden" in refused.content.decode()
    desk.post(
        change(picture), crop_form(picture, shows_people="on", cut_left=50, focus_x=90, **consent)
    )

    picture.refresh_from_db()
    assert (picture.revision, picture.shown_width, picture.focus_x) == (2, 900, 90)
    assert (picture.consent_by, picture.may_be_shown) == (editor, True)
    row = PictureConsent.objects.get()
    assert (row.person, row.recorded_by) == ("Kari Nord", editor)
    # The last consent that goes takes the word of it with it.
    gone = {
        **consent,
        "consents-INITIAL_FORMS": 1,
        "consents-0-id": row.pk,
        "consents-0-picture": picture.pk,
        "consents-0-DELETE": "on",
    }
    desk.post(change(picture), crop_form(picture, shows_people="on", **gone))
    assert Picture.objects.get().lacks_consent


def test_a_picture_is_withdrawn_only_by_who_is_sure(
    desk: Client, post: Post, media: Path, django_capture_on_commit_callbacks
):
    picture = PhotoFactory.create(post=post).picture
    address = reverse("admin:posts_picture_withdraw_page", args=[picture.pk])
    page = desk.get(address).content.decode()
    assert str(post) in page
    assert "kan ikke angres" in page

    assert "Kryss av" in desk.post(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, {"sure": "1"})

    assert not any(path.is_file() for path in media.rglob("*"))
    page = desk.get(change(picture)).content.decode()
    assert "Trukket, filene er slettet" in page
    desk.post(change(picture), crop_form(picture, description="Kari"))
    assert Picture.objects.get().description == "Bilde som er tatt bort"


def test_sizes_that_failed_are_asked_for_again(desk: Client):
    picture = PictureFactory.create()
    Picture.objects.update(attempts=sizes.MOST_ATTEMPTS)
    assert "kunne ikke lages" in desk.get(change(picture)).content.decode()

    address = reverse("admin:posts_picture_make_again", args=[picture.pk])
    assert desk.get(address).status_code == 200
    desk.post(address)

    assert Picture.objects.get().attempts == 0


def test_a_picture_in_use_is_not_deleted_and_one_that_is_not_goes_with_its_files(
    desk: Client, post: Post, media: Path, django_capture_on_commit_callbacks
):
    used, unused = PhotoFactory.create(post=post).picture, PictureFactory.create()

    with django_capture_on_commit_callbacks(execute=True):
        for picture in (used, unused):
            desk.post(reverse("admin:posts_picture_delete", args=[picture.pk]), {"post": "yes"})

    assert list(Picture.objects.all()) == [used]
    assert {path.parent.name for path in media.rglob("*") if path.is_file()} == {used.token}


def test_the_list_is_searched_and_costs_the_same_with_more(
    desk: Client, django_assert_max_num_queries
):
    shown = reverse("admin:posts_picture_changelist")
    named = PictureFactory.create(description="Torget", shows_people=True)
    consents.record(picture_id=named.pk, people=["Kari"], given_on=NOW.date(), at=NOW, by=None)
    PhotoFactory.create_batch(6)

    with django_assert_max_num_queries(9):
        page = desk.get(shown).content.decode()
    assert "Torget" in page
    assert "Nymoen" not in desk.get(f"{shown}?q=kari").content.decode()
    assert "Torget" in desk.get(f"{shown}?q=kari").content.decode()
    assert "Nymoen" not in desk.get(f"{shown}?bruk=nei").content.decode()
    assert "Torget" not in desk.get(f"{shown}?samtykke=mangler").content.decode()


@pytest.mark.parametrize("name", ["add_photo", "choose_photo"])
def test_strangers_reach_no_form(client: Client, resident: User, post: Post, name: str):
    address = reverse(f"admin:posts_post_{name}", args=[post.pk])

    assert client.get(address).status_code == 302
    client.force_login(resident, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address).status_code in (302, 403)


def test_the_programme_office_reads_and_does_not_withdraw(client: Client, programme_officer: User):
    picture = PictureFactory.create()
    client.force_login(
        programme_officer, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert client.get(change(picture)).status_code == 200
    address = reverse("admin:posts_picture_withdraw_page", args=[picture.pk])
    assert client.post(address, {"sure": "1"}).status_code in (302, 403)
    assert Picture.objects.get().withdrawn_at is None

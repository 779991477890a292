"""Who gets the files: readers of public posts, editors, and nobody once somebody has said no."""

import datetime
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.accounts.models import User
from members.mailings import newsletter_showing, newsletters
from members.mailings.models import Newsletter
from members.posts import checks, publishing
from members.posts.models import Photo, Picture, PictureConsent, Post, PostItem
from members.posts.newsletter import newsletter_from_post
from members.posts.pictures import consents, sizes, uses
from tests.members.posts.factories import (
    NOW,
    PhotoFactory,
    PictureFactory,
    PostFactory,
    PostItemFactory,
)
from tests.members.posts.pictures.images import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW + DAY, tick=False):
        yield


@pytest.fixture
def photo() -> Photo:
    """A picture with people who agreed, in a public post, in every size."""
    item = PostItemFactory.create(post=PostFactory.create(published=True, week=11))
    picture = PictureFactory.create(content=jpeg((900, 600)), shows_people=True)
    consents.record(picture_id=picture.pk, people=["Kari"], given_on=NOW.date(), at=NOW, by=None)
    sizes.make_sizes(picture_id=picture.pk)
    return PhotoFactory.create(post=item.post, item=item, picture=Picture.objects.get())


def status(client: Client, address: str) -> int:
    return client.get(address).status_code


def addresses_of(picture: Picture) -> list[str]:
    srcsets = [part.split()[0] for _kind, srcset in picture.sources for part in srcset.split(", ")]
    return [picture.url, *srcsets]


def test_readers_get_every_size_and_no_original(client: Client, photo: Photo):
    assert len(addresses_of(photo.picture)) == 7
    for address in addresses_of(photo.picture):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("image/")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=300" in response.headers["Cache-Control"]
        assert not response.cookies
    assert status(client, photo.picture.original_url) == 404


def test_a_browser_that_has_it_gets_nothing_again(client: Client, photo: Photo):
    etag = client.get(photo.picture.url).headers["ETag"]

    again = client.get(photo.picture.url, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_a_file_costs_one_query(client: Client, photo: Photo, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(photo.picture.url)


def test_the_address_of_an_earlier_crop_gives_that_of_today(client: Client, photo: Photo):
    picture = photo.picture
    Picture.objects.filter(pk=picture.pk).update(revision=3, made_revision=3)
    folder = Path(picture.file.path).parent
    for path in folder.glob("1-*"):
        path.rename(folder / path.name.replace("1-", "3-", 1))

    for address in addresses_of(picture):
        assert status(client, address) == 200


@pytest.mark.parametrize(
    "name", ["1-bilde.png", "../original.jpg", "original.jpg", "1-99999.avif", "x", "%2e%2e"]
)
def test_other_names_lead_nowhere(client: Client, photo: Photo, name: str):
    assert status(client, f"/bilder/{photo.picture.token}/{name}") == 404


@pytest.mark.parametrize("where", ["draft", "dropped", "unused", "no-consent"])
def test_strangers_do_not_get_what_no_page_shows(client: Client, photo: Photo, where: str):
    if where == "draft":
        Post.objects.update(state="draft", published_at=None)
    elif where == "dropped":
        PostItem.objects.update(dropped_at=NOW)
    elif where == "unused":
        photo.delete()
    else:
        Picture.objects.update(consent_at=None)

    for address in [*addresses_of(photo.picture), photo.picture.original_url]:
        assert status(client, address) == 404


def test_the_closed_folder_has_no_address(client: Client, photo: Photo):
    for path in Path(photo.picture.file.path).parent.iterdir():
        inside = str(path).partition("/media/")[2]
        for address in (f"/media/{inside}", f"/media/x/../{inside}", f"/media/./{inside}"):
            assert status(client, address) in (301, 302, 404)


def test_editors_see_drafts_and_others_do_not(
    desk: Client, client: Client, photo: Photo, resident: User
):
    Post.objects.update(state="draft", published_at=None)

    response = desk.get(photo.picture.url)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert status(desk, photo.picture.original_url) == 200
    client.force_login(resident, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert status(client, photo.picture.url) == 404


def test_who_sees_a_preview_sees_its_pictures_for_a_while(client: Client, photo: Photo):
    Post.objects.update(state="draft", published_at=None)
    photo.picture.is_preview = True
    address = photo.picture.url

    assert status(client, address) == 200
    assert status(client, photo.picture.original_url) == 404
    assert status(client, address.replace(photo.picture.token, "0" * 32)) == 404
    with time_machine.travel(NOW + 40 * DAY, tick=False):
        assert status(client, address) == 404


def test_the_address_of_a_preview_opens_no_picture_whose_consent_is_gone(
    client: Client, photo: Photo
):
    Post.objects.update(state="draft", published_at=None)
    photo.picture.is_preview = True
    address = photo.picture.url
    PictureConsent.objects.all().delete()
    consents.settle(picture_id=photo.picture_id, at=NOW, by=None)

    assert status(client, address) == 404


def test_a_test_mail_of_a_draft_shows_its_pictures(client: Client, photo: Photo, editor: User):
    Post.objects.update(state="draft", published_at=None)
    letter = newsletter_from_post(post=photo.post, at=NOW, by=editor)

    _text, html = newsletters.preview(letter)

    address = html.partition("http://testserver/bilder/")[2].partition('"')[0]
    assert status(client, f"/bilder/{address}".replace("&amp;", "&")) == 200
    # What readers are sent holds no key.
    assert "forhandsvisning" not in newsletter_showing.rendered(letter).html


def test_an_address_from_before_leads_to_the_picture(client: Client, photo: Photo, media: Path):
    (media / "ukeposter").mkdir()
    (media / "ukeposter" / "a.jpg").write_bytes(jpeg((60, 40)))
    Picture.objects.update(file="ukeposter/a.jpg", revision=0, made_revision=0)

    assert status(client, "/media/ukeposter/a.jpg") == 200
    consents.withdraw(picture_id=photo.picture_id, at=NOW, by=None)
    assert status(client, "/media/ukeposter/a.jpg") == 410
    assert status(client, "/media/ukeposter/b.jpg") == 404


def test_pictures_of_others_in_a_newsletter_are_left_alone():
    urls = ["/media/arrangementer/a.jpg", "https://example.no/b.jpg", "/static/c.png", ""]

    assert uses.gone(urls) == set()
    assert uses.gone([*urls, "/media/ukeposter/borte.jpg"]) == {"/media/ukeposter/borte.jpg"}


# --- Withdrawal ----------------------------------------------------------------------------------


def test_a_withdrawn_picture_is_gone_from_everywhere_at_once(
    client: Client, photo: Photo, editor: User, media: Path, django_capture_on_commit_callbacks
):
    photo.caption = "Kari Nord på Nymoen"
    photo.save()
    letter = newsletter_from_post(post=photo.post, at=NOW, by=editor)
    newsletters.start(newsletter=letter, at=NOW, by=editor)
    waiting = newsletter_from_post(post=photo.post, at=NOW, by=editor)
    pages = [
        photo.post.get_absolute_url(),
        reverse("posts:post_list"),
        reverse("posts:feed"),
        reverse("home:front_page"),
        reverse("mailings:archived", args=[letter.pk]),
    ]
    before = photo.picture
    for page in pages:
        assert before.token in client.get(page).content.decode(), page

    with django_capture_on_commit_callbacks(execute=True):
        consents.withdraw(picture_id=photo.picture_id, at=NOW, by=editor)
    consents.withdraw(picture_id=photo.picture_id, at=NOW + DAY, by=None)

    for page in pages:
        shown = client.get(page).content.decode()
        assert before.token not in shown, page
        assert "Kari Nord" not in shown, page
    assert PostItem.objects.get().heading in client.get(pages[-1]).content.decode()
    for address in [*addresses_of(before), before.original_url]:
        response = client.get(address)
        assert (response.status_code, response.headers["Cache-Control"]) == (410, "no-store")
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert before.token not in newsletter_showing.rendered(waiting).html
    gone = Picture.objects.get()
    assert (gone.withdrawn_by, gone.withdrawn_at, gone.removed_at) == (editor, NOW, NOW)
    assert PictureConsent.objects.get().withdrawn_at == NOW


def test_editors_are_told_without_a_name(desk: Client, photo: Photo):
    consents.withdraw(picture_id=photo.picture_id, at=NOW, by=None)

    page = desk.get(reverse("admin:posts_post_edit", args=[photo.post_id])).content.decode()

    assert "Bildet er tatt bort." in page
    (problem,) = checks.check_post(photo.post)
    assert (problem.code, problem.photo_id, problem.is_blocking) == (
        "picture-gone",
        photo.pk,
        False,
    )
    assert desk.get(reverse("admin:posts_post_preview", args=[photo.post_id])).status_code == 200
    assert status(desk, photo.picture.url) == 410


def test_files_that_could_not_be_deleted_then_are_deleted_later(photo: Photo, media: Path):
    # The process dies between the commit and the deletion.
    consents.withdraw(picture_id=photo.picture_id, at=NOW, by=None)
    assert any(path.is_file() for path in media.rglob("*"))

    assert consents.remove_left_files(at=NOW) == 1
    assert consents.remove_left_files(at=NOW) == 0

    assert not any(path.is_file() for path in media.rglob("*"))


def test_nothing_more_is_done_with_a_withdrawn_picture(photo: Photo):
    consents.withdraw(picture_id=photo.picture_id, at=NOW, by=None)

    with pytest.raises(consents.GoneError):
        consents.record(
            picture_id=photo.picture_id, people=["Ola"], given_on=NOW.date(), at=NOW, by=None
        )
    assert sizes.make_sizes(picture_id=photo.picture_id) is False


# --- Consent that runs out --------------------------------------------------------------------------


def test_a_consent_that_has_run_out_hides_the_picture_until_it_is_given_again(
    client: Client, photo: Photo, editor: User
):
    PictureConsent.objects.update(expires_on=NOW.date())
    assert consents.expire_due(at=NOW) == 0

    assert consents.expire_due(at=NOW + DAY) == 1
    assert consents.expire_due(at=NOW + DAY) == 0

    assert photo.picture.token not in client.get(photo.post.get_absolute_url()).content.decode()
    assert status(client, photo.picture.url) == 410
    (problem,) = [p for p in checks.check_post(photo.post) if p.code == "consent"]
    assert "utløpt" in problem.text
    Post.objects.update(state="draft", published_at=None)
    with pytest.raises(publishing.NotReadyError):
        publishing.publish(post=photo.post, at=NOW, by=editor)
    PictureConsent.objects.update(expires_on=NOW.date() + 9 * DAY)
    consents.settle(picture_id=photo.picture_id, at=NOW + DAY, by=editor)
    assert Picture.objects.get().may_be_shown


def test_who_says_yes_again_is_shown_again_and_the_old_proof_stays(photo: Photo, editor: User):
    picture = photo.picture
    PictureConsent.objects.update(expires_on=NOW.date())
    assert consents.expire_due(at=NOW + DAY) == 1

    consents.record(
        picture_id=picture.pk,
        people=["Kari"],
        given_on=NOW.date() + DAY,
        at=NOW + DAY,
        by=editor,
    )

    picture.refresh_from_db()
    assert (PictureConsent.objects.count(), picture.may_be_shown) == (2, True)
    assert consents.expire_due(at=NOW + DAY) == 0
    PictureConsent.objects.filter(expires_on=None).update(expires_on=NOW.date() + 9 * DAY)
    assert consents.expire_due(at=NOW + 12 * DAY) == 1


def test_one_of_two_who_said_yes_for_a_while_hides_the_picture(photo: Photo, editor: User):
    consents.record(
        picture_id=photo.picture_id,
        people=["Ola"],
        given_on=NOW.date(),
        expires_on=NOW.date(),
        at=NOW,
        by=editor,
    )

    assert consents.expire_due(at=NOW + DAY) == 1


def test_names_are_noted_once_with_who_noted_them(editor: User):
    picture = PictureFactory.create(shows_people=True)
    assert picture.lacks_consent

    for _ in range(2):
        consents.record(
            picture_id=picture.pk,
            people=["Kari", " ", "Ola", "Kari"],
            given_on=NOW.date(),
            at=NOW,
            by=editor,
        )

    assert sorted(PictureConsent.objects.values_list("person", flat=True)) == ["Kari", "Ola"]
    assert set(PictureConsent.objects.values_list("recorded_by", flat=True)) == {editor.pk}
    picture.refresh_from_db()
    assert (picture.consent_by, picture.may_be_shown) == (editor, True)


def test_where_a_picture_is_used(photo: Photo, editor: User, django_assert_num_queries):
    other = PhotoFactory.create(post=PostFactory.create(week=12, year=2027), picture=photo.picture)
    letter = newsletter_from_post(post=photo.post, at=NOW, by=editor)
    PhotoFactory.create()
    Newsletter.objects.create(title="Et annet", created_at=NOW)

    with django_assert_num_queries(2):
        found = uses.uses_of(photo.picture)

    assert [use.title for use in found] == [str(other.post), str(photo.post), letter.title]
    assert [use.is_public for use in found] == [False, True, False]

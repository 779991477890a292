"""The workflow page, the buttons on the editing page, the corrections, and the rules, as editors meet them."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import Role, User
from members.mailings.models import Delivery
from members.posts import publishing, rule_changes, workflow
from members.posts.models import EditorialRules, Post, PostMove, PostState, ReviewLink
from tests.members.accounts.factories import UserFactory
from tests.members.posts.factories import NOW, PostFactory, PostItemFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def desk(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def bo() -> User:
    return UserFactory.create(role=Role.EDITOR, first_name="Bo", last_name="Berg")


@pytest.fixture
def post(editor: User) -> Post:
    post = PostFactory.create(week=11, author=editor)
    PostItemFactory.create(post=post)
    return post


def address(name: str, post: Post) -> str:
    return reverse(f"admin:posts_post_{name}", args=[post.pk])


def page_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_two_editors_take_a_post_from_draft_to_approved(desk: Client, bo: User, post: Post):
    EditorialRules.objects.create(four_eyes=True)
    flow, edit = address("workflow", post), address("edit", post)
    assert "Send til gjennomlesing" in page_of(desk, edit)

    sent = desk.post(flow, {"move": "submit"}, follow=True)
    assert "Posten er sendt til gjennomlesing." in sent.content.decode()
    for page in (page_of(desk, edit), page_of(desk, flow)):
        assert "Du sendte posten til gjennomlesing. En annen må godkjenne den." in page
        assert 'value="approve" disabled' in page
    refused = desk.post(flow, {"move": "approve", "why": "Jeg vil."})
    assert "En annen må godkjenne den." in refused.content.decode()
    assert "Jeg vil." in refused.content.decode()

    bos = signed_in(bo)
    assert 'value="approve" disabled' not in page_of(bos, edit)
    bos.post(flow, {"move": "approve", "why": "Fint."})
    post.refresh_from_db()
    assert (post.state, post.approved_by) == (PostState.APPROVED, bo)
    assert "Fint." in page_of(desk, flow)


def test_nobody_approves_words_that_came_after_the_page(desk: Client, bo: User, post: Post):
    EditorialRules.objects.create(four_eyes=True)
    flow, head = address("workflow", post), address("edit_head", post)
    desk.post(flow, {"move": "submit"})
    bos = signed_in(bo)
    seen = bos.get(address("edit", post)).context["flow"].seen
    desk.post(head, {"title": "Lagt til etterpå", "intro": "Kort.", "version": post.version})

    refused = bos.post(flow, {"move": "approve", "seen": seen})

    assert "endret siden du åpnet siden" in refused.content.decode()
    post.refresh_from_db()
    assert (post.title, post.state) == ("Lagt til etterpå", PostState.REVIEW)
    bos.post(flow, {"move": "approve", "seen": refused.context["flow"].seen})
    post.refresh_from_db()
    assert post.state == PostState.APPROVED


def test_both_pages_with_the_button_say_which_words_they_show(desk: Client, bo: User, post: Post):
    workflow.submit(post=post, at=NOW, by=bo)
    Post.objects.filter(pk=post.pk).update(last_written_at=NOW)

    for name in ("edit", "workflow"):
        page = page_of(desk, address(name, post))
        assert f'name="seen" value="{NOW.isoformat()}"' in page


def test_sending_back_asks_why_beside_the_field(desk: Client, post: Post, bo: User):
    workflow.submit(post=post, at=NOW, by=bo)

    for _try in range(2):
        refused = desk.post(address("workflow", post), {"move": "send-back", "why": " "})
        assert refused.context["why"].errors["why"]
    assert "Skriv hvorfor" in refused.content.decode()
    desk.post(address("workflow", post), {"move": "send-back", "why": "Bildet mangler."})

    assert PostMove.objects.latest("pk").why == "Bildet mangler."


def test_an_unknown_move_changes_nothing(desk: Client, post: Post):
    desk.post(address("workflow", post), {"move": "delete"})

    assert not PostMove.objects.exists()


def test_the_plan_is_set_and_a_contradiction_told_beside_its_field(
    desk: Client, post: Post, editor: User, bo: User
):
    url = address("workflow", post)
    wrong = {
        "plan": "1",
        "planned_at": "2026-03-13T14:00",
        "deadline_at": "2026-03-14T14:00",
        "responsible": editor.pk,
        "stand_in": bo.pk,
    }
    refused = desk.post(url, wrong)
    assert refused.context["plan"].errors["deadline_at"] == ["Fristen må være før posten skal ut."]
    assert 'value="2026-03-14T14:00"' in refused.content.decode()
    same = wrong | {"deadline_at": "2026-03-12T14:00", "stand_in": editor.pk}
    assert desk.post(url, same).context["plan"].errors["stand_in"]

    desk.post(url, wrong | {"deadline_at": "2026-03-12T14:00"})

    post.refresh_from_db()
    assert timezone.localtime(post.deadline_at).isoformat() == "2026-03-12T14:00:00+01:00"
    assert (post.responsible, post.stand_in) == (editor, bo)
    assert 'value="2026-03-12T14:00"' in page_of(desk, url)


def test_a_new_post_is_planned_by_the_rules(desk: Client, editor: User):
    EditorialRules.objects.create(publication_weekday=4, deadline_hours_before=48)
    desk.post(
        reverse("admin:posts_post_add"),
        {
            "title": "Uka i april",
            "intro": "",
            "year": 2026,
            "week": 15,
            "photos-TOTAL_FORMS": 0,
            "photos-INITIAL_FORMS": 0,
        },
    )

    post = Post.objects.get()
    assert timezone.localtime(post.planned_at).isoformat() == "2026-04-09T14:00:00+02:00"
    assert post.planned_at
    assert post.deadline_at == post.planned_at - datetime.timedelta(hours=48)
    assert post.responsible == editor


def test_a_reader_without_account_is_invited_and_called_back(desk: Client, post: Post):
    url = address("workflow", post)
    wrong = {"invite": "1", "name": "Kari", "email": "kari@", "days": 90, "message": "Hei!"}
    for _try in range(2):
        refused = desk.post(url, wrong)
        assert set(refused.context["invite"].errors) == {"email", "days"}
    assert "Hei!" in refused.content.decode()

    desk.post(url, wrong | {"email": "kari@example.no", "days": 7})
    link = ReviewLink.objects.get()
    assert Delivery.objects.get().recipient == "kari@example.no"
    assert "Virker til" in page_of(desk, url)
    for _press in range(2):
        desk.post(url, {"withdraw": link.pk})

    link.refresh_from_db()
    assert link.withdrawn_at is not None
    assert "Kalt tilbake" in page_of(desk, url)


@pytest.mark.parametrize("value", ["x", "0", ""])
def test_calling_back_what_is_no_link_is_refused(desk: Client, post: Post, value: str):
    assert desk.post(address("workflow", post), {"withdraw": value}).status_code == 404


def test_a_link_to_another_post_is_not_called_back_here(desk: Client, post: Post, editor: User):
    other = PostFactory.create(week=12)
    link = ReviewLink.objects.create(
        post=other, name="Per", email="per@example.no", made_at=NOW,
        expires_at=NOW + datetime.timedelta(days=1),
    )  # fmt: skip

    assert desk.post(address("workflow", post), {"withdraw": link.pk}).status_code == 404
    link.refresh_from_db()
    assert link.withdrawn_at is None


def test_header_lines_in_an_invitation_go_nowhere(desk: Client, post: Post):
    data = {"invite": "1", "name": "Kari\r\nBcc: x@example.no", "email": "a@b.no\r\nBcc: x@y.no"}

    desk.post(address("workflow", post), data | {"days": 7})

    assert not Delivery.objects.exists()


def test_a_correction_reaches_page_and_feed_and_is_kept(desk: Client, client: Client, post: Post):
    publishing.publish(post=post, at=NOW, by=None)
    url = address("publish_page", post)
    for _try in range(2):
        refused = desk.post(url, {"correct": "1", "text": " "})
        assert "Skriv hva leserne skal få vite." in refused.content.decode()
    desk.post(url, {"correct": "1", "text": "Møtet var på en onsdag."})

    post.refresh_from_db()
    assert post.state == PostState.CORRECTED
    for page in (post.get_absolute_url(), reverse("posts:feed")):
        assert "Møtet var på en onsdag." in page_of(client, page)
    assert "Møtet var på en onsdag." in page_of(desk, url)
    with pytest.raises(Exception, match="protected"):
        post.delete()


def test_a_withdrawn_post_says_so_at_its_address(desk: Client, client: Client, post: Post):
    publishing.publish(post=post, at=NOW, by=None)
    url = address("publish_page", post)
    assert desk.post(url, {"withdraw": "1", "text": ""}).status_code == 200

    desk.post(url, {"withdraw": "1", "text": "Et navn sto der uten lov."})

    gone = client.get(post.get_absolute_url())
    assert gone.status_code == 410
    assert "Et navn sto der uten lov." in gone.content.decode()
    assert post.title not in gone.content.decode()
    assert "Et navn sto der" not in page_of(client, reverse("posts:feed"))


def test_a_stranger_reaches_none_of_it(client: Client, post: Post, resident: User):
    for someone in (client, signed_in(resident)):
        for url in (
            address("workflow", post),
            reverse("admin:posts_post_calendar"),
            reverse("admin:posts_editorialrules_changelist"),
        ):
            assert someone.get(url).status_code in (302, 403)
            assert someone.post(url, {"move": "submit"}).status_code in (302, 403, 405)
    assert not PostMove.objects.exists()


def test_the_office_reads_and_moves_nothing(programme_officer: User, post: Post):
    office = signed_in(programme_officer)

    assert office.post(address("workflow", post), {"move": "submit"}).status_code == 403
    assert office.get(reverse("admin:posts_post_calendar")).status_code == 200
    rules = reverse("admin:posts_editorialrules_changelist")
    assert office.get(rules).status_code == 200
    assert office.post(rules, {"four_eyes": "on"}).status_code == 403


def rules_data(**more: object) -> dict[str, object]:
    return {
        "publication_weekday": 4,
        "publication_time": "12:00",
        "deadline_hours_before": 30,
        "remind_hours_before": 12,
        "alarm_hours_before": 3,
        "quiet_weeks": "28–30, 52",
        "blocking": ["credit", "caption"],
        **more,
    }


def test_the_rules_are_set_in_the_admin(desk: Client, editor: User):
    url = reverse("admin:posts_editorialrules_changelist")
    assert not EditorialRules.objects.exists()
    desk.get(url)
    assert not EditorialRules.objects.exists()

    desk.post(url, rules_data(four_eyes="on"))
    desk.post(url, rules_data())

    rules = EditorialRules.objects.get()
    assert (rules.four_eyes, rules.quiet_weeks) == (False, [28, 29, 30, 52])
    assert "28–30, 52" in page_of(desk, url)


def told_of(page: str) -> list[list[str]]:
    """Return what the page tells was changed, the newest first."""
    history = page.partition('id="endringer"')[2]
    return [re.findall(r"<p>([^<]+)</p>", part) for part in history.split("<strong>")[1:]]


def test_the_page_tells_each_rule_that_changed_from_what_to_what_and_by_whom(
    desk: Client, editor: User
):
    url = reverse("admin:posts_editorialrules_changelist")
    desk.post(url, rules_data(four_eyes="on"))
    # Saved once more with nothing changed: nothing to tell.
    desk.post(url, rules_data(four_eyes="on"))
    desk.post(url, rules_data(quiet_weeks="", alarm_hours_before=5, blocking=["credit"]))

    page = page_of(desk, url)

    newest, first = told_of(page)
    assert newest == [
        "To må se på posten: fra ja til nei",
        "Varsle når ukas post mangler, timer før publisering: fra 3 til 5",
        "Stille uker: fra 28–30, 52 til ingen",
        "Kontrollen «Bilder har bildetekst»: fra stanser til advarer",
    ]
    assert "To må se på posten: fra nei til ja" in first
    assert "Publiseres på: fra fredag til torsdag" in first
    assert "Klokka: fra 14.00 til 12.00" in first
    assert "Kontrollen «Bilder har alternativ tekst»: fra stanser til advarer" in first
    assert page.partition('id="endringer"')[2].count(str(editor)) == 2


def test_the_history_of_the_rules_costs_one_query(
    desk: Client, editor: User, django_assert_num_queries
):
    url = reverse("admin:posts_editorialrules_changelist")
    for hours in range(4, 12):
        desk.post(url, rules_data(alarm_hours_before=hours))

    with django_assert_num_queries(1):
        found = rule_changes.newest_changes(most=5)

    assert [saved.changes[0].after for saved in found] == ["11", "10", "9", "8", "7"]
    assert {saved.by for saved in found} == {editor}


def test_the_editors_choose_what_stops_a_post(desk: Client, post: Post):
    url = reverse("admin:posts_editorialrules_changelist")
    assert "De på bildet har samtykket" in page_of(desk, url)
    post.intro = ""
    post.save()
    assert [each.code for each in publishing.problems_of(post) if each.is_blocking] == []

    desk.post(url, rules_data(blocking=["intro"]))

    blocking = [each.code for each in publishing.problems_of(post) if each.is_blocking]
    assert blocking == ["intro"]
    assert EditorialRules.objects.get().check_levels["alt-missing"] == "warns"


def test_rules_that_are_none_get_a_message_and_keep_what_was_typed(desk: Client):
    url = reverse("admin:posts_editorialrules_changelist")
    for _try in range(2):
        refused = desk.post(url, rules_data(quiet_weeks="påske", deadline_hours_before=1000))
        assert set(refused.context["form"].errors) == {"quiet_weeks", "deadline_hours_before"}
    assert "påske" in refused.content.decode()
    assert not EditorialRules.objects.exists()


def test_the_workflow_page_takes_a_fixed_number_of_queries(
    desk: Client, post: Post, editor: User, bo: User, django_assert_max_num_queries
):
    for number in range(4):
        workflow.submit(post=post, at=NOW, by=editor)
        workflow.send_back(post=post, at=NOW, by=bo, why=f"Nr. {number}")
        ReviewLink.objects.create(
            post=post, name=f"Per {number}", email="per@example.no", made_at=NOW, made_by=bo,
            expires_at=NOW + datetime.timedelta(days=1),
        )  # fmt: skip
    url = address("workflow", post)
    desk.get(url)

    with django_assert_max_num_queries(16):
        desk.get(url)

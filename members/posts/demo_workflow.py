"""Posts on their way, one in each state, with what the editors said of them. All told as examples."""

import datetime

from members.accounts.models import User
from members.posts import planning, publishing, workflow
from members.posts.editing import comments, pieces, versions
from members.posts.models import Post, PostItem, PostState, ReviewLink
from members.posts.weeks import WEEK, monday_of

DAY = datetime.timedelta(days=1)
# Before those of `members.posts.demo`, which go six weeks back.
WITHDRAWN_WEEKS_AGO = 7
# Weeks from now -> title, introduction, and the pieces with weekday, heading and text.
AHEAD: dict[int, tuple[str, str, list[tuple[int, str, str]]]] = {
    1: (
        "Åpne dører i næringsparken",
        "Bedriftene inviterer inn, og vi forteller hvem som åpner når. Posten er et eksempel.",
        [
            (2, "Tre bedrifter åpner verkstedet", "Tirsdag kan du se hvordan delene blir til."),
            (4, "Frokost for nye naboer", "Kaffen er klar fra halv åtte, og du trenger ikke melde deg på."),
        ],
    ),
    2: (
        "Lys i vinduene",
        "Handelsstanden planlegger kveldsåpent, og vi spør hva som skal til. Posten er et eksempel.",
        [
            (3, "Kveldsåpent på prøve", "Tolv butikker holder åpent til klokka ni onsdag."),
            (5, "Gratis parkering på prøve", "Kommunen prøver ut gratis parkering fredag kveld."),
        ],
    ),
    3: (
        "Praksisplasser til våren",
        "Skolen leter etter plasser, og vi samler svarene. Posten er et eksempel.",
        [(1, "Tretti elever søker plass", "Har bedriften din plass til én, hører skolen gjerne fra dere.")],
    ),
}  # fmt: skip


def load(*, at: datetime.datetime) -> None:
    """Write the posts of the coming weeks, a correction and a withdrawal; a second run changes nothing."""
    writer = _person("Eva", "Eksempel")
    reader = _person("Erik", "Eksempel")
    posts = {}
    for ahead, (title, intro, texts) in AHEAD.items():
        year, number, _day = (monday_of(at) + ahead * WEEK).isocalendar()
        if Post.objects.filter(year=year, week=number).exists():
            continue
        post = Post.objects.create(year=year, week=number, title=title, intro=intro, author=writer)
        for weekday, heading, text in texts:
            fields = {"weekday": weekday, "heading": heading, "body": f"<p>{text}</p>"}
            pieces.add(post=post, fields=fields, at=at - 2 * DAY, by=writer)
        plan = planning.usual_plan(post, by=writer)
        posts[ahead] = planning.set_plan(post=post, plan=plan, by=writer)
    _move(posts, writer, reader, at=at)
    _correct(writer, at=at)
    _withdraw(writer, at=at)


def _move(posts: dict[int, Post], writer: User, reader: User, *, at: datetime.datetime) -> None:
    if approved := posts.get(1):
        workflow.submit(post=approved, at=at - DAY, by=writer)
        why = "Fin. Eksempel på en godkjenning."
        workflow.approve(post=approved, at=at - DAY / 2, by=reader, why=why)
    if in_review := posts.get(2):
        workflow.submit(
            post=in_review, at=at - DAY / 3, by=writer, why="Eksempel: klar til lesing."
        )
        _talk(in_review, writer, reader, at=at - DAY / 4)
    if draft := posts.get(3):
        versions.keep(post=draft, name="Første utkast (eksempel)", at=at - DAY, by=writer)
        _talk(draft, writer, reader, at=at - DAY / 2)


def _talk(post: Post, writer: User, reader: User, *, at: datetime.datetime) -> None:
    item = post.items.order_by("position", "pk").first()
    first = comments.write(post=post, item=item, text="Eksempel: stemmer tallet?", at=at, by=reader)
    later = at + datetime.timedelta(minutes=5)
    comments.write(post=post, answers=first, text="Ja, jeg har ringt dem.", at=later, by=writer)
    link = ReviewLink.objects.create(
        post=post,
        name="Kari Eksempel",
        email="kari@eksempel.invalid",
        made_at=at,
        made_by=writer,
        expires_at=at + 7 * DAY,
    )
    comments.write(post=post, text="Eksempel: fint skrevet!", at=later, by=None, review_link=link)
    # Nobody is to be mailed about an example.
    post.comments.update(mailed_at=at)


def _correct(writer: User, *, at: datetime.datetime) -> None:
    """Correct the newest post but one, which a newcomer finds in the archive."""
    if Post.objects.filter(state=PostState.CORRECTED).exists():
        return
    found = Post.objects.filter(state=PostState.PUBLISHED).order_by("-year", "-week", "pk")[1:2]
    for post in found:
        item = PostItem.objects.filter(post=post).order_by("position", "pk").first()
        if item is None:
            return
        versions.keep(post=post, name="Slik den ble publisert (eksempel)", at=at - DAY, by=writer)
        body = f"{item.body}<p>Rettet: Møtet varte i to timer.</p>"
        seen = pieces.Seen(version=item.version, was_public=True)
        pieces.change(
            post=post, item_id=item.pk, fields={"body": body}, seen=seen, at=at - DAY, by=writer
        )
        text = "Eksempel på en rettelse: Vi skrev at møtet varte i tre timer. Det var to."
        publishing.correct(post=post, text=text, at=at - DAY, by=writer)


def _withdraw(writer: User, *, at: datetime.datetime) -> None:
    """Withdraw a post of the week before all the others: its address tells why."""
    year, number, _day = (monday_of(at) - WITHDRAWN_WEEKS_AGO * WEEK).isocalendar()
    if Post.objects.filter(year=year, week=number).exists():
        return
    published_at = at - WITHDRAWN_WEEKS_AGO * WEEK + 4 * DAY
    post = Post.objects.create(
        year=year,
        week=number,
        title="Posten som ble trukket tilbake",
        intro="Et eksempel på en post som ikke lenger er ute. Adressen sier hvorfor.",
        author=writer,
        state=PostState.PUBLISHED,
        publish_at=published_at,
        published_at=published_at,
    )
    PostItem.objects.create(
        post=post,
        weekday=4,
        heading="Møtet som ble flyttet",
        body="<p>Vi skrev at møtet var holdt. Det var flyttet til uka etter.</p>",
    )
    text = "Eksempel: Posten sto om feil uke. Det riktige står i posten for uka etter."
    publishing.withdraw(post=post, text=text, at=published_at + DAY, by=writer)


def _person(first_name: str, last_name: str) -> User:
    """Return an editor that nobody can be: without password, and not active."""
    email = f"{first_name}.{last_name}@eksempel.invalid".lower()
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(
        email, first_name=first_name, last_name=last_name, is_active=False
    )

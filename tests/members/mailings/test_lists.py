import csv
import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import User
from members.mailings import marking, newsletters, retention, subscribing
from members.mailings.lists import exporting, importing
from members.mailings.lists.csv_file import MAX_BYTES, BadFileError, Report, read
from members.mailings.models import (
    Consent,
    Delivery,
    Frequency,
    Subscriber,
    SubscriberExport,
    SubscriberImport,
    Suppression,
    Topic,
)
from tests.members.mailings.factories import NOW, ConsentFactory, NewsletterFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
HEAD = "e-post;temaer;dato;kilde;samtykketekst"
PROOF = "2026-01-15;Påmelding på boligmessa;Ja, send meg nyheter om bolig"


def parsed(*rows: str, head: str = HEAD) -> Report:
    return read("\n".join([head, *rows]).encode(), today=NOW.date())


def uploaded(*rows: str, by: User, head: str = HEAD) -> SubscriberImport:
    content = "\n".join([head, *rows]).encode()
    return importing.upload(content=content, name="messe.csv", at=NOW, by=by)


def take_in(*rows: str, by: User, head: str = HEAD) -> SubscriberImport:
    found = uploaded(*rows, by=by, head=head)
    return importing.apply(uploaded=found, keep_good_lines=False, at=NOW, by=by)


def topics(email: str) -> set[str]:
    consents = Consent.objects.in_force().filter(subscriber__email=email)
    return set(consents.values_list("topic", flat=True))


def test_a_line_with_proof_becomes_a_subscriber(editor: User):
    done = take_in(f"Kari@Example.no;bolig, Jobb;{PROOF}", by=editor)

    assert (done.new_people, done.new_consents) == (1, 2)
    assert topics("kari@example.no") == {"bolig", "jobb"}
    consent = Consent.objects.get(topic="bolig")
    assert consent.text == "Ja, send meg nyheter om bolig"
    assert "boligmessa" in consent.source
    assert timezone.localdate(consent.given_at) == datetime.date(2026, 1, 15)
    subscriber = Subscriber.objects.get()
    assert (subscriber.audiences, subscriber.frequency) == ([], Frequency.EACH)


def test_nothing_happens_before_somebody_has_looked(editor: User):
    found = uploaded(f"kari@example.no;bolig;{PROOF}", by=editor)

    assert importing.plan(found).new_people == 1
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("kari@;bolig;" + PROOF, "ikke en e-postadresse"),
        ('"kari@example.no\nBcc: x@example.no";bolig;' + PROOF, "linjeskift"),
        ("a@example.no, b@example.no;bolig;" + PROOF, "ikke en e-postadresse"),
        (f"{'a' * 250}@example.no;bolig;" + PROOF, "for lang"),
        (";bolig;" + PROOF, "ikke en e-postadresse"),
        ("kari@example.no;;" + PROOF, "Tema mangler"),
        ("kari@example.no;fotball;" + PROOF, "«fotball» er ikke et tema"),
        ("kari@example.no;bolig;;messa;Ja", "Dato for samtykket mangler"),
        ("kari@example.no;bolig;31.02.2026;messa;Ja", "ikke en dato"),
        ("kari@example.no;bolig;2026-03-14;messa;Ja", "ikke vært ennå"),
        ("kari@example.no;bolig;1026-03-13;messa;Ja", "kan ikke stemme"),
        ("kari@example.no;bolig;2026-01-15;;Ja", "«kilde» mangler"),
        ("kari@example.no;bolig;2026-01-15;messa;  ", "«samtykketekst» mangler"),
        ("kari@example.no;bolig;2026-01-15;messa", "4 felt"),
        ("kari@example.no;bolig;2026-01-15;messa;Ja;takk", "6 felt"),
        ("kari@example.no;bolig;2026-01-15;KjÃ¸pesenter;Ja", "ødelagt"),
        ("kari@example.no;bolig;2026-01-15;me\x07ssa;Ja", "ikke hører til"),
    ],
    ids=[
        *("no-address", "header-injection", "two-addresses", "long-address", "empty-address"),
        *("no-topic", "unknown-topic", "no-date", "no-such-date", "future", "long-ago"),
        *("no-source", "no-words", "too-few", "too-many", "twice-encoded", "bell"),
    ],
)
def test_a_line_without_whole_proof_is_left_out_with_a_reason(row: str, reason: str):
    report = parsed(f"ola@example.no;jobb;{PROOF}", row, f"eva@example.no;ung;{PROOF}")

    (bad,) = report.bad
    assert reason in bad.reason
    assert bad.number == 3
    assert [line.email for line in report.lines] == ["ola@example.no", "eva@example.no"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "tom"),
        (HEAD.encode(), "ingen linjer"),
        (b"navn;telefon\nKari;123", "mangler kolonnene"),
        (f"{HEAD};epost\na;b;c;d;e;f".encode(), "to ganger"),
        (f"{HEAD}\nkari@example.no;bolig;{PROOF}".encode("utf-16"), "ikke tekst"),
        (f'{HEAD}\nola@example.no;bolig;{PROOF}\n"kari@example.no;bolig'.encode(), "fra linje 3"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ikke tekst"),
        (b"x" * (MAX_BYTES + 1), "større enn 5 MB"),
    ],
    ids=[
        "empty",
        "only-head",
        "other-columns",
        "twice",
        "utf-16",
        "open-quote",
        "picture",
        "large",
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, reason: str):
    with pytest.raises(BadFileError, match=reason):
        read(content, today=NOW.date())


def test_norwegian_letters_survive_what_spreadsheets_write():
    text = "e-post\ttemaer\tdato\tkilde\tsamtykketekst\nkari@example.no\tbolig\t15.1.2026\tKjøpesenter\tJa"

    for content, name in (
        (text.encode("utf-8-sig"), "UTF-8"),
        (text.encode("cp1252"), "Windows-1252"),
    ):
        report = read(content, today=NOW.date())
        assert report.encoding == name
        assert report.lines[0].source == "Kjøpesenter"


def test_the_same_person_twice_is_told_with_the_first_line():
    report = parsed(
        f"kari@example.no;bolig;{PROOF}",
        f"KARI@example.no;bolig,jobb;{PROOF}",
        f"kari@example.no;ung;{PROOF}",
    )

    assert [(bad.number, "linje 2" in bad.reason) for bad in report.bad] == [(3, True)]
    assert [line.topics for line in report.lines] == [("bolig",), ("ung",)]


def test_nobody_who_said_no_or_is_blocked_is_brought_back(editor: User):
    marking.suppress(email="blocked@example.no", reason="complaint", detail="", at=NOW)
    gone = ConsentFactory.create(subscriber__email="gone@example.no").subscriber
    subscribing.withdraw(subscriber=gone, source="x", at=NOW)
    partly = ConsentFactory.create(subscriber__email="partly@example.no", topic=Topic.HOMES)
    ConsentFactory.create(subscriber=partly.subscriber, topic=Topic.YOUNG)
    subscribing.withdraw(subscriber=partly.subscriber, topic=Topic.HOMES, source="x", at=NOW)
    rows = [f"{name}@example.no;bolig,jobb;{PROOF}" for name in ("blocked", "gone", "partly")]

    plan = importing.plan(uploaded(*rows, by=editor))
    done = take_in(*rows, by=editor)

    assert [row.email.partition("@")[0] for row in plan.left_out] == ["blocked", "gone", "partly"]
    assert done.new_people == 0
    assert topics("blocked@example.no") == topics("gone@example.no") == set()
    assert topics("partly@example.no") == {"jobb", "ung"}
    assert not Subscriber.objects.filter(email="blocked@example.no").exists()


def test_who_said_no_and_then_yes_again_may_stand_in_a_list(editor: User):
    consent = ConsentFactory.create(withdrawn_at=NOW + DAY, topic=Topic.HOMES)
    ConsentFactory.create(subscriber=consent.subscriber, topic=Topic.HOMES, given_at=NOW + 2 * DAY)

    done = take_in(f"{consent.subscriber.email};bolig,jobb;{PROOF}", by=editor)

    assert done.new_consents == 1


def test_a_list_changes_nothing_that_a_person_has_chosen(editor: User):
    subscriber = ConsentFactory.create(
        topic=Topic.HOMES, subscriber__language="en", subscriber__frequency="weekly"
    ).subscriber
    given = subscriber.consents.get().given_at

    take_in(f"{subscriber.email};bolig,jobb;{PROOF};nb", head=HEAD + ";språk", by=editor)

    subscriber.refresh_from_db()
    assert (subscriber.language, subscriber.frequency) == ("en", "weekly")
    assert subscriber.consents.get(topic=Topic.HOMES).given_at == given
    assert topics(subscriber.email) == {"bolig", "jobb"}


def test_the_same_list_twice_changes_nothing(editor: User):
    rows = [f"kari@example.no;bolig;{PROOF}", f"ola@example.no;jobb;{PROOF}"]
    first = take_in(*rows, by=editor)

    with pytest.raises(importing.AlreadyAppliedError):
        importing.apply(uploaded=first, keep_good_lines=True, at=NOW, by=editor)
    again = take_in(*rows, by=editor)

    assert (again.new_people, again.new_consents) == (0, 0)
    assert Consent.objects.count() == Subscriber.objects.count() == 2


def test_wrong_lines_stop_the_list_unless_somebody_says_otherwise(editor: User):
    found = uploaded(f"kari@example.no;bolig;{PROOF}", f"kari;bolig;{PROOF}", by=editor)

    with pytest.raises(importing.BadLinesError):
        importing.apply(uploaded=found, keep_good_lines=False, at=NOW, by=editor)
    assert not Subscriber.objects.exists()
    importing.apply(uploaded=found, keep_good_lines=True, at=NOW, by=editor)

    assert Subscriber.objects.get().email == "kari@example.no"


def test_who_came_by_a_list_gets_the_newsletter_and_can_leave(editor: User):
    take_in(f"kari@example.no;uka-oppsummert;{PROOF}", by=editor)
    newsletters.start(newsletter=NewsletterFactory.create(), at=NOW, by=None)
    assert Delivery.objects.get().recipient == "kari@example.no"

    Client().post(reverse("mailings:unsubscribe", args=[Consent.objects.get().token]))

    assert not Consent.objects.in_force().exists()


def test_a_long_list_costs_no_more_statements(editor: User, django_assert_max_num_queries):
    rows = [f"leser{number}@example.no;bolig;{PROOF}" for number in range(500)]
    found = uploaded(*rows, by=editor)

    with django_assert_max_num_queries(4):
        importing.plan(found)
    with django_assert_max_num_queries(15):
        importing.apply(uploaded=found, keep_good_lines=False, at=NOW, by=editor)


# --- In the admin -------------------------------------------------------------------------------------
def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


UPLOAD = "admin:mailings_subscriberimport_upload"
EXPORT = "admin:mailings_subscriberexport_export"


def test_an_editor_reads_in_looks_and_takes_in(editor: User):
    desk = signed_in(editor)
    content = f"{HEAD}\nkari@example.no;bolig;{PROOF}\nola@;bolig;{PROOF}".encode()

    response = desk.post(
        reverse(UPLOAD), {"file": SimpleUploadedFile("messe.csv", content)}, follow=True
    )

    page = response.content.decode()
    assert "kari@example.no" in page
    assert "«ola@» er ikke en e-postadresse" in page
    assert not Subscriber.objects.exists()
    address = response.redirect_chain[-1][0]
    assert "noen linjer har feil" in desk.post(address, follow=True).content.decode()
    desk.post(address, {"keep_good_lines": "on"})
    again = desk.post(address, {"keep_good_lines": "on"}, follow=True)

    assert "alt tatt inn" in again.content.decode()
    assert Subscriber.objects.get().email == "kari@example.no"
    assert SubscriberImport.objects.get().applied_by == editor


def test_a_list_where_every_line_is_wrong_says_so(editor: User):
    content = f"{HEAD}\nola@;bolig;{PROOF}".encode()

    page = signed_in(editor).post(
        reverse(UPLOAD), {"file": SimpleUploadedFile("messe.csv", content)}, follow=True
    )

    text = page.content.decode()
    assert "«ola@» er ikke en e-postadresse" in text
    assert "ingen linjer å ta inn" in text
    assert "Ta inn listen" not in text


def test_a_list_that_waits_is_found_again(editor: User, programme_officer: User):
    found = uploaded(f"kari@example.no;bolig;{PROOF}", by=editor)
    change = reverse("admin:mailings_subscriberimport_change", args=[found.pk])

    assert "se-over" in signed_in(editor).get(change).content.decode()
    assert "se-over" not in signed_in(programme_officer).get(change).content.decode()
    way = reverse("admin:mailings_subscriberimport_apply_link", args=[found.pk])
    page = signed_in(editor).get(way, follow=True).content.decode()
    assert "kari@example.no" in page


def test_fifty_megabytes_are_refused_clearly(editor: User):
    large = SimpleUploadedFile("stor.csv", b"x" * (50 * 1024 * 1024))

    page = signed_in(editor).post(reverse(UPLOAD), {"file": large}).content.decode()

    assert "Filen er på 50 MB" in page
    assert not SubscriberImport.objects.exists()


def test_the_file_that_is_taken_out_can_be_read_in_and_opens_safely(editor: User):
    ConsentFactory.create(
        subscriber__email="=cmd@example.no",
        subscriber__audiences=["kvinner"],
        topic=Topic.HOMES,
        text="=HYPERLINK(1)",
        source="@messa",
    )
    ConsentFactory.create(subscriber__email="gone@example.no", withdrawn_at=NOW)

    response = signed_in(editor).post(reverse(EXPORT), {"topic": ""})

    content = b"".join(response.streaming_content)
    assert content.startswith("\ufeff".encode())
    _head, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert row[0] == "'=cmd@example.no"
    assert (row[3], row[4], row[7]) == ("'@messa", "'=HYPERLINK(1)", "Kvinner")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert read(content, today=NOW.date()).lines[0].email == "=cmd@example.no"
    log = SubscriberExport.objects.get()
    assert (log.by, log.row_count) == (editor, 1)


def test_who_is_blocked_is_marked_and_not_taken_in_elsewhere(editor: User):
    blocked, fine = ConsentFactory.create_batch(2, topic=Topic.HOMES)
    marking.suppress(email=blocked.subscriber.email, reason="complaint", detail="", at=NOW)

    content = "".join(exporting.csv_lines()).encode()

    _head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert [row[-1] for row in rows] == ["Meldt som søppelpost", ""]
    # As another portal reads it, which knows nothing of the complaint.
    Suppression.objects.all().delete()
    report = read(content, today=NOW.date())
    (bad,) = report.bad
    assert "sperret" in bad.reason
    assert [line.email for line in report.lines] == [fine.subscriber.email]


def test_only_the_chosen_topic_is_taken_out(editor: User):
    ConsentFactory.create(topic=Topic.HOMES)
    ConsentFactory.create(topic=Topic.JOBS)

    assert len(list(exporting.csv_lines(topic=Topic.JOBS))) == 2
    assert exporting.note_export(topic=Topic.JOBS, at=NOW, by=editor).row_count == 1


def test_looking_at_the_page_takes_nothing_out(editor: User):
    assert signed_in(editor).get(reverse(EXPORT)).status_code == 200
    assert not SubscriberExport.objects.exists()


def test_taking_out_costs_the_same_with_more_people(django_assert_num_queries):
    ConsentFactory.create_batch(5)

    with django_assert_num_queries(3):
        assert len(list(exporting.csv_lines())) == 6


@pytest.mark.parametrize("name", [UPLOAD, EXPORT])
@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("superuser", 200), ("programme_officer", 403), ("resident", 302)],
)
def test_who_may_move_lists(request: pytest.FixtureRequest, name: str, who: str, status: int):
    client = signed_in(request.getfixturevalue(who))

    for method in (client.get, client.post):
        response = method(reverse(name))
        assert response.status_code == status or (status == 200 and method == client.post)
    assert status == 200 or not SubscriberExport.objects.exists()


def test_an_uploaded_list_is_judged_by_editors_only(editor: User, programme_officer: User):
    found = uploaded(f"kari@example.no;bolig;{PROOF}", by=editor)
    address = reverse("admin:mailings_subscriberimport_apply", args=[found.pk])

    assert signed_in(programme_officer).get(address).status_code == 403
    assert signed_in(programme_officer).post(address).status_code == 403
    assert not Subscriber.objects.exists()
    # What the programme office may read of it are figures, not addresses.
    change = reverse("admin:mailings_subscriberimport_change", args=[found.pk])
    assert "kari@example.no" not in signed_in(programme_officer).get(change).content.decode()


def test_a_list_that_nobody_takes_in_is_forgotten(editor: User):
    found = uploaded(f"kari@example.no;bolig;{PROOF}", by=editor)
    exporting.note_export(topic="", at=NOW, by=editor)

    assert retention.empty_lists(NOW + DAY, False) == 0
    assert retention.empty_lists(NOW + 3 * DAY, True) == 1
    assert retention.empty_lists(NOW + 3 * DAY, False) == 1
    assert retention.empty_lists(NOW + 3 * DAY, False) == 0
    found.refresh_from_db()
    assert found.lines == []
    with pytest.raises(importing.AlreadyAppliedError):
        importing.apply(uploaded=found, keep_good_lines=True, at=NOW, by=editor)
    assert retention.forget_transfers(NOW + 731 * DAY, False) == 2

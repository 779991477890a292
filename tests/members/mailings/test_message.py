import base64
import email
import email.policy
from email.message import EmailMessage

import pytest

from members.mailings.message import BrokenMessageError, Letter, django_message
from members.mailings.models import Delivery
from tests.members.mailings.factories import NOW, DeliveryFactory, MailBodyFactory


def written(delivery: Delivery) -> EmailMessage:
    letter = Letter(delivery.body, has_fields=bool(delivery.merge), from_email=delivery.from_email)
    raw = letter.for_reader(delivery, at=NOW)
    raw.decode("ascii")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    found = text.get_content(), html.get_content() if html is not None else ""
    return found[0].replace("\r\n", "\n"), found[1].replace("\r\n", "\n")


def test_both_parts_arrive_as_they_were_written():
    body = MailBodyFactory.build(
        title="Uka oppsummert: frokostmøte på Krona",
        text="Hei!\n.punktum først\nBlåbær = godt\n" + "lang linje " * 40 + "\n",
        html="<p>Hei på dere</p>\n" + "<p>æøå</p>" * 60,
    )
    delivery = DeliveryFactory.build(body=body, recipient="kari@example.no")

    message = written(delivery)

    assert message["Subject"] == "Uka oppsummert: frokostmøte på Krona"
    assert message["To"] == "kari@example.no"
    assert message["From"] == "Vekst i Kongsberg <vekst@example.no>"
    assert message["Message-ID"] == delivery.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"
    text, html = parts(message)
    assert text == body.text
    assert html == body.html


def test_fields_are_filled_in_and_escaped_in_html_alone():
    body = MailBodyFactory.build(
        text="Hei {{name}}, meld deg av: {{ url }}\n",
        html='<p>Hei {{name}}</p><a href="{{url}}">av</a>\n',
        headers={"List-Unsubscribe": "<{{url}}>"},
    )
    merge = {"name": "Åse <b> & co", "url": "https://example.no/?a=1&b=" + "x" * 300}
    delivery = DeliveryFactory.build(body=body, merge=merge)

    message = written(delivery)

    text, html = parts(message)
    assert text == f"Hei {merge['name']}, meld deg av: {merge['url']}\n"
    assert html == (
        f'<p>Hei Åse &lt;b&gt; &amp; co</p><a href="{merge["url"].replace("&", "&amp;")}">av</a>\n'
    )
    assert message["List-Unsubscribe"] == f"<{merge['url']}>"


def test_a_text_without_fields_keeps_curly_brackets():
    body = MailBodyFactory.build(title="==field:a_t== {{b}}", text="Kurs i {{mustache}}\n")

    message = written(DeliveryFactory.build(body=body))

    assert message["Subject"] == "==field:a_t== {{b}}"
    assert parts(message)[0] == "Kurs i {{mustache}}\n"


def test_a_calendar_file_keeps_its_method():
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Møte\r\nEND:VCALENDAR\r\n"
    body = MailBodyFactory.build(
        html="<p>Hei</p>",
        attachments=[
            {
                "name": "møte.ics",
                "type": 'text/calendar; method=REQUEST; charset="utf-8"',
                "content": calendar,
            }
        ],
    )

    message = written(DeliveryFactory.build(body=body))

    assert message.get_content_type() == "multipart/mixed"
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == "REQUEST"
    assert attachment.get_filename() == "møte.ics"
    assert attachment.get_content().replace("\r\n", "\n") == calendar.replace("\r\n", "\n")
    assert parts(message)[1] == "<p>Hei</p>"


BYTES = bytes(range(256)) * 40
PICTURE = {
    "name": "billett.png",
    "type": "image/png",
    "content": base64.b64encode(BYTES).decode(),
    "encoding": "base64",
}


def test_a_picture_arrives_byte_for_byte_beside_a_calendar_file():
    calendar = {"name": "a.ics", "type": "text/calendar; method=REQUEST", "content": "BEGIN:X"}
    body = MailBodyFactory.build(text="Hei {{name}}", attachments=[calendar, PICTURE])
    delivery = DeliveryFactory.build(body=body, merge={"name": "Kari"})

    raw = django_message(delivery, at=NOW).message().as_bytes()
    other = email.message_from_bytes(raw, policy=email.policy.default)

    for message in (written(delivery), other):
        assert isinstance(message, EmailMessage)
        invitation, picture = message.iter_attachments()
        assert invitation.get_content().strip() == "BEGIN:X"
        assert picture.get_content_type() == "image/png"
        assert picture.get_filename() == "billett.png"
        assert picture["Content-Disposition"].content_disposition == "attachment"
        assert picture.get_content() == BYTES


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "text/html"},
        {"type": "message/rfc822"},
        {"type": "image"},
        {"content": "æ"},
        {"content": "YQ"},
    ],
    ids=["page", "message", "no-subtype", "letters", "cut"],
)
def test_bytes_that_are_no_harmless_file_are_refused(wrong: dict[str, str]):
    body = MailBodyFactory.build(attachments=[PICTURE | wrong])

    with pytest.raises(BrokenMessageError):
        written(DeliveryFactory.build(body=body))


@pytest.mark.parametrize(
    ("fields", "merge"),
    [
        ({"headers": {"X-Tag": "a\r\nBcc: all@example.no"}}, {}),
        ({"headers": {"X-Tag\r\nBcc": "a"}}, {}),
        ({"headers": {"Bcc:": "a"}}, {}),
        ({"headers": {"Subject": "another"}}, {}),
        ({"recipient": "a@example.no\r\nBcc: b@example.no"}, {}),
        ({"message_id": "<a@b>\r\nBcc: b@example.no"}, {}),
        ({}, {"url": "x>\r\nBcc: b@example.no"}),
        ({}, {"other": "x"}),
    ],
    ids=["value", "name", "colon", "reserved", "to", "id", "merge", "missing"],
)
def test_no_value_forges_a_header(fields, merge):
    body = MailBodyFactory.build(headers={"List-Unsubscribe": "<{{url}}>"} if merge else {})
    delivery = DeliveryFactory.build(body=body, merge=merge, **fields)

    with pytest.raises(BrokenMessageError):
        written(delivery)


def test_a_title_with_line_breaks_stays_one_header():
    body = MailBodyFactory.build(title="Hei\r\nBcc: all@example.no")

    message = written(DeliveryFactory.build(body=body))

    assert message["Subject"] == "Hei Bcc: all@example.no"
    assert message["Bcc"] is None


def test_norwegian_domains_are_written_in_ascii():
    delivery = DeliveryFactory.build(recipient="kari@blåbær.no")

    assert written(delivery)["To"] == "kari@xn--blbr-roah.no"


def test_other_backends_get_the_same_message():
    body = MailBodyFactory.build(
        text="Hei {{name}}",
        html="<p>Hei {{name}}</p>",
        attachments=[
            {"name": "a.ics", "type": "text/calendar; method=REQUEST", "content": "BEGIN:VCALENDAR"}
        ],
    )
    delivery = DeliveryFactory.build(body=body, merge={"name": "A & B"})

    raw = django_message(delivery, at=NOW).message().as_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)

    assert isinstance(message, EmailMessage)
    assert [part.strip() for part in parts(message)] == ["Hei A & B", "<p>Hei A &amp; B</p>"]
    assert message["Message-ID"] == delivery.message_id
    assert "method=REQUEST" in raw.decode().replace('"', "")

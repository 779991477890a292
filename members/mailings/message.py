"""
Turn a frozen text and one person's merge fields into the bytes that go over SMTP.

A text is encoded once for all its readers. Merge fields stand between soft line breaks of
quoted-printable, so a reader's own values are set in by joining pieces, not by building the message
anew. Source: RFC 2045 section 6.7, RFC 5322, RFC 8058.
"""

import base64
import datetime
import email.policy
import html
import quopri
import re
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives

from members.mailings.models.delivery import Delivery, MailBody
from members.mailings.returns.identity import provider_header

_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HEADER_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9-]*$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Headers that the portal writes itself; a row that brings its own would double them.
_RESERVED = {"to", "from", "subject", "date", "message-id", "mime-version", "content-type"}
_POLICY = email.policy.SMTP
# A line of its own in the encoded text. Encoded text holds "=" only before hex digits or at the end
# of a line, so this cannot come from anyone's content.
_MARK = "==field:{}=="
_MARKED = re.compile(rb"==field:(\w+)==")
_LINE_LIMIT = 900
# Kinds of files that are bytes. Anything else could be run or opened as a page.
_BINARY = {"image", "application"}
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class BrokenMessageError(Exception):
    """This one message cannot be made; no new try will help."""


def merge_fields(*texts: str) -> set[str]:
    """Return the names of the merge fields that the texts ask for."""
    return {name for text in texts for name in _FIELD.findall(text)}


class Letter:
    """One frozen text, encoded once; `for_reader` gives the bytes for one person."""

    def __init__(self, body: MailBody, *, has_fields: bool, from_email: str) -> None:
        raw = self._prototype(body, from_email, has_fields).as_bytes(policy=_POLICY)
        self._head, _, content = raw.partition(b"\r\n\r\n")
        # Odd places hold a name with _t (plain text) or _h (to be escaped) behind it.
        self._pieces = _MARKED.split(content) if has_fields else [content]

    def _prototype(self, body: MailBody, from_email: str, has_fields: bool) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        message["Subject"] = _one_line(body.title)
        message["From"] = _sender(from_email)
        message.set_content("")
        if body.html:
            message.add_alternative("", subtype="html")
        parts = list(message.iter_parts()) if body.html else [message]
        for part, text, suffix in zip(parts, (body.text, body.html), "th", strict=False):
            encoded = _encoded_with_marks(text, suffix) if has_fields else _quoted_printable(text)
            part.replace_header("Content-Transfer-Encoding", "quoted-printable")
            part.set_payload(encoded)
        for attachment in body.attachments:
            _attach(message, attachment)
        return message

    def for_reader(self, delivery: Delivery, *, at: datetime.datetime) -> bytes:
        """Return the whole message. Raises BrokenMessageError when a value is missing or forges a header."""
        head = [
            self._head + b"\r\n",
            header_line("To", ascii_address(delivery.recipient)),
            header_line("Message-ID", delivery.message_id),
            header_line("Date", format_datetime(at)),
        ]
        for name, value in all_headers(delivery).items():
            head.append(header_line(name, value))
        head.append(b"\r\n")
        pieces = list(self._pieces)
        for index in range(1, len(pieces), 2):
            pieces[index] = _encoded_value(delivery.merge, pieces[index].decode())
        return b"".join(head + pieces)


def all_headers(delivery: Delivery) -> dict[str, str]:
    """Return the message's extra headers with their merge fields filled in."""
    headers = {"Auto-Submitted": "auto-generated", **provider_header(delivery.message_id)}
    for name, value in {**delivery.body.headers, **delivery.headers}.items():
        if name.lower() in _RESERVED:
            raise BrokenMessageError(f"the header {name!r} is the portal's own")
        headers[name] = fill(str(value), delivery.merge) if delivery.merge else str(value)
    return headers


def header_line(name: str, value: str) -> bytes:
    """Return one header, encoded. Raises BrokenMessageError for a value that would forge another."""
    if not _HEADER_NAME.match(name) or _CONTROL.search(value):
        raise BrokenMessageError(f"the header {name!r} holds a line break or a control character")
    if value.isascii() and len(value) < _LINE_LIMIT:
        return f"{name}: {value}\r\n".encode("ascii")
    folded: str = email.policy.SMTP.fold(name, value)
    return folded.encode("ascii")


def fill(
    text: str, merge: Mapping[str, object], *, escape: Callable[[str], str] | None = None
) -> str:
    """Set one person's values into `text`. Raises BrokenMessageError for a field without a value."""

    def value(match: re.Match[str]) -> str:
        found = _value(merge, match.group(1))
        return escape(found) if escape else found

    return _FIELD.sub(value, text)


def django_message(delivery: Delivery, *, at: datetime.datetime) -> EmailMultiAlternatives:
    """Return the same message for Django's other mail backends: files, console, web services."""
    body, merge = delivery.body, delivery.merge
    headers = {"Message-ID": delivery.message_id, "Date": format_datetime(at)}
    headers.update(all_headers(delivery))
    message = EmailMultiAlternatives(
        subject=_one_line(body.title),
        body=fill(body.text, merge) if merge else body.text,
        from_email=delivery.from_email,
        to=[delivery.recipient],
        headers=headers,
    )
    if body.html:
        page = fill(body.html, merge, escape=html.escape) if merge else body.html
        message.attach_alternative(page, "text/html")
    for attachment in body.attachments:
        part = EmailMessage(policy=_POLICY)
        _set_file(part, attachment)
        content = _binary(attachment) if "encoding" in attachment else attachment["content"]
        message.attach(attachment["name"], content, part["Content-Type"])
    return message


def _value(merge: Mapping[str, object], name: str) -> str:
    if name not in merge:
        raise BrokenMessageError(f"no value for the merge field {name!r}")
    return str(merge[name])


def _encoded_value(merge: Mapping[str, object], mark: str) -> bytes:
    name, _, kind = mark.rpartition("_")
    value = _value(merge, name)
    if kind == "h":
        value = html.escape(value)
    return _quoted_printable(value).replace("\n", "\r\n").encode()


def _quoted_printable(text: str) -> str:
    return quopri.encodestring(text.replace("\r\n", "\n").encode()).decode()


def _encoded_with_marks(text: str, suffix: str) -> str:
    pieces = _FIELD.split(text)
    out = [_quoted_printable(pieces[0])]
    for name, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        # Soft line breaks on both sides: the value may be as long as it likes without a long line.
        mark = _MARK.format(f"{name}_{suffix}")
        out.append(f"=\n{mark}=\n{_quoted_printable(literal)}")
    return "".join(out)


def _sender(value: str) -> Address:
    name, address = parseaddr(_one_line(value))
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _one_line(value: str) -> str:
    return " ".join(_CONTROL.sub(" ", value).split())


def _attach(message: EmailMessage, attachment: Mapping[str, str]) -> None:
    part = EmailMessage(policy=_POLICY)
    _set_file(part, attachment)
    if message.get_content_type() != "multipart/mixed":
        message.make_mixed()
    message.attach(part)


def _set_file(part: EmailMessage, attachment: Mapping[str, str]) -> None:
    kind, *pairs = (piece.strip() for piece in attachment["type"].split(";"))
    maintype, _, subtype = kind.partition("/")
    params: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name.lower() != "charset":
            params[name] = _one_line(value.strip('"'))
    about: dict[str, Any] = {
        "subtype": subtype,
        "cte": "base64",
        "disposition": "attachment",
        "filename": _one_line(attachment["name"]),
        "params": params,
    }
    if "encoding" in attachment:
        if maintype not in _BINARY or not subtype:
            raise BrokenMessageError(f"an attachment of type {kind!r} cannot go with a mail")
        part.set_content(_binary(attachment), maintype=maintype, **about)
    else:
        if maintype != "text" or not subtype:
            raise BrokenMessageError(f"an attachment of type {kind!r} is no text")
        part.set_content(attachment["content"], charset="utf-8", **about)
    del part["MIME-Version"]


def _binary(attachment: Mapping[str, str]) -> bytes:
    try:
        return base64.b64decode(attachment["content"], validate=True)
    except ValueError as error:
        raise BrokenMessageError(f"the attachment {attachment['name']!r} is no base64") from error


def ascii_address(value: str) -> str:
    """Return the bare address as it goes over SMTP. Raises BrokenMessageError when it cannot."""
    if _PLAIN_ADDRESS.fullmatch(value):
        return value
    if _CONTROL.search(value):
        raise BrokenMessageError(f"the address {value!r} holds a control character")
    local, at_sign, domain = parseaddr(value)[1].rpartition("@")
    try:
        address = f"{local}{at_sign}{domain.encode('idna').decode()}"
        address.encode("ascii")
    except UnicodeError as error:
        raise BrokenMessageError(f"the address {value!r} cannot be written in ASCII") from error
    if not local or not domain:
        raise BrokenMessageError(f"{value!r} is no e-mail address")
    return address

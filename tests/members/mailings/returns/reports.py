"""Mail as servers send it back: delivery reports, complaints, and what only looks like them."""

ORIGINAL = """\
From: Vekst i Kongsberg <vekst@example.no>
To: {recipient}
Subject: Uka oppsummert
Message-ID: {message_id}
"""

_DSN = """\
From: MAILER-DAEMON@mx.example.no (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B0"
Message-Id: <20261125.1@mx.example.no>

--B0
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.no.
<{recipient}>: host mx2.example.no said: {diagnostic}

--B0
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.no
X-Postfix-Queue-ID: 4Xy1
Arrival-Date: Wed, 25 Nov 2026 08:00:00 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx2.example.no
Diagnostic-Code: smtp; {diagnostic}

{original}--B0--
"""


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def dsn(
    *,
    recipient: str,
    message_id: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "550 5.1.1 <kari@example.no>: Recipient address rejected: User unknown",
    to: str = "vekst@example.no",
    returns: str = "text/rfc822-headers",
    date: str = "Wed, 25 Nov 2026 09:00:00 +0100",
) -> bytes:
    """Return a delivery report (RFC 3464), with the headers of the original unless `returns` is empty."""
    original = ""
    if returns:
        headers = ORIGINAL.format(recipient=recipient, message_id=message_id)
        original = f"--B0\nContent-Description: Message\nContent-Type: {returns}\n\n{headers}\n"
    return _bytes(
        _DSN.format(
            recipient=recipient,
            status=status,
            action=action,
            diagnostic=diagnostic,
            to=to,
            original=original,
            date=date,
        )
    )


def complaint(*, recipient: str, message_id: str, feedback: str = "abuse") -> bytes:
    """Return a feedback report (RFC 5965), as a mail program's "spam" button makes it."""
    original = ORIGINAL.format(recipient=recipient, message_id=message_id)
    return _bytes(f"""\
From: <abusedesk@isp.example.no>
Date: Wed, 25 Nov 2026 09:00:00 +0100
Subject: FW: Uka oppsummert
To: <vekst@example.no>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1

--part1
Content-Type: message/rfc822
Content-Disposition: inline

{original}
Hei.

--part1--
""")


def exim(*, recipient: str, message_id: str) -> bytes:
    """Return what Exim writes: words, a header of its own, and the original as text."""
    original = ORIGINAL.format(recipient=recipient, message_id=message_id)
    return _bytes(f"""\
X-Failed-Recipients: {recipient}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example.no>
To: vekst@example.no
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1@exim.example.no>
Date: Wed, 25 Nov 2026 09:00:00 +0100

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {recipient}
    SMTP error from remote mail server after RCPT TO:<{recipient}>:
    host mx.example.no [192.0.2.5]: 550 5.1.1 no such user

------ This is a copy of the message, including all the headers. ------

{original}
Hei.
""")


def holiday(*, recipient: str, message_id: str) -> bytes:
    """Return the answer of somebody on holiday; it speaks of an unknown user to lead us astray."""
    return _bytes(f"""\
From: {recipient}
To: vekst@example.no
Subject: Automatisk svar: Uka oppsummert
In-Reply-To: {message_id}
References: {message_id}
Auto-Submitted: auto-replied (vacation)
Date: Wed, 25 Nov 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Jeg har ferie til mandag. 550 5.1.1 user unknown.
""")


def letter(*, recipient: str, message_id: str) -> bytes:
    """Return what a person writes who answers the newsletter."""
    return _bytes(f"""\
From: {recipient}
To: vekst@example.no
Subject: Re: Uka oppsummert
In-Reply-To: {message_id}
Date: Wed, 25 Nov 2026 09:00:00 +0100

Takk for brevet!
""")

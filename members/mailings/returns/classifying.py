"""
Whose fault a failure is: the address's, the moment's or ours.

Source: RFC 3463 (enhanced status codes) and its registry at IANA, read 2026-11.
"""

import re

from members.mailings.models.bounce import BounceKind

# "5.1.1" on its own: neither a part of an IP address nor of a version number.
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
# The address does not exist, has moved, or takes no mail at all (a null MX).
_GONE = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 10), (2, 1)}
# x.3 the receiving system, x.5 the conversation, x.6 the content, x.7 policy: about us or about them, and
# true for all who are there at once. x.1.7 and x.1.8 are about the sender.
_NOT_THE_ADDRESS = {3, 5, 6, 7}
_ABOUT_THE_SENDER = {(1, 7), (1, 8)}


def kind_of_failure(*texts: str) -> BounceKind:
    """
    Return what kind of failure the texts tell of; the first that names a status decides.

    A text without a status, or with one that says nothing (5.0.0), counts as something that may pass.
    """
    for text in texts:
        for status in _STATUS.finditer(text):
            is_permanent = status[1] == "5"
            subject, detail = int(status[2]), int(status[3])
            if status[1] == "2" or subject == 0:
                continue
            if subject in _NOT_THE_ADDRESS or (subject, detail) in _ABOUT_THE_SENDER:
                return BounceKind.REFUSED
            if is_permanent and (subject, detail) in _GONE:
                return BounceKind.HARD
            return BounceKind.SOFT
    return BounceKind.SOFT

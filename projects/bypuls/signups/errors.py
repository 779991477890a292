"""Why somebody cannot have what they ask for. Every message is for the visitor."""

import datetime as dt


class SignUpError(Exception):
    """The sign-up cannot be as wished; the message is for the visitor."""


class ClosedError(SignUpError):
    """Sign-up is not open at this moment."""


class FullError(SignUpError):
    """Neither the seats nor the queue have room for all of the party."""


class HeldError(FullError):
    """There are free seats, but others hold them while they fill in the form; until `retry_at`."""

    def __init__(self, message: str, *, retry_at: dt.datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class NotAdmittedError(SignUpError):
    """The event is not for everybody, or not yet."""


class CompanyLimitError(SignUpError):
    """More people from one company than the event has room for."""


class OfferGoneError(SignUpError):
    """The offer of seats is answered, too old, or was never made."""

"""Who may open which uploaded picture. Only this module decides; each app answers for its own folder."""

import datetime as dt
import posixpath
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from members.accounts.models import User
from projects.bypuls import pictures
from vekst.uploads import CLOSED_FOLDER

Visitor = User | AnonymousUser

ENDINGS = (".jpg", ".png", ".webp", ".avif")


@dataclass(frozen=True)
class Folder:
    """Pictures that go out only when what they belong to may be seen; until then to a few."""

    is_public: Callable[[str, dt.datetime], bool]
    may_open: Callable[[Visitor, str, dt.datetime], bool]


# The first part of the name -> who answers for it. What has no row here is public from the start.
ASKED: dict[str, Folder] = {
    "arrangementer": Folder(pictures.is_event_picture_public, pictures.may_open_event_picture),
    "steder": Folder(pictures.is_venue_picture_public, pictures.may_open_venue_picture),
}


def first_folder(name: str) -> str:
    """
    Return the folder that a file system would look in, however the name is spelled.

    Some find a file under other spellings of its name too: compare as they do.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("\\", "/")
    return posixpath.normpath(plain).lstrip("/").partition("/")[0]


def is_for_everybody(name: str, *, at: dt.datetime) -> bool:
    """Tell whether strangers may see the picture, and so whether anybody may keep it. At most two queries."""
    folder = first_folder(name)
    # What is closed has views of its own, which ask who may see it.
    if not name.endswith(ENDINGS) or folder == CLOSED_FOLDER:
        return False
    return folder not in ASKED or ASKED[folder].is_public(name, at)


def may_open(user: Visitor, name: str, *, at: dt.datetime) -> bool:
    """Tell whether this person may see a picture that is not for everybody."""
    folder = ASKED.get(first_folder(name)) if name.endswith(ENDINGS) else None
    return folder is not None and folder.may_open(user, name, at)

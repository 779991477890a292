"""The files of a picture on the disk: where they lie, which one an address means, and how they go."""

import posixpath
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

from members.posts.pictures import addresses
from vekst.uploads import CLOSED_FOLDER

if TYPE_CHECKING:
    from members.posts.models.picture import Picture


def folder_of(picture: "Picture") -> str:
    """Return the folder that holds what was made of the picture, and most often the original."""
    return f"{CLOSED_FOLDER}/redaksjon/{picture.token}"


def path_of(picture: "Picture", name: str) -> str | None:
    """
    Return which file an address means, or None when it is none of ours.

    The address of an earlier crop, as it stands in a mail that was sent, gives the crop of today.
    """
    found = addresses.NAME.match(name)
    if found is None:
        return None
    if name == addresses.ORIGINAL:
        return str(picture.file.name)
    _revision, width, suffix = found.groups()
    folder = folder_of(picture)
    if suffix is None and picture.revision == 0:
        # It came here before there were crops: all of it is shown.
        return str(picture.file.name)
    if suffix is None:
        return f"{folder}/{addresses.jpeg_name(picture)}"
    if not picture.made_widths:
        return None
    nearest = min(picture.made_widths, key=lambda made: abs(made - int(width)))
    return f"{folder}/{addresses.size_name(picture.made_revision, nearest, suffix)}"


def remove_all_but(picture: "Picture") -> None:
    """Remove what was made of earlier crops."""
    for name in _names_in(folder_of(picture)):
        revision = name.partition("-")[0]
        if revision.isdecimal() and int(revision) < picture.made_revision:
            default_storage.delete(f"{folder_of(picture)}/{name}")


def remove_everything(picture: "Picture") -> None:
    """Remove every file of the picture, the original too. What is gone already is no error."""
    folder = folder_of(picture)
    for name in _names_in(folder):
        default_storage.delete(f"{folder}/{name}")
    if picture.file.name:
        default_storage.delete(picture.file.name)
    default_storage.delete(folder)


def _names_in(folder: str) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [posixpath.basename(name) for name in names]

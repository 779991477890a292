"""Pictures: what those who do not see them hear, who took them, and whether those in them agreed."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from members.posts.checks.problems import Finding
from members.posts.models import Photo

_FILE_NAME = re.compile(
    r"\.(jpe?g|png|webp|avif|gif|heic|tiff?)$|^(img|dsc|dscn|dscf|image|bilde|foto|pxl|screenshot)"
    r"[\s_-]*\d[\w\s-]*$|^[\w-]*_[\w-]*\d[\w-]*$",
    re.IGNORECASE,
)
# A screen reader says itself that it is a picture.
_STARTS_POORLY = re.compile(
    r"^(et |en )?(bilde|bildet|foto|fotografi|illustrasjonsfoto|picture|photo|image)( |et )(av|of|med|viser)\b",
    re.IGNORECASE,
)


def picture_findings(photo: Photo) -> Iterator[Finding]:
    """Yield what is wrong with one picture in a post. Of one that was withdrawn only that is told."""
    if photo.picture.withdrawn_at is not None:
        text = _("Et bilde er tatt bort. Ta det ut av posten, eller sett inn et annet.")
        yield Finding(code="picture-gone", text=text, item_id=photo.item_id, photo_id=photo.pk)
        return
    name = photo.caption.strip() or photo.alt.strip() or _("Et bilde")
    for code, text in _texts(photo):
        yield Finding(
            code=code, text=text % {"photo": name}, item_id=photo.item_id, photo_id=photo.pk
        )


def _texts(photo: Photo) -> Iterator[tuple[str, str]]:
    alt = photo.alt.strip()
    if not alt:
        yield "alt-missing", _("«%(photo)s» mangler alternativ tekst.")
    elif _FILE_NAME.search(alt):
        yield "alt-missing", _("«%(photo)s» har et filnavn som alternativ tekst.")
    elif _STARTS_POORLY.match(alt):
        yield "alt-poor", _("«%(photo)s»: begynn den alternative teksten med det bildet viser.")
    elif alt.casefold() == photo.caption.strip().casefold():
        yield "alt-poor", _("«%(photo)s» har samme bildetekst og alternative tekst.")
    if not photo.credit.strip():
        yield "credit", _("«%(photo)s» mangler fotograf.")
    if photo.picture.lacks_consent:
        is_over = photo.picture.consent_expired_at is not None
        yield (
            "consent",
            _("«%(photo)s» viser personer, og samtykket er utløpt.")
            if is_over
            else _("«%(photo)s» viser personer, og ingen har bekreftet at de samtykker."),
        )
    if not photo.caption.strip():
        yield "caption", _("«%(photo)s» mangler bildetekst.")

"""What can be wrong with a post, each with a code, and which of it blocks publishing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.posts import rules


@dataclass(frozen=True)
class Check:
    """One thing that is looked for. A fixed one blocks whatever the settings say."""

    label: str | Promise
    blocks: bool = False
    is_fixed: bool = False


# code -> what it looks for, and whether it blocks as long as nobody has set something else.
CHECKS: dict[str, Check] = {
    "week": Check(_("Uka finnes i året"), blocks=True, is_fixed=True),
    "taken": Check(_("Ingen annen post er ute for uka"), blocks=True, is_fixed=True),
    "empty": Check(_("Posten har biter, og bitene har tekst"), blocks=True, is_fixed=True),
    "intro": Check(_("Posten har ingress")),
    "heading-order": Check(_("Overskriftene står i rekkefølge"), blocks=True),
    "heading-fake": Check(_("Overskrifter er ikke bare fet skrift")),
    "heading-twice": Check(_("Hver bit har sin egen overskrift")),
    "alt-missing": Check(_("Bilder har alternativ tekst"), blocks=True),
    "alt-poor": Check(_("Den alternative teksten sier hva bildet viser")),
    "caption": Check(_("Bilder har bildetekst")),
    "credit": Check(_("Bilder har fotograf"), blocks=True),
    "consent": Check(_("De på bildet har samtykket"), blocks=True),
    "picture-gone": Check(_("Bildene er der")),
    "link-dead": Check(_("Lenker i portalen leder til en side"), blocks=True),
    "link-vague": Check(_("Lenketeksten sier hvor lenken går")),
    "link-same": Check(_("Samme lenketekst går til samme sted")),
    "lix": Check(_("Teksten er lett nok å lese")),
    "long-sentence": Check(_("Setningene er korte nok")),
}
DEFAULT_BLOCKING = frozenset(code for code, check in CHECKS.items() if check.blocks)
ALWAYS_BLOCKING = frozenset(code for code, check in CHECKS.items() if check.is_fixed)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that was found, before anybody has said whether it blocks."""

    code: str
    text: str
    item_id: int | None = None
    photo_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Problem(Finding):
    """What is wrong with a post, and where. A blocking one keeps it from being published."""

    is_blocking: bool


def blocking_codes() -> frozenset[str]:
    """Return the codes that block publishing now. One query."""
    current = rules.current()
    found = {code for code, check in CHECKS.items() if current.blocks(code, usually=check.blocks)}
    return frozenset(found) | ALWAYS_BLOCKING

"""
Lead the links of a newsletter by way of the portal, so that it can say how many followed them.

The addresses are written once, when the newsletter is frozen: all its readers carry the same ones. Those
by which a reader leaves, chooses or signs up stay as they are, and so does whatever is one person's own.
"""

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation

from members.mailings.models import CountedLink, Newsletter
from members.mailings.newsletter_mail import link

LONGEST = 2000
# The pages of this package that are there to be read.
_TO_READ = {"archive", "archived"}
_SIGN_UP = ("signup", "sign_up", "account_")


class CountedLinks:
    """Gives each address of one newsletter a short one, and remembers them until `save`."""

    def __init__(self, newsletter: Newsletter) -> None:
        self._newsletter = newsletter
        self._links: dict[str, CountedLink] = {}

    def __call__(self, url: str) -> str:
        """Return the address to put in the mail. What is not to be counted stays as it is."""
        full = link(url)
        if not full.startswith(("https://", "http://")) or len(full) > LONGEST:
            return full
        path = full.removeprefix(settings.SITE_URL) if _is_ours(full) else ""
        if path and is_own(path):
            return full
        kept = path if path and not path.startswith("//") else full
        counted = self._links.setdefault(kept, CountedLink(newsletter=self._newsletter, url=kept))
        return address(counted)

    def save(self) -> None:
        """Write the links that were given out. Once the newsletter is on its way the database refuses."""
        CountedLink.objects.bulk_create(self._links.values())


def address(counted: CountedLink) -> str:
    """Return the short address, the same in every language."""
    with translation.override(settings.LANGUAGE_CODE):
        return settings.SITE_URL + reverse("mailings:follow", args=[counted.token])


def is_own(path: str) -> bool:
    """Tell whether the address is one person's own, or one by which people sign up, choose or leave."""
    bare = path.partition("#")[0].partition("?")[0]
    with translation.override("en" if bare.startswith("/en/") else settings.LANGUAGE_CODE):
        try:
            found: ResolverMatch = resolve(bare)
        except Resolver404:
            return False
    name = found.url_name or ""
    if "mailings" in found.app_names:
        return name not in _TO_READ
    return (
        "token" in found.kwargs
        or "admin" in found.app_names
        or any(word in name for word in _SIGN_UP)
    )


def _is_ours(full: str) -> bool:
    return full.startswith(f"{settings.SITE_URL}/")

"""The sitemap: the fixed pages, the archives, and every public thing that the search knows of."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from members.companies.models import Company, Forum
from members.mailings.models import Newsletter
from members.posts import archives
from vekst.search.kinds import KINDS
from vekst.search.models import Change, Document

FIXED_PAGES = (
    "home:front_page",
    "home:about",
    "home:privacy",
    "home:accessibility",
    "portfolio:programme",
    "portfolio:plan_list",
    "digital_stemme:home_list",
    "digital_stemme:vacancy_list",
    "bypuls:event_list",
    "bypuls:venue_list",
    "bypuls:pulse",
    "bypuls:transport_forum",
    "posts:post_list",
    "mailings:sign_up",
    "mailings:archive",
    "innsikt:indicator_list",
    "innsikt:ranking_list",
    "innsikt:newsletter_readers",
    "ung:landing",
    "ung:mentor_scheme",
    "kompetanse:programme_list",
    "kompetanse:competence",
    "kompetanse:round_list",
    "companies:company_list",
    "companies:forum_list",
)


# These have no page of their own: they stand on one of the fixed pages, or on their plan's.
WITHOUT_PAGE = ("measure", "mentor_scheme", "transport_case")


class FixedPages(Sitemap):  # type: ignore[type-arg]
    """Pages that are always there, in both languages."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        """Return the URL names."""
        return list(FIXED_PAGES)

    def location(self, item: str) -> str:
        """Return the address in the language that is active."""
        return reverse(item)


class Things(Sitemap):  # type: ignore[type-arg]
    """Everything public of one kind. What has changed since it was indexed is left out for the moment."""

    limit = 10_000

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def items(self) -> QuerySet[Document]:
        """Return the documents that strangers may see now."""
        now = timezone.now()
        changed = Change.objects.filter(kind=self.kind).values("object_id")
        return (
            Document.objects.filter(kind=self.kind)
            .filter(Q(visible_from=None) | Q(visible_from__lte=now))
            .filter(Q(visible_until=None) | Q(visible_until__gt=now))
            .exclude(object_id__in=changed)
            .order_by("pk")
        )

    def location(self, item: Document) -> str:
        """Return the address that was indexed."""
        return item.url


class Archives(Sitemap):  # type: ignore[type-arg]
    """The archives of the weekly post that have something in them, in both languages."""

    i18n = True
    alternates = True

    def items(self) -> list[tuple[str, int | str]]:
        """Return the URL names with what they are about. Four queries."""
        now = timezone.now()
        told = archives.public_pieces(at=now)
        companies = Company.objects.public(at=now).filter(pk__in=told.values("company"))
        forums = Forum.objects.public(at=now).filter(pk__in=told.values("forum"))
        return [
            *(("posts:year_archive", int(way.key)) for way in archives.year_ways(at=now)),
            *(("posts:topic_archive", way.key) for way in archives.topic_ways(at=now)),
            *(("posts:company_archive", slug) for slug in _slugs(companies)),
            *(("posts:forum_archive", slug) for slug in _slugs(forums)),
        ]

    def location(self, item: tuple[str, int | str]) -> str:
        """Return the address in the language that is active."""
        name, about = item
        return reverse(name, args=[about])


class Newsletters(Sitemap):  # type: ignore[type-arg]
    """The letters that everybody has got."""

    limit = 10_000

    def items(self) -> QuerySet[Newsletter]:
        """Return them, the newest first."""
        return Newsletter.objects.public().only("pk", "language").order_by("-sent_at", "-pk")

    def location(self, item: Newsletter) -> str:
        """Return the address in the archive."""
        return reverse("mailings:archived", args=[item.pk])


def _slugs(things: "QuerySet[Company] | QuerySet[Forum]") -> list[str]:
    return list(things.order_by("slug").values_list("slug", flat=True))


SITEMAPS: dict[str, Sitemap] = {  # type: ignore[type-arg]
    "sider": FixedPages(),
    "uka-oppsummert": Archives(),
    "nyhetsbrev": Newsletters(),
    **{kind: Things(kind) for kind in KINDS if kind not in WITHOUT_PAGE},
}

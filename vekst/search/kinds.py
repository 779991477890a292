"""What can be searched: one entry for each kind of public thing, from the app that owns it."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.companies.models import Company, Forum, Membership
from members.posts.models import Post
from projects.bypuls.events.series_page import words
from projects.bypuls.models import Event, EventSeries, TransportCase, Venue
from projects.digital_stemme.models import Home, Vacancy
from projects.innsikt.models import Indicator
from projects.kompetanse.models import GrantRound, StudyProgramme
from projects.portfolio.models import Measure, Plan, Project
from projects.ung.models import MeetingPlace, MentorScheme
from vekst.richtext import plain_text

LANGUAGES = ("nb", "en")
# What has a moment of publication is indexed as soon as that is set; `visible_from` says the moment.
ONE_DAY = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Entry:
    """One document of the index, as plain text."""

    object_id: int
    language: str
    title: str
    lead: str
    body: str
    url: str
    happens_at: datetime.datetime | None = None
    visible_from: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Text:
    """What a thing says in the language that is active while it is asked."""

    title: str
    lead: str
    body: str
    url: str
    happens_at: datetime.datetime | None = None
    visible_from: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Kind:
    """
    One kind of public thing.

    `public` gives what strangers may see at a moment or later, with all that `text` reads; `text` says
    what the thing is in the active language, and from when until when it is public.
    """

    label: str | Promise
    public: Callable[[datetime.datetime], QuerySet[Any]]
    text: Callable[[Any], Text]

    def entries(self, object_ids: Sequence[int], at: datetime.datetime) -> list[Entry]:
        """Return the documents of those of `object_ids` that are public, in every language."""
        things = list(self.public(at).filter(pk__in=object_ids))
        return [entry for thing in things for entry in self._of(thing)]

    def _of(self, thing: Any) -> Iterator[Entry]:
        for language in LANGUAGES:
            with override(language):
                text = self.text(thing)
            yield Entry(object_id=thing.pk, language=language, **vars(text))

    def all_ids(self, at: datetime.datetime, batch: int) -> Iterator[list[int]]:
        """Return the keys of everything public, `batch` at a time in order of the key."""
        last = 0
        public = self.public(at).order_by("pk").values_list("pk", flat=True)
        while ids := list(public.filter(pk__gt=last)[:batch]):
            yield ids
            last = ids[-1]


def _midnight_before(day: datetime.date) -> datetime.datetime:
    """The moment when a day begins, local time."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _midnight_after(day: datetime.date) -> datetime.datetime:
    """The moment when a day that counts as the last is over, local time."""
    return _midnight_before(day + datetime.timedelta(days=1))


def _home(home: Home) -> Text:
    return Text(
        title=home.title,
        lead=plain_text(home.description)[:300],
        body=f"{plain_text(home.description)} {home.address} {home.get_neighbourhood_display()} "
        f"{home.get_kind_display()} {home.get_dwelling_display()}",
        url=home.get_absolute_url(),
        visible_until=_midnight_after(home.expires_on),
    )


def _vacancy(vacancy: Vacancy) -> Text:
    return Text(
        title=vacancy.title,
        lead=vacancy.summary or plain_text(vacancy.description)[:300],
        body=f"{vacancy.employer_name} {vacancy.get_occupation_display()} {vacancy.location} "
        f"{plain_text(vacancy.description)}",
        url=vacancy.get_absolute_url(),
        visible_until=vacancy.expires_at,
    )


def _indicator(indicator: Indicator) -> Text:
    return Text(
        title=indicator.title,
        lead=indicator.question,
        body=f"{indicator.conclusion} {indicator.method} {indicator.source_name}",
        url=indicator.get_absolute_url(),
        visible_from=indicator.published_at,
    )


def _companies(at: datetime.datetime) -> QuerySet[Company]:
    """Those that are members or become so, each with its present and coming periods as `periods`."""
    last_day_ahead = Q(until_date=None) | Q(until_date__gte=timezone.localdate(at))
    ahead = Membership.objects.filter(last_day_ahead)
    return Company.objects.filter(Exists(ahead.filter(company=OuterRef("pk")))).prefetch_related(
        Prefetch("memberships", queryset=ahead.order_by("since_date"), to_attr="periods")
    )


def _company(company: Any) -> Text:
    until = company.periods[0].until_date
    for period in company.periods[1:]:
        # After a pause the company is found again from the night's rebuild on.
        if period.since_date == until + datetime.timedelta(days=1):
            until = period.until_date
    return Text(
        title=company.name,
        lead=company.description[:300],
        body=f"{company.description} {company.get_industry_display()} {company.nace_text} {company.orgnr}",
        url=company.get_absolute_url(),
        visible_from=_midnight_before(company.periods[0].since_date),
        visible_until=_midnight_after(until) if until else None,
    )


def _forum(forum: Forum) -> Text:
    return Text(
        title=forum.name,
        lead=forum.summary,
        body=forum.mandate,
        url=forum.get_absolute_url(),
        visible_until=forum.ended_at,
    )


def _event(event: Event) -> Text:
    return Text(
        title=event.title,
        lead=event.summary,
        body=f"{plain_text(event.description)} {event.organiser} {event.place} "
        f"{event.venue.name if event.venue else ''} {event.get_topic_display()}",
        url=event.get_absolute_url(),
        happens_at=event.starts_at,
    )


def _series_ahead(at: datetime.datetime) -> QuerySet[EventSeries]:
    """
    Those with public dates ahead, each with the next as `next_dates` and the end of the last as `last_end`.

    Of a series that goes on in another, the page of both has all dates: the newest is found.
    """
    dates = Event.objects.public(at).dated().not_over(at).taking_place()
    ahead = dates.filter(series=OuterRef("pk"))
    goes_on = EventSeries.objects.filter(Exists(ahead), continues=OuterRef("pk"))
    next_date = dates.select_related("venue").defer("search", "description")
    return (
        EventSeries.objects.filter(Exists(ahead))
        .exclude(Exists(goes_on))
        .annotate(last_end=Subquery(ahead.order_by("-ends_at").values("ends_at")[:1]))
        .prefetch_related(
            Prefetch(
                "events",
                queryset=next_date.order_by("starts_at", "pk")[:1],
                to_attr="next_dates",
            )
        )
    )


def _series(series: Any) -> Text:
    [event] = series.next_dates
    return Text(
        title=series.title,
        lead=event.summary,
        body=f"{words(series)} {event.organiser} {event.place_text} {event.get_topic_display()}",
        url=series.get_absolute_url(),
        happens_at=event.starts_at,
        visible_until=series.last_end,
    )


def _venue(venue: Venue) -> Text:
    return Text(
        title=venue.name,
        lead=venue.summary,
        body=f"{venue.description} {venue.address} {venue.get_kind_display()}",
        url=venue.get_absolute_url(),
        visible_from=venue.published_at,
    )


def _transport_case(case: TransportCase) -> Text:
    return Text(
        title=case.title,
        lead=case.text[:300],
        body=f"{case.text} {case.owner} {case.decision} {case.next_step}",
        url=f"{reverse('bypuls:transport_forum')}#{case.slug}",
        visible_from=case.published_at,
    )


def _post(post: Post) -> Text:
    pieces = " ".join(f"{item.heading} {item.plain_body}" for item in post.items.all())
    return Text(
        title=post.title,
        lead=post.intro,
        body=pieces,
        url=post.get_absolute_url(),
        visible_from=post.published_at,
    )


def _project(project: Project) -> Text:
    return Text(
        title=project.title,
        lead=project.summary,
        body=f"{plain_text(project.body)} {project.owner} {project.partners} "
        f"{project.get_main_project_display()}",
        url=project.get_absolute_url(),
        visible_from=project.published_at,
    )


def _plan(plan: Plan) -> Text:
    return Text(
        title=plan.title,
        lead=plan.summary,
        body="",
        url=plan.get_absolute_url(),
        visible_from=plan.published_at,
    )


def _measure(measure: Measure) -> Text:
    return Text(
        title=measure.title,
        lead=measure.text[:300],
        body=f"{measure.text} {measure.theme} {measure.organisation} {measure.plan.title}",
        url=f"{measure.plan.get_absolute_url()}#tiltak-{measure.number}",
        visible_from=measure.plan.published_at,
    )


def _meeting_place(place: MeetingPlace) -> Text:
    return Text(
        title=place.name,
        lead=place.about[:300],
        body=f"{place.about} {place.for_whom} {place.where_text} {place.when_text}",
        url=place.get_absolute_url(),
        visible_from=place.published_at,
    )


def _mentor_scheme(scheme: MentorScheme) -> Text:
    return Text(
        title=scheme.title,
        lead=scheme.about[:300],
        body=scheme.about,
        url=reverse("ung:mentor_scheme"),
    )


def _programme(programme: StudyProgramme) -> Text:
    return Text(
        title=programme.title,
        lead=programme.description[:300],
        body=f"{programme.description} {programme.provider.name} {programme.get_level_display()} "
        f"{programme.get_field_display()}",
        url=programme.get_absolute_url(),
        visible_from=programme.published_at,
    )


def _grant_round(grant_round: GrantRound) -> Text:
    return Text(
        title=grant_round.title,
        lead=grant_round.summary,
        body=f"{grant_round.text} {grant_round.priorities}",
        url=grant_round.get_absolute_url(),
        visible_from=grant_round.published_at,
    )


# Every kind, in the order in which the search page names them. The key is what the triggers of
# `vekst/search/migrations` write.
KINDS: dict[str, Kind] = {
    "home": Kind(_("Boliger"), lambda at: Home.objects.public(at=at), _home),
    "vacancy": Kind(_("Stillinger"), lambda at: Vacancy.objects.public(at=at), _vacancy),
    "event": Kind(
        _("Arrangementer"), lambda at: Event.objects.public(at=at).select_related("venue"), _event
    ),
    "series": Kind(_("Serier"), _series_ahead, _series),
    "venue": Kind(_("Steder"), lambda _at: Venue.objects.public(at=ONE_DAY), _venue),
    "programme": Kind(
        _("Studier"),
        lambda _at: StudyProgramme.objects.public(at=ONE_DAY).select_related("provider"),
        _programme,
    ),
    "meeting_place": Kind(
        _("Møteplasser"), lambda _at: MeetingPlace.objects.public(at=ONE_DAY), _meeting_place
    ),
    "mentor_scheme": Kind(
        _("Mentorordninger"), lambda at: MentorScheme.objects.public(at=at), _mentor_scheme
    ),
    "post": Kind(
        _("Uka oppsummert"),
        lambda _at: Post.objects.public(at=ONE_DAY).prefetch_related("items"),
        _post,
    ),
    "project": Kind(_("Prosjekter"), lambda _at: Project.objects.public(at=ONE_DAY), _project),
    "plan": Kind(_("Planer"), lambda _at: Plan.objects.public(at=ONE_DAY), _plan),
    "measure": Kind(
        _("Tiltak"), lambda _at: Measure.objects.public(at=ONE_DAY).select_related("plan"), _measure
    ),
    "transport_case": Kind(
        _("Samferdselssaker"), lambda _at: TransportCase.objects.public(at=ONE_DAY), _transport_case
    ),
    "grant_round": Kind(
        _("Kompetansemidler"), lambda _at: GrantRound.objects.public(at=ONE_DAY), _grant_round
    ),
    "indicator": Kind(_("Tall"), lambda _at: Indicator.objects.public(at=ONE_DAY), _indicator),
    "company": Kind(_("Bedrifter"), _companies, _company),
    "forum": Kind(_("Forum"), lambda at: Forum.objects.public(at=at), _forum),
}


def labels(kinds: Iterable[str]) -> dict[str, str]:
    """Return the names of these kinds as people read them."""
    return {kind: str(KINDS[kind].label) if kind in KINDS else kind for kind in kinds}

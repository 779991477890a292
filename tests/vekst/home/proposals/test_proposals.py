"""What the portal proposes for a week: only what strangers may see, in the week where it belongs."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from members.posts.proposals import PROPOSERS, Proposal, Week, offers_for
from projects.bypuls.models import EventStatus, Publication
from projects.portfolio import reporting
from projects.portfolio.models import MeasureState
from tests.members.accounts.factories import UserFactory
from tests.members.companies.factories import (
    CompanyFactory,
    ForumFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
)
from tests.members.posts.factories import PostFactory
from tests.projects.bypuls.factories import EventFactory
from tests.projects.innsikt.factories import series_of
from tests.projects.kompetanse.factories import StudyProgrammeFactory
from tests.projects.portfolio.factories import (
    MeasureFactory,
    MeasureUpdateFactory,
    PlanFactory,
    ProjectFactory,
    StatusReportFactory,
)

pytestmark = pytest.mark.django_db

OSLO = timezone.get_default_timezone()
# Week 47 of 2026 goes from 16 to 22 November.
WEEK = Week(dt.date(2026, 11, 16))
FRIDAY = dt.datetime(2026, 11, 20, 12, tzinfo=OSLO)
LATER = dt.datetime(2026, 11, 25, 12, tzinfo=OSLO)


def at(day: int, hour: int = 18, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=OSLO)


def proposed(kind: str, *, when: dt.datetime = FRIDAY, week: Week = WEEK) -> list[Proposal]:
    return PROPOSERS[kind].propose(week, when)


def headings(kind: str, **wanted) -> list[str]:
    return [proposal.heading for proposal in proposed(kind, **wanted)]


# --- The week ----------------------------------------------------------------------------------
def test_a_week_begins_and_ends_at_midnight_here_also_when_the_clock_changes():
    spring = Week(dt.date(2026, 3, 23))

    assert spring.starts_at == dt.datetime(2026, 3, 22, 23, tzinfo=dt.UTC)
    assert spring.ends_at == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)
    assert spring.weekday_of(dt.datetime(2026, 3, 29, 21, 59, tzinfo=dt.UTC)) == 7
    assert spring.weekday_of(dt.datetime(2026, 3, 29, 22, 0, tzinfo=dt.UTC)) is None


def test_week_53_reaches_into_the_new_year_and_a_year_without_one_reads_as_the_next():
    last = Week(PostFactory.build(year=2026, week=53).monday)
    EventFactory.create(
        title="Nyttårsfest", starts_at=dt.datetime(2027, 1, 3, 18, tzinfo=OSLO), attendance=9
    )
    now = dt.datetime(2027, 1, 4, 9, tzinfo=OSLO)

    assert (last.monday, last.sunday) == (dt.date(2026, 12, 28), dt.date(2027, 1, 3))
    assert headings("event-held", when=now, week=last) == ["Nyttårsfest"]
    assert proposed("event-held", when=now, week=last)[0].weekday == 7
    assert PostFactory.build(year=2027, week=53).monday == dt.date(2028, 1, 3)


# --- Events ------------------------------------------------------------------------------------
def test_a_held_event_tells_how_many_came_and_brings_its_card():
    company = CompanyFactory.create()
    event = EventFactory.create(
        title="Frokost <i>nå</i>",
        summary="Kaffe & tall",
        starts_at=at(19, 8),
        status=EventStatus.HELD,
        attendance=1042,
        company=company,
    )

    [found] = proposed("event-held")

    assert found.source == f"event-held:{event.pk}"
    assert found.weekday == 4
    assert "<p>Kaffe &amp; tall</p>" in found.text
    assert "holdt torsdag 19. november. 1 042 var til stede." in found.text.replace("\xa0", " ")
    assert found.company_id == company.pk
    assert found.cards == (("event", event.pk),)


def test_an_event_nobody_counted_says_no_number():
    EventFactory.create(starts_at=at(18))

    [found] = proposed("event-held")

    assert "til stede" not in found.text
    assert "ingen har skrevet hvor mange" in found.note


def test_an_event_over_midnight_belongs_to_the_week_it_began_in():
    EventFactory.create(title="Nattkafé", starts_at=at(22, 23), ends_at=at(23, 2))
    next_week = Week(dt.date(2026, 11, 23))

    assert headings("event-held", when=LATER) == ["Nattkafé"]
    assert headings("event-held", when=LATER, week=next_week) == []
    assert proposed("event-held", when=LATER)[0].weekday == 7


@pytest.mark.parametrize(
    "fields",
    [
        {"publication": Publication.DRAFT},
        {"publication": Publication.WITHDRAWN},
        {"is_unlisted": True},
        {"status": EventStatus.CANCELLED, "status_reason": "Syk"},
        {"status": EventStatus.POSTPONED, "status_reason": "Syk"},
        {"is_date_set": False, "date_note": "Våren 2027"},
    ],
    ids=str,
)
def test_what_strangers_do_not_find_or_did_not_take_place_is_not_proposed(fields):
    EventFactory.create(starts_at=at(18), **fields)
    EventFactory.create(starts_at=at(24), **fields)

    assert proposed("event-held") == []
    assert proposed("event-coming") == []


def test_what_lasts_whole_days_has_no_clock():
    EventFactory.create(starts_at=at(28, 0), ends_at=at(30, 0))

    assert "Lørdag 28. november, Torget." in proposed("event-coming")[0].text


def test_what_comes_reaches_to_the_end_of_the_next_week():
    for title, day in (("Holdt", 19), ("I morgen", 21), ("Neste", 29)):
        EventFactory.create(title=title, starts_at=at(day))
    EventFactory.create(title="For sent", starts_at=at(30, 0))

    found = proposed("event-coming")

    assert [proposal.heading for proposal in found] == ["I morgen", "Neste"]
    assert [proposal.weekday for proposal in found] == [6, None]
    assert "Søndag 29. november kl. 18.00, Torget." in found[1].text
    assert found[0].link_label == "Meld deg på I morgen"
    # Nothing is coming any more when the post is written a fortnight late.
    assert proposed("event-coming", when=at(30)) == []


# --- Forums and members ------------------------------------------------------------------------
def test_a_public_meeting_is_told_with_its_agenda_and_its_minutes():
    forum = ForumFactory.create(name="Forum for bygg")
    meeting = MeetingFactory.create(
        forum=forum, starts_at=at(16, 9), is_public=True, agenda="- Lærlinger\n\n- <b>Klima</b>"
    )
    MinutesFactory.create(meeting=meeting, visibility="offentlig", approved_at=at(17))

    [found] = proposed("meeting")

    assert found.heading == "Forum for bygg møttes"
    assert "<li>Lærlinger</li><li>&lt;b&gt;Klima&lt;/b&gt;</li>" in found.text
    assert found.link_label == "Referat fra Forum for bygg"
    assert found.forum_id == forum.pk


def test_closed_minutes_and_closed_meetings_do_not_leak():
    shown = MeetingFactory.create(starts_at=at(16, 9), is_public=True)
    MinutesFactory.create(meeting=shown)
    hidden = MeetingFactory.create(starts_at=at(17, 9), agenda="Hemmelig")
    MinutesFactory.create(meeting=hidden, visibility="lukket")
    MeetingFactory.create(starts_at=at(17, 9), is_public=True, forum__ended_at=at(1))

    [found] = proposed("meeting")

    assert found.link_path == shown.forum.get_absolute_url()
    assert "Hemmelig" not in found.text


def test_a_meeting_of_the_next_week_is_announced():
    MeetingFactory.create(
        forum__name="Topplederforum", starts_at=at(26, 9), is_public=True, state="planlagt"
    )
    MeetingFactory.create(starts_at=at(26, 9), is_public=True, state="avlyst")

    assert headings("meeting") == ["Topplederforum møtes torsdag 26. november"]


def test_a_new_member_is_welcomed_and_one_that_renews_is_not():
    MembershipFactory.create(
        company__name="Ny AS", company__description="Vi lager ting.", since_date=at(17).date()
    )
    old = CompanyFactory.create(member=False)
    MembershipFactory.create(
        company=old, since_date=dt.date(2024, 1, 1), until_date=dt.date(2026, 11, 16)
    )
    MembershipFactory.create(company=old, since_date=at(17).date())
    MembershipFactory.create(company__name="Søndag AS", since_date=at(22).date())

    [found] = proposed("member")

    assert found.heading == "Velkommen, Ny AS"
    assert "Vi lager ting." in found.text
    assert found.weekday == 2
    # Whoever becomes a member on Sunday is in the directory from then on.
    assert headings("member", when=LATER) == ["Velkommen, Ny AS", "Velkommen, Søndag AS"]


# --- Portfolio ---------------------------------------------------------------------------------
def test_a_measure_with_news_is_told_once_with_all_of_it():
    measure = MeasureFactory.create(title="Flere lærlinger", number=7, plan__title="Industriplan")
    MeasureUpdateFactory.create(measure=measure, happened_on=at(17).date(), text="Avtalen er klar")
    MeasureUpdateFactory.create(measure=measure, happened_on=at(19).date(), text="Ti er i gang.")
    MeasureUpdateFactory.create(measure=measure, happened_on=at(15).date(), text="Uka før.")

    [found] = proposed("measure")

    assert found.source == f"measure:{measure.pk}"
    assert "<p>Avtalen er klar.</p><p>Ti er i gang.</p>" in found.text
    assert "Uka før" not in found.text
    assert found.weekday == 4
    assert found.cards == (("measure", measure.pk),)


def test_a_measure_whose_state_is_another_than_before_the_week_is_told(time_machine):
    time_machine.move_to(at(2))
    measure = MeasureFactory.create()
    back = MeasureFactory.create()
    time_machine.move_to(at(18))
    MeasureFactory.create(title="Skrevet ned denne uka")
    measure.state = MeasureState.ONGOING
    measure.save()
    for state in (MeasureState.ONGOING, MeasureState.NOT_STARTED):
        back.state = state
        back.save()

    [found] = proposed("measure")

    assert found.heading == measure.title
    assert "fra «Ikke startet» til «Pågår»" in found.text
    assert found.weekday == 3


def test_measures_and_reports_of_what_is_not_published_stay_unsaid(time_machine):
    time_machine.move_to(at(2))
    measure = MeasureFactory.create(plan=PlanFactory.create(draft=True))
    report = StatusReportFactory.create(
        project=ProjectFactory.create(draft=True), period_ends_on=at(18).date()
    )
    time_machine.move_to(at(18))
    MeasureUpdateFactory.create(measure=measure, happened_on=at(18).date())
    measure.state = MeasureState.DONE
    measure.save()
    reporting.publish_status_report(report=report, by=UserFactory.create(), at=at(18))

    assert proposed("measure") == []
    assert proposed("status-report") == []


def test_a_status_report_of_the_week_says_what_is_behind():
    report = StatusReportFactory.create(
        project__title="Bussen", period_ends_on=at(18).date(), time="attention"
    )
    reporting.publish_status_report(report=report, by=UserFactory.create(), at=at(19))

    [found] = proposed("status-report")

    assert found.heading == "Slik går det med Bussen"
    assert "<li>Tid: følges opp</li>" in found.text
    assert found.cards == (("project", report.project_id),)
    assert proposed("status-report", week=Week(dt.date(2026, 11, 23))) == []


# --- Studies and figures -----------------------------------------------------------------------
def test_a_study_offer_of_the_week_is_told():
    StudyProgrammeFactory.create(
        title="Robotkurs", published_at=at(18), deadline_on=dt.date(2027, 4, 15)
    )
    StudyProgrammeFactory.create(published_at=at(18), is_active=False)
    StudyProgrammeFactory.create(published_at=at(15))
    StudyProgrammeFactory.create(published_at=at(21))

    [found] = proposed("study")

    assert found.heading == "Nytt studietilbud: Robotkurs"
    assert "Søknadsfrist 15. april 2027." in found.text


def test_figures_that_came_in_the_week_are_told_with_source_and_change():
    old = series_of({"2024": 28000, "2025": 28793}).indicator
    old.table_updated_at = at(10)
    old.save()
    new = series_of({"2024": 100, "2025": 110}, indicator__question="Hvor mange er vi?").indicator
    new.table_updated_at = at(18)
    new.conclusion, new.concluded_period = "Vi ble flere i 2024.", "2024"
    new.save()

    [found] = proposed("figure")

    assert found.heading == "Hvor mange er vi?"
    assert "2025: 110" in found.text
    assert "Kilde: " in found.text
    # The words were written on older figures.
    assert "Vi ble flere" not in found.text


def test_a_week_without_new_figures_gets_the_one_whose_turn_it_is_and_none_that_is_made_up():
    for question in ("Den ene?", "Den andre?"):
        series_of({"2025": 1}, indicator__question=question)
    series_of({"2025": 1}, indicator__is_example=True, indicator__question="Oppdiktet?")

    this = headings("figure")
    following = headings("figure", week=Week(dt.date(2026, 11, 23)))

    assert {*this, *following} == {"Den ene?", "Den andre?"}
    assert len(this) == len(following) == 1


# --- All of them -------------------------------------------------------------------------------
def a_full_week(rows: int, start: int) -> None:
    for number in range(start, start + rows):
        forum = ForumFactory.create()
        EventFactory.create(starts_at=at(18), company=CompanyFactory.create(), forum=forum)
        EventFactory.create(starts_at=at(24), forum=forum)
        meeting = MeetingFactory.create(starts_at=at(17), is_public=True, forum=forum)
        MinutesFactory.create(meeting=meeting, visibility="offentlig", approved_at=at(18))
        MembershipFactory.create(since_date=at(18).date())
        MeasureUpdateFactory.create(happened_on=at(18).date(), measure__forum=forum)
        report = StatusReportFactory.create(period_ends_on=at(18).date())
        reporting.publish_status_report(report=report, by=UserFactory.create(), at=at(18))
        StudyProgrammeFactory.create(published_at=at(18))
        series_of({"2025": number}, indicator__published_at=at(18))


@pytest.mark.parametrize("kind", PROPOSERS)
def test_each_kind_costs_the_same_with_more_rows(kind, django_assert_num_queries):
    a_full_week(1, 0)
    with django_assert_num_queries({"measure": 3, "figure": 4}.get(kind, 1)):
        assert len(proposed(kind)) == 1
    a_full_week(3, 1)
    with django_assert_num_queries({"measure": 3, "figure": 4}.get(kind, 1)):
        assert len(proposed(kind)) == 4


def test_every_link_leads_to_a_page(client):
    a_full_week(1, 0)
    for kind in PROPOSERS:
        for found in proposed(kind):
            # Where a card leads to the same page, it does so alone.
            assert found.link_path or found.cards
            if not found.link_path:
                continue
            assert client.get(found.link_path).status_code == 200, found.link_path


def test_the_texts_are_in_bokmal_for_an_editor_who_works_in_english():
    EventFactory.create(starts_at=at(18), attendance=3)
    EventFactory.create(starts_at=at(21))
    post = PostFactory.create(year=2026, week=47)

    with translation.override("en"):
        held, coming = offers_for(post, at=FRIDAY)

    assert held.label == "Events that were held"
    assert "holdt onsdag 18. november" in held.offers[0].proposal.text
    assert coming.offers[0].proposal.link_path.startswith("/arrangementer/")

"""New study offers, and figures that came."""

import datetime

from django.db.models import Q

from members.mailings.models import Topic
from members.posts.proposals import MOST, Proposal, Week
from projects.innsikt import presentation
from projects.innsikt.models import Indicator
from projects.innsikt.periods import period_text
from projects.kompetanse.models import StudyProgramme
from vekst.formats import date_text, number_text
from vekst.home.proposals.words import day, link_name, paragraphs, sentence


def studies(week: Week, at: datetime.datetime) -> list[Proposal]:
    """Propose the programmes and courses that came in the week. One query."""
    found = (
        StudyProgramme.objects.public(at=at)
        .filter(published_at__gte=week.starts_at, published_at__lt=week.ends_at)
        .select_related("provider")
        .order_by("published_at", "pk")
    )
    return [_study(programme, week) for programme in found[:MOST]]


def _study(programme: StudyProgramme, week: Week) -> Proposal:
    provider = programme.provider.short_name or programme.provider.name
    facts = [f"{programme.get_level_display()} hos {programme.provider.name}"]
    if programme.credits:
        facts.append(f"{number_text(programme.credits.normalize())} studiepoeng")
    facts.append(programme.get_form_display().lower())
    times = []
    if programme.starts_on:
        times.append(f"Oppstart {date_text(programme.starts_on)}.")
    if programme.deadline_on:
        times.append(f"Søknadsfrist {date_text(programme.deadline_on)}.")
    return Proposal(
        source=f"study:{programme.pk}",
        heading=f"Nytt studietilbud: {programme.title}",
        text=paragraphs(sentence(", ".join(facts)), programme.description, " ".join(times)),
        note=f"{provider} · {programme.get_level_display()}",
        link_path=programme.get_absolute_url(),
        link_label=link_name("Se", programme.title),
        weekday=week.weekday_of(programme.published_at) if programme.published_at else None,
        topic=Topic.STUDIES,
    )


def figures(week: Week, at: datetime.datetime) -> list[Proposal]:
    """
    Propose the indicators whose source brought figures in the week; without any, the one whose turn it is.

    Made-up figures are never proposed. Three queries.
    """
    public = Indicator.objects.public(at=at).filter(is_example=False)
    in_week = Q(table_updated_at__gte=week.starts_at, table_updated_at__lt=week.ends_at) | Q(
        published_at__gte=week.starts_at, published_at__lt=week.ends_at
    )
    every = list(public.order_by("position", "pk").values_list("pk", flat=True))
    rows = public.filter(in_week | Q(pk__in=_whose_turn(every, week)))
    found = [
        card
        for card in presentation.cards(
            rows.order_by("position", "pk").prefetch_related(presentation.main_series_prefetch())[
                : MOST + 1
            ]
        )
        if card.value_text
    ]
    new = [card for card in found if _came_in(card.indicator, week)]
    return [_figure(card, week, is_new=bool(new)) for card in (new or found)[:MOST]]


def _whose_turn(every: list[int], week: Week) -> list[int]:
    return [every[week.monday.toordinal() // 7 % len(every)]] if every else []


def _came_in(indicator: Indicator, week: Week) -> bool:
    moments = (indicator.table_updated_at, indicator.published_at)
    return any(moment and week.starts_at <= moment < week.ends_at for moment in moments)


def _figure(card: presentation.Card, week: Week, *, is_new: bool) -> Proposal:
    indicator = card.indicator
    updated = indicator.table_updated_at
    newest = f"{card.period_text}: {card.value_text} {indicator.unit}."
    if is_new:
        note = f"Nye tall {day(updated)}" if updated else "Ny indikator"
    else:
        note = "Ukas tall: ingen nye tall kom denne uka"
    return Proposal(
        source=f"figure:{indicator.pk}",
        heading=indicator.question,
        text=paragraphs(
            " ".join(filter(None, [newest, sentence(card.change_text)])),
            indicator.conclusion if _is_up_to_date(card) else "",
            f"Kilde: {indicator.source_name}.",
        ),
        note=note,
        link_path=indicator.get_absolute_url(),
        link_label=link_name("Tallene bak", f"«{indicator.title}»"),
        weekday=week.weekday_of(updated) if is_new and updated else None,
    )


def _is_up_to_date(card: presentation.Card) -> bool:
    """Tell whether the conclusion was written on the figure that the card shows."""
    concluded = card.indicator.concluded_period
    return not concluded or period_text(concluded) == card.period_text

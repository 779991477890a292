"""Fill an empty portal with invented homes and vacancies, and a large one with very many."""

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from projects.digital_stemme.demo_homes import HOMES, DemoHome
from projects.digital_stemme.demo_vacancies import VACANCIES, DemoVacancy
from projects.digital_stemme.demo_vacancies_town import VACANCIES as TOWN_VACANCIES
from projects.digital_stemme.models import Home, Vacancy
from projects.digital_stemme.models.choices import (
    Extent,
    Neighbourhood,
    Occupation,
    Remote,
    Sector,
    WorkLanguage,
)
from projects.digital_stemme.models.slugs import listing_slug
from vekst.moderation import ModerationState

SHOWN_FOR = datetime.timedelta(days=90)
CITIES = {"skollenborg": "Skollenborg", "hvittingfoss": "Hvittingfoss", "saggrenda": "Saggrenda"}
_NOT_FIELDS = {"key", "free_in", "age"}


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write the invented homes and vacancies that are not there yet, dated relative to `at`."""
    known = set(Home.objects.values_list("slug", flat=True))
    known |= set(Vacancy.objects.values_list("slug", flat=True))
    for home in HOMES:
        slug = listing_slug(home["key"], "eksempel")
        if slug not in known:
            _write_home(home, slug=slug, at=at)
    for vacancy in [*VACANCIES, *TOWN_VACANCIES]:
        slug = listing_slug(vacancy["key"], "eksempel")
        if slug not in known:
            _write_vacancy(vacancy, slug=slug, at=at)


def _write_home(data: DemoHome, *, slug: str, at: datetime.datetime) -> None:
    fields = {name: value for name, value in data.items() if name not in _NOT_FIELDS}
    today = timezone.localdate(at)
    free_in = data.get("free_in")
    Home.objects.create(
        **fields,
        slug=slug,
        city=CITIES.get(data["neighbourhood"], "Kongsberg"),
        available_from=None if free_in is None else today + datetime.timedelta(days=free_in),
        contact_email="bolig@example.no",
        is_example=True,
        state=ModerationState.PUBLISHED,
        published_at=at - datetime.timedelta(days=data["age"], hours=data["age"] % 7),
        expires_on=today + SHOWN_FOR,
    )


def _body(heading: str, tasks: list[str], closing: str, offers: str) -> str:
    items = format_html_join("", "<li>{}</li>", ((task,) for task in tasks))
    return format_html(
        "<h2>{}</h2><ul>{}</ul><h2>{}</h2><p>{}</p>", heading, items, closing, offers
    )


def _write_vacancy(data: DemoVacancy, *, slug: str, at: datetime.datetime) -> None:
    today = timezone.localdate(at)
    due_in = data.get("due_in")
    due_on = None if due_in is None else today + datetime.timedelta(days=due_in)
    in_english = {}
    if "tasks_en" in data:
        in_english = {
            "title_en": data["title_en"],
            "summary_en": data["summary_en"],
            "description_en": _body(
                "What you will do", data["tasks_en"], "What you get", data["offers_en"]
            ),
        }
    Vacancy.objects.create(
        title=data["title"],
        summary=data["summary"],
        description=_body("Dette skal du gjøre", data["tasks"], "Dette får du", data["offers"]),
        **in_english,
        employer_name=data["employer"],
        occupation=data["occupation"],
        extent=data.get("extent", Extent.UNSTATED),
        engagement=data["engagement"],
        sector=data.get("sector", Sector.UNSTATED),
        work_language=data.get("language", WorkLanguage.UNSTATED),
        remote=data.get("remote", Remote.UNSTATED),
        place=data["place"],
        location=data["location"],
        municipality="Kongsberg",
        apply_url=f"https://www.example.no/jobb/{data['key']}",
        due_on=due_on,
        due_text=data.get("due_text", ""),
        starts=data.get("starts", ""),
        position_count=data.get("count"),
        contact_name=data["employer"],
        contact_email="jobb@example.no",
        show_email=True,
        is_example=True,
        slug=slug,
        state=ModerationState.PUBLISHED,
        published_at=at - datetime.timedelta(days=data["age"], hours=data["age"] % 5),
        expires_at=at + SHOWN_FOR,
    )


# Unevenly spread, as real listings are: a few values are common and most are rare.
_SCALE_HOMES = """
INSERT INTO digital_stemme_home (
    slug, state, is_example, submitted_language, submission_key, version, moderation_note,
    published_at, contact_name, contact_email, contact_phone, show_email, show_phone, created_at,
    updated_at, kind, title, title_nb, description, description_nb, dwelling, ownership, area_m2,
    bedrooms, rent_nok, price_nok, available_from, energy_grade, pets, step_free, furnished,
    offered_by, neighbourhood, address, postal_code, city, picture, picture_alt, external_url,
    expires_on, source, source_ref
)
SELECT 'maalebolig-' || i, 'published', TRUE, 'nb', gen_random_uuid(), 1, '',
    %(at)s - i * interval '17 seconds', '', '', '', FALSE, FALSE, %(at)s,
    %(at)s, kind, title, title, body, body, dwelling, 'uoppgitt', area,
    CASE WHEN i %% 13 = 0 THEN NULL ELSE LEAST(area / 30, 6) END,
    CASE WHEN kind IN ('leie', 'student') AND i %% 17 <> 0 THEN 4000 + area * 130 END,
    CASE WHEN kind IN ('kjop', 'prosjekt') AND i %% 19 <> 0 THEN 900000 + area * 38000 END,
    CASE WHEN i %% 5 <> 0 THEN %(today)s::date + (i * 31 %% 150)::int END,
    'uoppgitt', (ARRAY['ja', 'avtale', 'nei', 'nei', 'uoppgitt'])[1 + i * 7 %% 5],
    (ARRAY['ja', 'nei', 'nei', 'uoppgitt'])[1 + i * 3 / 5 %% 4], 'uoppgitt',
    'uoppgitt', (%(areas)s::text[])[1 + floor(power(i * 37 %% 1000 / 1000.0, 2)
        * cardinality(%(areas)s::text[]))::int], '', '', 'Kongsberg', '', '', '',
    %(today)s::date + 30 + (i %% 60)::int, 'egen', ''
FROM (
    SELECT i, 16 + (i * 53 %% 160)::int AS area,
        (ARRAY['leie', 'leie', 'leie', 'kjop', 'kjop', 'student', 'prosjekt'])[1 + i %% 7] AS kind,
        (ARRAY['leilighet', 'leilighet', 'leilighet', 'rekkehus', 'enebolig', 'tomannsbolig',
            'hybel', 'uoppgitt'])[1 + i * 11 / 3 %% 8] AS dwelling,
        'Eksempelbolig nummer ' || i AS title,
        'Lys og fin bolig med ' || (ARRAY['balkong', 'hage', 'garasje', 'peis', 'utsikt'])[1 + i %% 5]
            || ' og kort vei til ' || (ARRAY['skole', 'buss', 'tog', 'marka'])[1 + i %% 4] AS body
    FROM generate_series(1, %(n)s) AS i
) AS numbered
ON CONFLICT (slug) DO NOTHING
"""
_SCALE_VACANCIES = """
INSERT INTO digital_stemme_vacancy (
    slug, state, is_example, submitted_language, submission_key, version, moderation_note,
    published_at, contact_name, contact_email, contact_phone, show_email, show_phone, created_at,
    updated_at, title, title_nb, employer_name, employer_url, is_member_employer, occupation, extent,
    engagement, sector, work_language, remote, place, location, municipality, summary, summary_nb,
    description, description_nb, apply_url, due_on, due_text, starts, source, source_url, expires_at
)
SELECT 'maalestilling-' || i, 'published', TRUE, 'nb', gen_random_uuid(), 1, '',
    %(at)s - i * interval '11 seconds', '', '', '', FALSE, FALSE, %(at)s,
    %(at)s, title, title, 'Eksempel ' || i %% 700 || ' AS', '', i %% 3 = 0,
    (%(occupations)s::text[])[1 + floor(power(i * 37 %% 1000 / 1000.0, 2)
        * cardinality(%(occupations)s::text[]))::int],
    (ARRAY['heltid', 'heltid', 'heltid', 'deltid', 'uoppgitt'])[1 + i %% 5],
    (ARRAY['fast', 'fast', 'fast', 'fast', 'vikariat', 'vikariat', 'engasjement', 'sesong',
        'laerling', 'uoppgitt'])[1 + i * 7 / 3 %% 10],
    (ARRAY['privat', 'privat', 'offentlig', 'uoppgitt'])[1 + i / 11 %% 4],
    (ARRAY['norsk', 'norsk', 'norsk', 'begge', 'engelsk', 'uoppgitt'])[1 + i / 13 %% 6],
    (ARRAY['nei', 'nei', 'delvis', 'helt', 'uoppgitt'])[1 + i / 17 %% 5],
    (ARRAY['kongsberg', 'kongsberg', 'kongsberg', 'kongsberg', 'skollenborg', 'hvittingfoss',
        'andre-kommuner'])[1 + i / 19 %% 7],
    '', 'Kongsberg', '', '', body, body, 'https://www.example.no/jobb/' || i,
    CASE WHEN i %% 6 <> 0 THEN %(today)s::date + 1 + (i * 29 %% 60)::int END, '', '', 'egen', '',
    %(at)s + interval '61 days' + i %% 40 * interval '1 day'
FROM (
    SELECT i, (ARRAY['Ingeniør', 'Sykepleier', 'Utvikler', 'Lærer', 'Kokk', 'Operatør', 'Sjåfør',
            'Selger'])[1 + i %% 8] || ' – eksempelstilling ' || i AS title,
        '<p>Oppgaver innen ' || (ARRAY['produksjon', 'omsorg', 'drift', 'salg', 'planlegging',
            'undervisning'])[1 + i %% 6] || ' i et godt lag.</p>' AS body
    FROM generate_series(1, %(n)s) AS i
) AS numbered
ON CONFLICT (slug) DO NOTHING
"""


def scale(n: int, /, *, at: datetime.datetime) -> None:
    """Write `n` homes and `n` vacancies for the benchmarks, with unevenly spread filter values."""
    params: dict[str, Any] = {
        "n": n,
        "at": at,
        "today": timezone.localdate(at),
        # The power in the SQL makes the first ones common and the last ones rare.
        "areas": Neighbourhood.values,
        "occupations": Occupation.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SCALE_HOMES, params)
        cursor.execute(_SCALE_VACANCIES, params)
        if connection.in_atomic_block:
            cursor.execute("ANALYZE digital_stemme_home, digital_stemme_vacancy")
        else:
            # So that the lists' pages are found in the index alone.
            cursor.execute("VACUUM ANALYZE digital_stemme_home, digital_stemme_vacancy")

"""
The plans with their measures.

The council's business strategy and industry plan are real; the measures below are invented to show how
follow-up works, and each says "Eksempel" first in its text.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasureSeed:
    """One measure; `updates` are (months, text), months counted from the moment of loading."""

    theme: str
    title: str
    title_en: str
    text: str
    organisation: str
    deadline: int | None
    state: str
    progress: int | None = None
    weight: int = 1
    project: str = ""
    challenges: tuple[int, ...] = ()
    forum: str = ""
    updates: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class PlanSeed:
    """One plan with its measures in order."""

    slug: str
    kind: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    adopted_by: str
    years: tuple[int, int]
    measures: tuple[MeasureSeed, ...]


NAERINGSSTRATEGI = PlanSeed(
    slug="naeringsstrategi",
    kind="strategy",
    title="Næringsstrategi for Kongsberg",
    title_en="Business strategy for Kongsberg",
    summary="Hvordan kommunen og næringslivet sammen skal få et bredere arbeidsliv, flere bedrifter og en by som trekker folk til seg.",
    summary_en="How the municipality and business together are to get a wider working life, more companies and a town that attracts people.",
    adopted_by="Kommunestyret",
    years=(-2, 4),
    measures=(
        MeasureSeed(
            "Folk og bosetting",
            "Felles mottak av nye innbyggere",
            "A common welcome for newcomers",
            "Eksempel: Kommunen og bedriftene tar imot nye innbyggere sammen, med én kontakt og én samling hver måned.",
            "Kongsberg kommune",
            5,
            "ongoing",
            60,
            2,
            "nye-innbyggere",
            (1,),
            updates=(
                (-6, "Eksempel: Fire bedrifter har blitt med."),
                (-1, "Eksempel: Første felles samling ble holdt på Krona."),
            ),
        ),
        MeasureSeed(
            "Folk og bosetting",
            "Jobb også til den som flytter med",
            "Work for the partner too",
            "Eksempel: Bedriftene deler ledige stillinger med hverandre når noen flytter hit som par.",
            "Kongsberg Næringsforum",
            8,
            "ongoing",
            None,
            1,
            "digital-plattform",
            (1, 3),
            updates=((-2, "Eksempel: Avtalen er prøvd ut i tre bedrifter."),),
        ),
        MeasureSeed(
            "Folk og bosetting",
            "Boligdag hvert år",
            "A housing day every year",
            "Eksempel: Utbyggere, utleiere og boligsøkere møtes én dag i september.",
            "Kongsberg kommune",
            10,
            "not-started",
            None,
            1,
            "boligdagen",
            (1,),
        ),
        MeasureSeed(
            "Et bredere næringsliv",
            "Lavere terskel for uteservering",
            "Easier permits for outdoor tables",
            "Eksempel: Ett skjema, ett svar og fast pris for hele sesongen.",
            "Kongsberg kommune",
            -2,
            "done",
            100,
            1,
            "servering-og-byliv",
            (3, 4),
            updates=((-3, "Eksempel: Ny ordning er vedtatt og tatt i bruk."),),
        ),
        MeasureSeed(
            "Et bredere næringsliv",
            "Etablererhjelp på ett sted",
            "Help for founders in one place",
            "Eksempel: Den som vil starte bedrift, møter kommune, inkubator og bank samme dag.",
            "Kongsberg Innovasjon",
            -1,
            "ongoing",
            40,
            2,
            "",
            (3,),
            updates=((-4, "Eksempel: Avtalen mellom partene er klar."),),
        ),
        MeasureSeed(
            "Et bredere næringsliv",
            "Handel og servering åpner sammen",
            "Shops and restaurants open together",
            "Eksempel: Felles åpningskveld første torsdag i måneden.",
            "",
            4,
            "not-started",
            None,
            1,
            "servering-og-byliv",
            (4,),
            "Handelsforum",
        ),
        MeasureSeed(
            "By og samferdsel",
            "Felles innspill til rutetider",
            "Joint proposals on timetables",
            "Eksempel: Samferdselsforumet samler innspill fra bedriftene før hver ruteendring.",
            "Samferdselsforum",
            -1,
            "ongoing",
            70,
            1,
            "samferdselsforum",
            (1, 4),
        ),
        MeasureSeed(
            "By og samferdsel",
            "Prøveordning med nattbuss",
            "A trial of night buses",
            "Eksempel: Stanset fordi fylkeskommunen endret tilbudet i hele regionen.",
            "Kongsberg kommune",
            -6,
            "stopped",
            None,
            1,
            "samferdselsforum",
            (4,),
            updates=((-7, "Eksempel: Prøveordningen stanses, og behovet meldes videre."),),
        ),
    ),
)

INDUSTRIPLAN = PlanSeed(
    slug="industriplan",
    kind="plan",
    title="Industriplan for Kongsberg",
    title_en="Industry plan for Kongsberg",
    summary="Det industrilederne og kommunen er blitt enige om for at industrien skal kunne vokse her: kompetanse, areal, testing og vertskap.",
    summary_en="What the leaders of industry and the municipality have agreed on so that industry can grow here: skills, land, testing and hosting.",
    adopted_by="Kommunestyret",
    years=(-2, 4),
    measures=(
        MeasureSeed(
            "Kompetanse",
            "Årlig oversikt over kompetansebehov",
            "A yearly account of skills needed",
            "Eksempel: Bedriftene melder hvert år hva de trenger, og utdanningene svarer med hva de kan tilby.",
            "",
            3,
            "ongoing",
            50,
            2,
            "industripiloten",
            (2,),
            "Industrilederforum",
            ((-5, "Eksempel: Ti bedrifter har meldt behov."),),
        ),
        MeasureSeed(
            "Kompetanse",
            "Flere plasser for lærlinger",
            "More apprenticeships",
            "Eksempel: Bedriftene forplikter seg til 20 nye læreplasser.",
            "",
            9,
            "ongoing",
            35,
            2,
            "",
            (1, 2),
            "Industrilederforum",
        ),
        MeasureSeed(
            "Kompetanse",
            "Nye studier i cyber og produksjonsledelse",
            "New studies in cyber security and production management",
            "Eksempel: Kommunen og industrien støtter oppstarten av to nye studier.",
            "Universitetet i Sørøst-Norge",
            15,
            "not-started",
            None,
            3,
            "campusutvikling",
            (2,),
        ),
        MeasureSeed(
            "Testing og teknologi",
            "Én dør inn til testarenaen",
            "One door to the test arena",
            "Eksempel: Den som vil teste i Kongsberg, får ett kontaktpunkt for tillatelser.",
            "Kongsbergklyngen",
            -3,
            "done",
            None,
            1,
            "nasjonal-digital-testarena",
            (2, 3),
            updates=((-4, "Eksempel: Kontaktpunktet er i drift."),),
        ),
        MeasureSeed(
            "Testing og teknologi",
            "Felles booking av testområder",
            "Shared booking of test areas",
            "Eksempel: Kalender for veier, haller og luftrom som kan brukes til testing.",
            "Kongsbergklyngen",
            6,
            "ongoing",
            20,
            1,
            "nasjonal-digital-testarena",
            (2,),
        ),
        MeasureSeed(
            "Areal og infrastruktur",
            "Oversikt over ledig industriareal",
            "An overview of free industrial land",
            "Eksempel: Kart over areal som er klart, og hva som mangler på resten.",
            "Kongsberg kommune",
            -2,
            "ongoing",
            80,
            1,
            "",
            (3,),
            updates=((-3, "Eksempel: Kartet er ferdig for teknologiparken."),),
        ),
        MeasureSeed(
            "Vertskap",
            "Industrilederne i Formannskapet hvert år",
            "Leaders of industry before the executive committee every year",
            "Eksempel: Én gang i året legger forumet fram status og planer for politikerne.",
            "",
            7,
            "done",
            100,
            1,
            "",
            (1, 2, 3),
            "Industrilederforum",
            ((-6, "Eksempel: Møtet er holdt, og neste dato er satt."),),
        ),
    ),
)

PLANS = [NAERINGSSTRATEGI, INDUSTRIPLAN]

"""
The efforts of the programme, with what is known of them told in our own words.

Milestones, money, risks and goals are invented to show how the portal works; `EXAMPLE` says so on each
page. Months count from the moment of loading: -3 is three months ago.
"""

from dataclasses import dataclass, field

EXAMPLE = "Eksempel: Milepæler, beløp, måltall og rapporter på denne siden er oppdiktet for å vise hvordan portalen virker."
EXAMPLE_EN = "Example: milestones, amounts, targets and reports on this page are invented to show how the portal works."


@dataclass(frozen=True)
class ProjectSeed:
    """
    One project with everything that hangs on it.

    Goals: text, target, reached, unit. Funding: funder, amount, hours, state. Milestones: title, due and
    reached in months. Risks: title, before, after, action. Reports, the older first: the values in the
    order of SIDES, comments by side, summary.
    """

    slug: str
    main: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    body: str
    body_en: str
    owner: str
    partners: str
    phase: str
    months: tuple[int, int | None]
    challenges: tuple[int, ...]
    budget: int | None = None
    goals: tuple[tuple[str, int | None, int | None, str], ...] = ()
    funding: tuple[tuple[str, int, int | None, str], ...] = ()
    milestones: tuple[tuple[str, int, int | None], ...] = ()
    risks: tuple[tuple[str, tuple[int, int], tuple[int, int] | None, str], ...] = ()
    reports: tuple[tuple[str, dict[str, str], str], ...] = field(default=())


INNSIKT = [
    ProjectSeed(
        slug="behovskartlegging",
        main="innsikt",
        title="Kartlegging av behov og muligheter",
        title_en="Mapping needs and opportunities",
        summary="Spør innbyggere, tilflyttere og bedrifter hva som skal til for at flere vil bo og jobbe her.",
        summary_en="Asks residents, newcomers and companies what it would take for more people to live and work here.",
        body="Før vi setter i gang noe nytt, vil vi vite hva som trengs. Kartleggingen går ut hvert år til nye innbyggere, studenter og ansatte som pendler. Svarene holdes sammen med statistikken fra SSB, og begge deler ligger åpent under Innsikt.\n\nResultatene brukes når hovedprosjektene velger hva de skal gjøre først.",
        body_en="Before starting anything new we want to know what is needed. Each year the survey goes to new residents, students and commuters. The answers are read together with the figures from Statistics Norway, and both are open to all under Insight.",
        owner="Kongsberg kommune",
        partners="Kongsberg Næringsforum, Universitetet i Sørøst-Norge",
        phase="execution",
        months=(-14, 10),
        challenges=(1, 3),
        budget=900_000,
        goals=(
            ("Svar fra nye innbyggere", 400, 268, "svar"),
            ("Bedrifter som har meldt behov", 40, None, "bedrifter"),
        ),
        funding=(
            ("Kongsberg kommune", 600_000, None, "committed"),
            ("Kongsberg Næringsforum", 180_000, 300, "committed"),
        ),
        milestones=(
            ("Spørsmålene er prøvd ut på 20 innbyggere", -9, -9),
            ("Første runde er samlet inn", -4, -3),
            ("Funnene er lagt fram på frokostmøte", 1, None),
            ("Andre runde er samlet inn", 8, None),
        ),
        risks=(
            ("For få unge svarer", (4, 3), (2, 3), "Egen runde på campus og i møteplassene."),
            ("Svarene kommer for sent til budsjettet", (3, 3), None, ""),
        ),
        reports=(
            (
                "on-track attention on-track attention on-track",
                {"money": "Tilsagnet fra en av partnerne manglet.", "risk": "Få svar fra unge."},
                "Eksempel: Innsamlingen er i gang. Vi mangler svar fra de under 25.",
            ),
            (
                "on-track on-track on-track attention on-track",
                {"risk": "Svarprosenten blant unge er fortsatt lav."},
                "Eksempel: Første runde er ferdig, og finansieringen er på plass.",
            ),
        ),
    ),
    ProjectSeed(
        slug="nye-innbyggere",
        main="innsikt",
        title="Hvem er de nye innbyggerne?",
        title_en="Who are the new residents?",
        summary="Går bak veksttallene: Hvem flytter hit, hvorfor kom de, og hva får dem til å bli?",
        summary_en="Looks behind the growth: who moves here, why did they come, and what makes them stay?",
        body="Kongsberg vokser. På frokostmøtene har tallene vakt stor interesse, og spørsmålet kommer hver gang: Hvem er det som flytter hit? Prosjektet følger tilflytterne i statistikken og i samtaler, og skiller mellom dem som kommer for jobb, for familie og for å studere.",
        body_en="Kongsberg is growing, and one question always comes up: who is moving here? The project follows newcomers in the statistics and in conversations, and tells those who come for work from those who come for family or studies.",
        owner="Kongsberg kommune",
        partners="Kongsberg Næringsforum",
        phase="execution",
        months=(-8, 6),
        challenges=(1,),
        budget=350_000,
        milestones=(
            ("Samtaler med 30 tilflyttere er gjennomført", -2, -2),
            ("Rapport om flyttegrunner er publisert", 3, None),
        ),
    ),
    ProjectSeed(
        slug="frokostmoter",
        main="innsikt",
        title="Vekst i Kongsberg på frokostmøte",
        title_en="Growth in Kongsberg at breakfast",
        summary="Faste morgenmøter der tallene legges fram, og der næringsliv og kommune kan si hva de ser.",
        summary_en="Regular morning meetings where the figures are laid out, and companies and the municipality say what they see.",
        body="Frokostmøtene er åpne for alle som har noe med byens vekst å gjøre. Vi legger fram ferske tall, ett hovedprosjekt forteller hvordan det går, og så er det god tid til spørsmål.",
        body_en="The breakfasts are open to everyone who has a stake in the town's growth. Fresh figures, one main project that tells how it goes, and plenty of time for questions.",
        owner="Kongsberg Næringsforum",
        partners="Kongsberg kommune",
        phase="execution",
        months=(-20, None),
        challenges=(1, 3),
        goals=(("Møter i året", 6, 4, "møter"),),
    ),
]

DIGITAL_STEMME = [
    ProjectSeed(
        slug="digital-plattform",
        main="digital-stemme",
        title="Én digital plattform",
        title_en="One digital platform",
        summary="Bolig, jobb, byliv og samferdsel samlet på ett sted, for dem som bor her og dem som vurderer å flytte.",
        summary_en="Homes, jobs, town life and transport in one place, for those who live here and those who consider moving.",
        body="I dag må den som vil flytte til Kongsberg, lete på mange sider. Plattformen samler ledige boliger, stillinger, arrangementer, avganger og studier, og lar bedrifter og utleiere legge inn sitt eget.\n\nDen skal være like nyttig for den som har bodd her hele livet.",
        body_en="Anyone who wants to move to Kongsberg has to search many sites today. The platform gathers homes, jobs, events, departures and studies, and lets companies and landlords add their own.",
        owner="Kongsberg kommune",
        partners="Kongsberg Næringsforum, Kongsbergklyngen",
        phase="execution",
        months=(-10, 14),
        challenges=(1, 3, 4),
        budget=4_200_000,
        goals=(
            ("Boliger lagt ut av innbyggere", 150, 62, "boliger"),
            ("Bedrifter som legger ut stillinger selv", 60, 21, "bedrifter"),
        ),
        funding=(
            ("Kongsberg kommune", 2_500_000, None, "committed"),
            ("Buskerud fylkeskommune", 1_000_000, None, "applied"),
            ("Næringslivet gjennom Kongsberg Næringsforum", 480_000, 800, "committed"),
        ),
        milestones=(
            ("Første versjon er åpen for alle", -2, -2),
            ("Alle kommunale arrangementer ligger inne", -1, None),
            ("Engelsk innhold for tilflyttere er på plass", 3, None),
            ("Drift er overtatt av kommunen", 12, None),
        ),
        risks=(
            (
                "For få legger ut boliger selv",
                (4, 4),
                (3, 4),
                "Boligdagen og avtaler med utleiere.",
            ),
            ("Kilder utenfor oss faller ut", (3, 3), (2, 3), "Siste gode data vises med alder."),
            ("Fylkeskommunen sier nei til søknaden", (3, 4), None, ""),
        ),
        reports=(
            (
                "on-track on-track on-track on-track on-track",
                {},
                "Eksempel: Første versjon bygges etter planen.",
            ),
            (
                "attention attention on-track attention on-track",
                {
                    "time": "Innlegging av arrangementer tar lengre tid enn ventet.",
                    "money": "Svar på søknaden til fylkeskommunen er utsatt.",
                    "risk": "Få private utleiere har lagt ut bolig så langt.",
                },
                "Eksempel: Plattformen er åpen og i bruk. Tre forhold følges opp.",
            ),
        ),
    ),
    ProjectSeed(
        slug="kvinner-og-unge",
        main="digital-stemme",
        title="Kommunikasjon mot kvinner og unge",
        title_en="Reaching women and young people",
        summary="Forteller om livet i Kongsberg til dem byen har for få av, og måler om det virker.",
        summary_en="Tells of life in Kongsberg to those the town has too few of, and measures whether it works.",
        body="Industribyen er godt kjent blant ingeniører. Langt færre vet hvordan det er å bo her. Prosjektet lar folk fortelle selv, om jobb, hverdag, natur og kultur, og følger med på om flere kvinner og unge søker seg hit.",
        body_en="Engineers know the industrial town well. Far fewer know what it is like to live here. The project lets people tell for themselves, and follows whether more women and young people come.",
        owner="Kongsberg Næringsforum",
        partners="Kongsberg kommune, bedrifter i Kommunikasjonsforum",
        phase="planning",
        months=(-3, 18),
        challenges=(1, 3),
        budget=1_100_000,
        milestones=(
            ("Målgrupper og budskap er valgt", 1, None),
            ("Første fortellinger er publisert", 4, None),
        ),
    ),
    ProjectSeed(
        slug="boligdagen",
        main="digital-stemme",
        title="Boligdagen",
        title_en="The housing day",
        summary="Én dag i september der de som bygger, leier ut og leter etter bolig, møtes.",
        summary_en="One day in September when those who build, let and look for homes meet.",
        body="Mangel på bolig er en av grunnene til at folk pendler i stedet for å flytte. På Boligdagen viser kommunen og utbyggerne hva som kommer, utleiere får hjelp til å legge ut boligen sin, og boligsøkere kan spørre direkte.",
        body_en="Lack of homes is one reason why people commute instead of moving. At the housing day the municipality and developers show what is coming, landlords get help to list their homes, and those who look can ask directly.",
        owner="Kongsberg kommune",
        partners="Kongsberg Næringsforum, Forum for bygg, anlegg og eiendom",
        phase="planning",
        months=(-2, 10),
        challenges=(1,),
        budget=250_000,
        milestones=(("Program og sted er klart", 6, None),),
    ),
]

BYPULS = [
    ProjectSeed(
        slug="kongsberg-agenda",
        main="bypuls",
        title="Kongsberg Agenda",
        title_en="Kongsberg Agenda",
        summary="Byens store møteplass i juni for teknologi, industri, næringsliv og kompetanse, med Kongsbergkonferansen.",
        summary_en="The town's great meeting place in June for technology, industry, business and skills, with the Kongsberg Conference.",
        body="Kongsberg Agenda samler folk som vil utvikle industrien og byen. Dagene fyller Krona, gatene og kafeene, og gir både studenter og bedrifter en grunn til å møtes.",
        body_en="Kongsberg Agenda gathers people who want to develop industry and the town. The days fill Krona, the streets and the cafés, and give students and companies a reason to meet.",
        owner="Kongsberg Næringsforum",
        partners="Kongsberg kommune, Kongsbergklyngen, Universitetet i Sørøst-Norge",
        phase="execution",
        months=(-18, 8),
        challenges=(3, 4),
        budget=2_000_000,
        goals=(("Deltakere på Kongsbergkonferansen", 500, 430, "deltakere"),),
        funding=(
            ("Kongsberg Næringsforum", 700_000, None, "committed"),
            ("Lokale sponsorer", 300_000, None, "applied"),
            ("Kongsberg kommune", 400_000, None, "committed"),
        ),
        milestones=(
            ("Årets dager er gjennomført", -5, -5),
            ("Tema for neste år er valgt", -1, -1),
            ("Program er lansert", 4, None),
        ),
        risks=(("For lite hotellkapasitet", (4, 3), (3, 2), "Avtale med hotell i nabobyene."),),
        reports=(
            (
                "on-track on-track on-track attention on-track",
                {"risk": "Hotellene er nesten fulle i juni."},
                "Eksempel: Dagene ble gjennomført med flere deltakere enn året før.",
            ),
            (
                "on-track on-track on-track on-track on-track",
                {},
                "Eksempel: Tema for neste år er valgt, og avtale om overnatting er på plass.",
            ),
        ),
    ),
    ProjectSeed(
        slug="samferdselsforum",
        main="bypuls",
        title="Samferdselsforum",
        title_en="Transport forum",
        summary="Gjør det enklere å komme til, fra og rundt i Kongsberg. Saker meldes inn, følges opp og besvares.",
        summary_en="Makes it easier to get to, from and around Kongsberg. Cases are reported, followed up and answered.",
        body="Tusener pendler inn til Kongsberg hver dag. Forumet samler dem som eier vei, bane og buss, og dem som bruker dem. Sakene ligger åpent, med svar fra den som har ansvaret.",
        body_en="Thousands commute to Kongsberg every day. The forum brings together those who own roads, rail and buses, and those who use them. The cases are open, with answers from those responsible.",
        owner="Kongsberg kommune",
        partners="Kongsberg Næringsforum, Brakar, Buskerud fylkeskommune",
        phase="execution",
        months=(-12, None),
        challenges=(1, 4),
        milestones=(
            ("Forumet er satt sammen", -11, -11),
            ("Felles innspill til ruteplanen er sendt", -1, None),
        ),
    ),
    ProjectSeed(
        slug="servering-og-byliv",
        main="bypuls",
        title="Servering og byliv",
        title_en="Dining and town life",
        summary="Lengre kvelder, flere uteplasser og teknologi i bybildet, sammen med dem som driver stedene.",
        summary_en="Longer evenings, more outdoor tables and technology in the streets, together with those who run the places.",
        body="Et sentrum lever av folk som har en grunn til å bli litt lenger. Vi prøver ut felles åpningskvelder, enklere søknader om uteservering og lys og teknologi som viser hva byen kan.",
        body_en="A centre lives on people who have a reason to stay a little longer. We try common late openings, simpler permits for outdoor tables, and light and technology that show what the town can do.",
        owner="Kongsberg kommune",
        partners="Handelsforum, Reiselivsforum, Kongsberg Næringsforum",
        phase="concept",
        months=(-4, 14),
        challenges=(3, 4),
        budget=750_000,
        milestones=(("Tre prøvekvelder er gjennomført", 5, None),),
    ),
    ProjectSeed(
        slug="kongsberg-400",
        main="bypuls",
        title="Kongsberg 400",
        title_en="Kongsberg 400",
        summary="Byjubileet i 2024, da Kongsberg feiret 400 år. Nå tar vi vare på det som ble bygd opp.",
        summary_en="The anniversary in 2024, when Kongsberg turned 400. Now we look after what was built up.",
        body="Byen ble grunnlagt i 1624, året etter at sølvet ble funnet. Jubileet viste hvor mye som kan gjøres når frivillige, kommune og bedrifter drar samme vei. Prosjektet er avsluttet, og nettverket brukes videre i ByPuls.",
        body_en="The town was founded in 1624, the year after silver was found. The anniversary showed how much can be done when volunteers, the municipality and companies pull together. The project has ended, and its network lives on in ByPuls.",
        owner="Kongsberg kommune",
        partners="Norsk Bergverksmuseum, Kongsberg Næringsforum",
        phase="benefit",
        months=(-46, -20),
        challenges=(4,),
        milestones=(("Erfaringene er samlet i en sluttrapport", -19, -19),),
    ),
]

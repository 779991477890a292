"""What the demo content of members and forums says. Every company here is invented."""

from typing import NamedTuple

from members.companies.models import Industry


class CompanyText(NamedTuple):
    """One invented company: slug, name, industry, NACE, employees, words in two languages."""

    slug: str
    name: str
    industry: Industry
    nace: tuple[str, str]
    employees: int | None
    nb: str = ""
    en: str = ""


COMPANIES = [
    CompanyText(
        "eksempel-teknologi",
        "Eksempel Teknologi AS",
        Industry.INDUSTRY,
        ("71.129", "Annen teknisk konsulentvirksomhet"),
        42,
        "Vi regner, tegner og prøver ut mekaniske systemer for kunder som ikke kan stoppe "
        "produksjonen for å se om det virker. Halvparten av oss er ingeniører, den andre halvparten "
        "vet hvordan det faktisk blir laget.\n\nHos oss begynner nyutdannede i et team på fire, med en "
        "fadder som har tid.",
        "We calculate, draw and test mechanical systems for customers who cannot stop production to "
        "see whether it works. Half of us are engineers; the other half know how things are actually "
        "made.\n\nNew graduates start in a team of four, with a buddy who has time for them.",
    ),
    CompanyText(
        "eksempel-presisjon",
        "Eksempel Presisjon AS",
        Industry.INDUSTRY,
        ("25.620", "Bearbeiding av metaller"),
        86,
        "Fresing og dreiing med toleranser på en hundredels millimeter. Lærlinger hvert år.",
        "Milling and turning within a hundredth of a millimetre. Apprentices every year.",
    ),
    CompanyText(
        "eksempel-undervann",
        "Eksempel Undervann AS",
        Industry.INDUSTRY,
        ("28.990", "Produksjon av spesialmaskiner ellers"),
        310,
        "Utstyr som står på havbunnen i tretti år uten at noen skrur på det.",
        "Equipment that stays on the seabed for thirty years without anyone touching it.",
    ),
    CompanyText(
        "eksempel-autonomi",
        "Eksempel Autonomi AS",
        Industry.INDUSTRY,
        ("62.010", "Programmeringstjenester"),
        27,
        "Programvare for kjøretøy som finner veien selv. Vi tester i Teknologiparken.",
        "Software for vehicles that find their own way. We test in the technology park.",
    ),
    CompanyText(
        "eksempel-automasjon",
        "Eksempel Automasjon AS",
        Industry.INDUSTRY,
        ("33.200", "Installasjon av industrimaskiner"),
        54,
    ),
    CompanyText(
        "eksempel-optikk",
        "Eksempel Optikk AS",
        Industry.INDUSTRY,
        ("26.700", "Produksjon av optiske instrumenter"),
        19,
    ),
    CompanyText(
        "eksempel-batteri",
        "Eksempel Batteri AS",
        Industry.INDUSTRY,
        ("27.200", "Produksjon av batterier"),
        None,
    ),
    CompanyText(
        "eksempel-cyber",
        "Eksempel Cyber AS",
        Industry.KNOWLEDGE,
        ("62.020", "Konsulentvirksomhet tilknyttet informasjonsteknologi"),
        16,
        "Vi leter etter hull i systemer før andre finner dem.",
        "We look for holes in systems before others find them.",
    ),
    CompanyText(
        "eksempel-programvare",
        "Eksempel Programvare AS",
        Industry.KNOWLEDGE,
        ("62.010", "Programmeringstjenester"),
        33,
    ),
    CompanyText(
        "eksempel-regnskap",
        "Eksempel Regnskap AS",
        Industry.KNOWLEDGE,
        ("69.201", "Regnskap og bokføring"),
        12,
    ),
    CompanyText(
        "eksempel-reklame",
        "Eksempel Reklame AS",
        Industry.KNOWLEDGE,
        ("73.110", "Reklamebyråer"),
        7,
    ),
    CompanyText(
        "eksempel-tomrer",
        "Eksempel Tømrer AS",
        Industry.CONSTRUCTION,
        ("43.320", "Snekkerarbeid"),
        23,
        "Rehabilitering av gamle trehus på Vestsiden og nye hus der det er plass. Vi tar to lærlinger "
        "i året og skulle gjerne tatt flere.",
        "We restore old wooden houses on the west side and build new ones where there is room. We take "
        "two apprentices a year and would gladly take more.",
    ),
    CompanyText(
        "eksempel-ror-og-varme",
        "Eksempel Rør og Varme AS",
        Industry.CONSTRUCTION,
        ("43.221", "Rørleggerarbeid"),
        18,
    ),
    CompanyText(
        "eksempel-arkitekter",
        "Eksempel Arkitekter AS",
        Industry.CONSTRUCTION,
        ("71.112", "Arkitekttjenester vedrørende byggverk"),
        9,
    ),
    CompanyText(
        "eksempel-eiendom",
        "Eksempel Eiendom AS",
        Industry.CONSTRUCTION,
        ("68.209", "Utleie av egen eller leid fast eiendom ellers"),
        6,
    ),
    CompanyText(
        "eksempel-hotell",
        "Eksempel Hotell AS",
        Industry.HOSPITALITY,
        ("55.101", "Hotellvirksomhet"),
        38,
        "Senger til jazzfolk i juli og ingeniører resten av året.",
        "Beds for jazz people in July and for engineers the rest of the year.",
    ),
    CompanyText(
        "eksempel-olbryggeri",
        "Eksempel Ølbryggeri AS",
        Industry.HOSPITALITY,
        ("56.301", "Drift av puber"),
        11,
    ),
    CompanyText(
        "eksempel-apen-scene",
        "Eksempel Åpen Scene AS",
        Industry.HOSPITALITY,
        ("90.039", "Selvstendig kunstnerisk virksomhet"),
        None,
    ),
    CompanyText(
        "eksempel-bokhandel",
        "Eksempel Bokhandel AS",
        Industry.TRADE,
        ("47.610", "Butikkhandel med bøker"),
        5,
    ),
    CompanyText(
        "eksempel-sport",
        "Eksempel Sport AS",
        Industry.TRADE,
        ("47.641", "Butikkhandel med sportsutstyr"),
        14,
    ),
    CompanyText(
        "eksempel-aerlig-handel",
        "Eksempel Ærlig Handel AS",
        Industry.TRADE,
        ("47.290", "Butikkhandel med næringsmidler ellers"),
        4,
    ),
    CompanyText(
        "eksempel-buss",
        "Eksempel Buss AS",
        Industry.TRANSPORT,
        ("49.311", "Rutebiltransport i by- og forstadsområde"),
        67,
    ),
    CompanyText(
        "eksempel-spedisjon",
        "Eksempel Spedisjon AS",
        Industry.TRANSPORT,
        ("52.291", "Spedisjon"),
        21,
    ),
    CompanyText(
        "eksempel-bedriftshelse",
        "Eksempel Bedriftshelse AS",
        Industry.HEALTH,
        ("86.901", "Hjemmesykepleie og annen helsetjeneste"),
        13,
    ),
    CompanyText(
        "eksempel-kursing",
        "Eksempel Kursing AS",
        Industry.EDUCATION,
        ("85.592", "Kursvirksomhet"),
        8,
    ),
]


class ForumText(NamedTuple):
    """One forum: who it is for and what it does, in two languages; who has a seat in the demo."""

    slug: str
    name: str
    is_closed: bool
    rhythm: str
    summary: str
    summary_en: str
    mandate: str
    mandate_en: str
    seats: tuple[str, ...]


# Names and tasks of the forums: Kongsberg Næringsforum's own pages and weekly posts.
FORUMS = [
    ForumText(
        "industrilederforum",
        "Industrilederforum",
        False,
        "Møter formannskapet én gang i året",
        "Lederne i de store industribedriftene ser på det de har felles.",
        "Leaders of the large industrial companies look at what they have in common.",
        "Her møtes ledere i de største industribedriftene for å se på felles muligheter og "
        "utfordringer: kompetanse, areal, boliger og infrastruktur.\n\nForumet arbeidet fram "
        "næringsstrategien og industriplanen sammen med kommunen. Én gang i året møter det "
        "formannskapet og forteller hvordan det går.",
        "Leaders of the largest industrial companies meet here to look at shared opportunities and "
        "challenges: skills, land, housing and infrastructure.\n\nTogether with the municipality the "
        "forum worked out the business strategy and the industry plan. Once a year it meets the "
        "executive committee of the municipal council and reports how things are going.",
        (
            "eksempel-teknologi",
            "eksempel-presisjon",
            "eksempel-undervann",
            "eksempel-autonomi",
            "eksempel-automasjon",
            "eksempel-optikk",
        ),
    ),
    ForumText(
        "topplederforum",
        "Topplederforum",
        True,
        "Et par ganger i året",
        "De øverste lederne i de fem største industribedriftene.",
        "The chief executives of the five largest industrial companies.",
        "De øverste lederne i de fem største industribedriftene møtes et par ganger i året for å "
        "samordne det de satser på sammen, og for å høre hvordan de store fellesprosjektene i byen "
        "går.",
        "The chief executives of the five largest industrial companies meet a couple of times a year "
        "to align their joint efforts and to hear how the large projects of the town are progressing.",
        ("eksempel-teknologi", "eksempel-presisjon", "eksempel-undervann"),
    ),
    ForumText(
        "forum-for-bygg-anlegg-og-eiendom",
        "Forum for bygg, anlegg og eiendom",
        False,
        "",
        "Rekruttering, lærlingplasser og bærekraft i byggebransjen.",
        "Recruitment, apprenticeships and sustainability in construction.",
        "Forumet samler byggefirmaer, arkitekter, eiendomsbesittere og byggevarehandelen. Det "
        "viktigste er å få flere inn i fagene: utplassering alt på VG1, og flere lærlingplasser i "
        "samarbeid med den videregående skolen. Forumet driver også et bærekraftsprosjekt for "
        "bransjen.",
        "The forum gathers builders, architects, property owners and building suppliers. Its main task "
        "is to bring more young people into the trades, with work placements from the first year of "
        "upper secondary school and more apprenticeships. It also runs a sustainability project for "
        "the sector.",
        (
            "eksempel-tomrer",
            "eksempel-ror-og-varme",
            "eksempel-arkitekter",
            "eksempel-eiendom",
        ),
    ),
    ForumText(
        "samferdselsforum",
        "Samferdselsforum",
        False,
        "",
        "Buss, tog, vei og sykkel for dem som skal til og fra jobb.",
        "Bus, train, road and bicycle for those who go to and from work.",
        "Rundt 5 000 pendler inn til Kongsberg hver dag. Forumet samler arbeidsgivere, transportører "
        "og kommunen om det som gjør reisen kortere og tryggere, og er en del av ByPuls.",
        "About 5,000 people commute into Kongsberg every day. The forum brings employers, transport "
        "companies and the municipality together to make the journey shorter and safer, and is a part "
        "of ByPuls.",
        ("eksempel-buss", "eksempel-spedisjon", "eksempel-undervann"),
    ),
    ForumText(
        "handelsforum",
        "Handelsforum",
        False,
        "",
        "Butikkene i sentrum om åpningstider, aktiviteter og gater folk vil være i.",
        "The town's shops on opening hours, activities and streets people want to be in.",
        "Eksempeltekst: Handelsforum planlegger felles handledager, skilting og åpningstider, og er med på å forme "
        "sentrum sammen med gårdeiere og kommunen.",
        "Example text: The forum plans joint shopping days, signs and opening hours, and helps to shape the town "
        "centre together with property owners and the municipality.",
        ("eksempel-bokhandel", "eksempel-sport", "eksempel-aerlig-handel"),
    ),
    ForumText(
        "reiselivsforum",
        "Reiselivsforum",
        False,
        "",
        "Hoteller, serveringssteder og opplevelser samler seg om gjestene.",
        "Hotels, restaurants and attractions gather around the guests.",
        "Eksempeltekst: Forumet samler dem som tar imot gjester: overnatting, servering, museum, skisenter og "
        "festivaler. De deler kalender, lager pakker og tar imot innspill fra besøkende.",
        "Example text: The forum gathers those who receive guests: hotels, restaurants, the museum, the ski centre "
        "and the festivals. They share a calendar, make packages and listen to what visitors say.",
        ("eksempel-hotell", "eksempel-olbryggeri", "eksempel-apen-scene"),
    ),
    ForumText(
        "kommunikasjonsforum",
        "Kommunikasjonsforum",
        False,
        "",
        "De som forteller om Kongsberg, stemmer instrumentene.",
        "Those who tell about Kongsberg tune their instruments.",
        "Eksempeltekst: Kommunikasjonsfolk i bedriftene, kommunen og næringsforumet lærer av hverandre og blir enige "
        "om hvordan byen skal bli kjent for dem som kan tenke seg å flytte hit.",
        "Example text: Communication staff of companies, the municipality and the business association learn from "
        "each other and agree on how the town becomes known to those who might move here.",
        ("eksempel-reklame", "eksempel-cyber", "eksempel-teknologi"),
    ),
]

"""What the demo content of studies says: real offers with their sources, and invented courses marked so."""

from typing import NamedTuple

from projects.kompetanse.models import Field, Level, StudyForm, TeachingLanguage

USN, FAGSKOLEN, KTECH, EXAMPLE = "usn", "fagskolen-i-viken", "k-tech", "eksempel-kursing"


class ProviderText(NamedTuple):
    """One provider."""

    slug: str
    name: str
    short_name: str
    url: str
    about: str


PROVIDERS = [
    ProviderText(
        USN,
        "Universitetet i Sørøst-Norge, campus Kongsberg",
        "USN",
        "https://www.usn.no",
        "Universitetet holder til i Krona, midt i byen.",
    ),
    ProviderText(
        FAGSKOLEN,
        "Fagskolen i Viken, studiested Kongsberg",
        "Fagskolen",
        "https://studiekatalog.edutorium.no/viken/nb",
        "Tidligere Tinius Olsen. Fylkene ble delt i 2024, så navnet kan være et annet nå.",
    ),
    ProviderText(
        KTECH,
        "K-Tech",
        "K-Tech",
        "",
        "Lærer opp fagarbeidere for industrien i Teknologiparken.",
    ),
    ProviderText(EXAMPLE, "Eksempel Kursing AS", "Eksempel", "", "Oppdiktet kursholder."),
]


class ProgrammeText(NamedTuple):
    """One programme; dates of invented courses are days from now."""

    slug: str
    title: str
    title_en: str
    provider: str
    level: Level
    field: Field
    form: StudyForm
    nb: str
    en: str
    language: TeachingLanguage = TeachingLanguage.NORWEGIAN
    credits: int | None = None
    nkr_level: str = ""
    seats: int | None = None
    url: str = ""
    source: str = "usn.no"
    starts_in_days: int | None = None
    cost_nok: int | None = None


_FAGSKOLE = "studiekatalog.edutorium.no"
_CATALOGUE = "https://studiekatalog.edutorium.no/viken/nb"
_INVENTED = "Eksempel, oppdiktet"

PROGRAMMES = [
    ProgrammeText(
        "dataingenior",
        "Dataingeniør",
        "Computer engineering",
        USN,
        Level.BACHELOR,
        Field.ICT,
        StudyForm.CAMPUS,
        "Programvare, maskinvare og det som ligger mellom dem, i en by der begge deler blir til "
        "produkter noen kvartaler unna.",
        "Software, hardware and what lies between them, in a town where both become products a few "
        "blocks away.",
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "systems-engineering-industrimaster",
        "Systems Engineering, industrimaster",
        "Systems Engineering, industry master's",
        USN,
        Level.MASTER,
        Field.SYSTEMS,
        StudyForm.WORK,
        "Halve tiden på jobb i en bedrift, halve tiden på studiet. Industriakademiet har gått siden "
        "2006, og har 25 plasser.",
        "Half the time at work in a company, half at the university. The industry academy has run since "
        "2006 and has 25 places.",
        seats=25,
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "okonomi-og-administrasjon",
        "Økonomi og administrasjon",
        "Business administration",
        USN,
        Level.BACHELOR,
        Field.BUSINESS,
        StudyForm.CAMPUS,
        "Tall, ledelse og marked. Campus ligger vegg i vegg med kinoen og biblioteket.",
        "Figures, management and markets. The campus is next door to the cinema and the library.",
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "optometri-og-synsvitenskap",
        "Optometri og synsvitenskap",
        "Optometry and visual science",
        USN,
        Level.BACHELOR,
        Field.HEALTH,
        StudyForm.CAMPUS,
        "Øyne, lys og syn, i en by der optikk også er industri.",
        "Eyes, light and vision, in a town where optics is an industry too.",
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "arkitektonisk-lysdesign-bachelor",
        "Arkitektonisk lysdesign, bachelor",
        "Architectural lighting design, bachelor's",
        USN,
        Level.BACHELOR,
        Field.DESIGN,
        StudyForm.CAMPUS,
        "Hvordan lys former rom, gater og trygghet. Har vært undervist i Kongsberg siden 2008.",
        "How light shapes rooms, streets and a sense of safety. Taught in Kongsberg since 2008.",
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "arkitektonisk-lysdesign-master",
        "Arkitektonisk lysdesign, master",
        "Architectural lighting design, master's",
        USN,
        Level.MASTER,
        Field.DESIGN,
        StudyForm.CAMPUS,
        "Masteren kom høsten 2023, og undervises på engelsk.",
        "The master's programme started in autumn 2023 and is taught in English.",
        language=TeachingLanguage.ENGLISH,
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "universell-lysdesign",
        "Universell lysdesign",
        "Universal lighting design",
        USN,
        Level.FURTHER,
        Field.DESIGN,
        StudyForm.CAMPUS,
        "Videreutdanning om lys som virker for alle, også dem som ser dårlig.",
        "Further education about light that works for everyone, including those who see poorly.",
        credits=5,
        url="https://www.usn.no",
    ),
    ProgrammeText(
        "industriell-digitalisering",
        "Industriell digitalisering",
        "Industrial digitalisation",
        FAGSKOLEN,
        Level.VOCATIONAL,
        Field.DIGITALISATION,
        StudyForm.CAMPUS,
        "Den første utdanningen av sitt slag som NOKUT godkjente. Øvingene skjer i et laboratorium til "
        "rundt ti millioner kroner.",
        "The first programme of its kind to be approved in Norway. Practice takes place in a laboratory "
        "worth about ten million kroner.",
        url=_CATALOGUE,
        source=_FAGSKOLE,
    ),
    ProgrammeText(
        "maskinteknikk",
        "Maskinteknikk",
        "Mechanical engineering (higher vocational)",
        FAGSKOLEN,
        Level.VOCATIONAL,
        Field.MECHANICAL,
        StudyForm.GATHERINGS,
        "For dem som har fagbrev og vil videre uten å slutte i jobben.",
        "For those with a craft certificate who want to go on without leaving their job.",
        credits=120,
        nkr_level="5.2",
        url="https://studiekatalog.edutorium.no/viken/nb/program/EITKMTK",
        source=_FAGSKOLE,
    ),
    ProgrammeText(
        "batterifagskolen",
        "Batterifagskolen",
        "Battery vocational college",
        FAGSKOLEN,
        Level.VOCATIONAL,
        Field.BATTERY,
        StudyForm.CAMPUS,
        "Fagfolk til en bransje som er ny i Norge.",
        "Skilled people for a sector that is new in Norway.",
        url=_CATALOGUE,
        source=_FAGSKOLE,
    ),
    ProgrammeText(
        "laerling-i-industrien",
        "Lærling i industrien",
        "Apprentice in industry",
        KTECH,
        Level.CERTIFICATE,
        Field.MECHANICAL,
        StudyForm.WORK,
        "Fagbrev i verkstedet, med flere bedrifter i Teknologiparken å lære i. Ta kontakt med K-Tech.",
        "A craft certificate from the workshop, with several companies in the technology park to learn "
        "in. Contact K-Tech.",
        source="kongsberg.no",
    ),
    ProgrammeText(
        "eksempel-cybersikkerhet-i-produksjon",
        "Eksempel: Cybersikkerhet i produksjon",
        "Example: Cyber security in production",
        EXAMPLE,
        Level.COURSE,
        Field.CYBER,
        StudyForm.GATHERINGS,
        "Tre kvelder om styringssystemer, fjerntilgang og hva man gjør når noe er galt.",
        "Three evenings about control systems, remote access and what to do when something is wrong.",
        seats=20,
        starts_in_days=60,
        cost_nok=4500,
        source=_INVENTED,
    ),
    ProgrammeText(
        "eksempel-produksjonsledelse",
        "Eksempel: Produksjonsledelse i praksis",
        "Example: Production management in practice",
        EXAMPLE,
        Level.FURTHER,
        Field.PRODUCTION,
        StudyForm.WORK,
        "For den som nettopp har fått ansvar for et skift, en celle eller en hel hall.",
        "For those who have just been given responsibility for a shift, a cell or a whole hall.",
        credits=10,
        seats=24,
        starts_in_days=80,
        cost_nok=12000,
        source=_INVENTED,
    ),
    ProgrammeText(
        "eksempel-python-for-ingeniorer",
        "Eksempel: Python for ingeniører",
        "Example: Python for engineers",
        EXAMPLE,
        Level.COURSE,
        Field.ICT,
        StudyForm.ONLINE,
        "Seks korte økter på nett, med oppgaver fra verkstedet i stedet for fra læreboka.",
        "Six short sessions online, with tasks from the workshop instead of the textbook.",
        seats=40,
        starts_in_days=35,
        cost_nok=0,
        source=_INVENTED,
    ),
    ProgrammeText(
        "eksempel-norsk-for-nye-kolleger",
        "Eksempel: Norsk for nye kolleger",
        "Example: Norwegian for new colleagues",
        EXAMPLE,
        Level.COURSE,
        Field.OTHER,
        StudyForm.CAMPUS,
        "To kvelder i uka i Krona, med vekt på ordene man trenger på jobben.",
        "Two evenings a week in Krona, with the words one needs at work.",
        language=TeachingLanguage.ENGLISH,
        seats=18,
        starts_in_days=45,
        cost_nok=1800,
        source=_INVENTED,
    ),
]

# slug of company -> needs: field, level, skill, people, years from now.
NEEDS: dict[str, list[tuple[Field, Level, str, int, int]]] = {
    "eksempel-teknologi": [
        (Field.SYSTEMS, Level.MASTER, "Krav og verifikasjon", 6, 2),
        (Field.ICT, Level.BACHELOR, "Innebygd programvare", 4, 1),
        (Field.CYBER, Level.MASTER, "", 2, 2),
        (Field.PRODUCTION, Level.FURTHER, "", 2, 1),
    ],
    "eksempel-presisjon": [
        (Field.MECHANICAL, Level.CERTIFICATE, "CNC-maskinering", 14, 1),
        (Field.PRODUCTION, Level.VOCATIONAL, "Skiftledelse", 5, 1),
        (Field.CYBER, Level.COURSE, "Sikre styringssystemer", 3, 1),
        (Field.ICT, Level.COURSE, "", 2, 1),
    ],
    "eksempel-undervann": [
        (Field.MECHANICAL, Level.BACHELOR, "Konstruksjon", 22, 3),
        (Field.PRODUCTION, Level.FURTHER, "", 8, 2),
        (Field.CYBER, Level.BACHELOR, "", 6, 2),
        (Field.ICT, Level.MASTER, "Sanntidssystemer", 12, 2),
    ],
    "eksempel-autonomi": [
        (Field.ICT, Level.MASTER, "Maskinsyn", 9, 2),
        (Field.SYSTEMS, Level.MASTER, "", 3, 2),
        (Field.CYBER, Level.MASTER, "", 3, 1),
    ],
    "eksempel-automasjon": [
        (Field.ELECTRO, Level.VOCATIONAL, "PLS", 7, 1),
        (Field.MECHANICAL, Level.CERTIFICATE, "", 4, 1),
        (Field.PRODUCTION, Level.VOCATIONAL, "", 3, 2),
        (Field.ICT, Level.BACHELOR, "", 3, 2),
    ],
    "eksempel-optikk": [
        (Field.MECHANICAL, Level.VOCATIONAL, "Finmekanikk", 3, 1),
        (Field.PRODUCTION, Level.COURSE, "", 2, 1),
    ],
    "eksempel-batteri": [
        (Field.BATTERY, Level.VOCATIONAL, "", 15, 2),
        (Field.MECHANICAL, Level.CERTIFICATE, "", 5, 2),
    ],
    "eksempel-cyber": [
        (Field.CYBER, Level.MASTER, "Hendelseshåndtering", 5, 1),
        (Field.ICT, Level.BACHELOR, "", 4, 1),
    ],
    "eksempel-programvare": [
        (Field.ICT, Level.BACHELOR, "Skytjenester", 8, 1),
        (Field.CYBER, Level.COURSE, "", 3, 1),
    ],
}

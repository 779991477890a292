"""What the demo content says, in both languages."""

import datetime
from typing import Any

_SSB = "Statistisk sentralbyrå"
_TABLE = "https://www.ssb.no/statbank/table/"

REAL: dict[str, dict[str, Any]] = {
    "folkemengde": {
        "title": "Folkemengde",
        "title_en": "Population",
        "question": "Hvor mange bor i Kongsberg, og vokser kommunen så fort som vi vil?",
        "question_en": "How many people live in Kongsberg, and is the town growing as fast as planned?",
        "unit": "personer",
        "unit_en": "people",
        "conclusion": (
            "28 793 var registrert bosatt i Kongsberg 1. januar 2023, 3,3 prosent flere enn året før. "
            "Uten beboerne på Raumyr akuttmottak var det 28 275, en vekst på 1,4 prosent.\n\n"
            "Målet er minst 1 prosent vekst i året. Regnet fra 2019 ligger det offisielle tallet over "
            "målet og det korrigerte under."
        ),
        "conclusion_en": (
            "28,793 people were registered as living in Kongsberg on 1 January 2023, up 3.3 per cent in "
            "a year. Without the residents of the Raumyr emergency reception centre the number was "
            "28,275, a growth of 1.4 per cent.\n\n"
            "The goal is at least 1 per cent growth a year. Counted from 2019, the official figure is "
            "above the goal and the corrected one below it."
        ),
        "concluded_period": "2023",
        "method": (
            "Folketallet 1. januar hvert år, i dagens Kongsberg. Kommunen har hatt tre nummer: 0604 til "
            "2019, 3006 fra 2020 og 3303 fra 2024. Grensene er de samme, så linjen er én; skiftene er "
            "merket i diagrammet.\n\n"
            "I 1964 ble Ytre og Øvre Sandsvær en del av Kongsberg. Spranget det året er altså ikke vekst.\n\n"
            "Gjennom 2023 telte kommunen, uten akuttmottaket, 28 376 innbyggere etter første kvartal og "
            "28 604 etter tredje."
        ),
        "method_en": (
            "Population on 1 January each year, in today's Kongsberg. The municipality has had three "
            "numbers: 0604 until 2019, 3006 from 2020 and 3303 from 2024. Its borders are the same, so "
            "there is one line; the changes are marked in the chart.\n\n"
            "In 1964 Ytre Sandsvær and Øvre Sandsvær became part of Kongsberg. The jump that year is "
            "therefore not growth.\n\n"
            "During 2023 the municipality counted, without the reception centre, 28,376 residents after "
            "the first quarter and 28,604 after the third."
        ),
        "source_name": _SSB,
        "source_url": f"{_TABLE}06913",
        "table_id": "06913",
        "query": {
            "valueCodes": {"Region": "K_3303", "ContentsCode": "Folkemengde", "Tid": "*"},
            "codelist": {"Region": "agg_KommSummerHist"},
        },
        "show_from": datetime.date(2014, 1, 1),
        "target_growth_percent": "1.00",
        "target_from": datetime.date(2019, 1, 1),
        "file": "population.csv",
        "series": {
            "alle": ("Offisielle tall", "Official figures"),
            "korrigert": ("Korrigert", "Corrected"),
        },
        "events": [
            (
                datetime.date(2019, 1, 1),
                "Samarbeidet Vekst i Kongsberg startet.",
                "The Vekst i Kongsberg partnership began.",
            ),
            (
                datetime.date(2023, 1, 1),
                "Det offisielle tallet inkluderer beboere på Raumyr akuttmottak.",
                "The official figure includes residents of the Raumyr emergency reception centre.",
            ),
        ],
    },
    "arlig-vekst": {
        "title": "Årlig befolkningsvekst",
        "title_en": "Annual population growth",
        "question": "Når vi målet om minst 1 prosent flere innbyggere i året?",
        "question_en": "Do we reach the goal of at least 1 per cent more residents a year?",
        "unit": "prosent",
        "unit_en": "per cent",
        "is_percent": True,
        "decimals": 1,
        "conclusion": (
            "Veksten var over 1 prosent i 2014 og 2015, falt så under, og var negativ i 2020. I 2022 var "
            "målet nådd igjen: 3,3 prosent offisielt og 1,4 prosent uten akuttmottaket."
        ),
        "conclusion_en": (
            "Growth was above 1 per cent in 2014 and 2015, then fell below it, and was negative in 2020. "
            "In 2022 the goal was reached again: 3.3 per cent officially, and 1.4 per cent without the "
            "reception centre."
        ),
        "concluded_period": "2022",
        "method": (
            "Endringen i folketallet fra 1. januar i året til 1. januar året etter, i prosent. Portalen "
            "regner den ut selv av folkemengden."
        ),
        "method_en": (
            "The change in population from 1 January of the year to 1 January of the next, in per cent. "
            "The portal works it out from the population figures."
        ),
        "source_name": _SSB,
        "source_url": f"{_TABLE}06913",
        "grows": "folkemengde",
        "show_from": datetime.date(2014, 1, 1),
        "target_value": "1.0",
        "series": {
            "alle": ("Offisielle tall", "Official figures"),
            "korrigert": ("Korrigert", "Corrected"),
        },
    },
    "fodte-og-flyttet": {
        "title": "Født eller flyttet hit",
        "title_en": "Born here or moved here",
        "question": "Kom veksten av fødsler eller av tilflytting?",
        "question_en": "Did growth come from births or from people moving in?",
        "unit": "personer",
        "unit_en": "people",
        "conclusion": (
            "Fra 1951 til 1984 vokste Kongsberg både av fødsler og av flytting, men flyttingen svingte "
            "mest: fra 374 flere inn enn ut i 1971 til 149 flere ut enn inn i 1982. Det er "
            "tilflyttingen som avgjør om et år blir godt."
        ),
        "conclusion_en": (
            "From 1951 to 1984 Kongsberg grew both by births and by migration, but migration swung the "
            "most: from 374 more in than out in 1971 to 149 more out than in in 1982. It is the people "
            "moving in who decide whether a year turns out well."
        ),
        "concluded_period": "1984",
        "method": (
            "Fødselsoverskudd er fødte minus døde. Nettoinnflytting er innflyttede minus utflyttede. "
            "Fra 1964 omfatter tallene Ytre og Øvre Sandsvær."
        ),
        "method_en": (
            "Natural increase is births minus deaths. Net migration is people moving in minus people "
            "moving out. From 1964 the figures include Ytre Sandsvær and Øvre Sandsvær."
        ),
        "source_name": _SSB,
        "source_url": "https://www.ssb.no/a/kortnavn/folkendrhist/tabeller/tab/0604.html",
        "file": "population_changes.csv",
        "series": {
            "nettoinnflytting": ("Nettoinnflytting", "Net migration"),
            "fodselsoverskudd": ("Fødselsoverskudd", "Natural increase"),
        },
    },
}


def _region(**more: str) -> dict[str, dict[str, str]]:
    return {
        "valueCodes": {"Region": "K-3303", **more},
        "codelist": {"Region": "agg_KommSummer"},
    }


EXAMPLES: dict[str, dict[str, Any]] = {
    "folketall-kvartal": {
        "title": "Folketallet kvartal for kvartal",
        "title_en": "Population by quarter",
        "question": "Hva har skjedd med folketallet siden nyttår?",
        "question_en": "What has happened to the population since New Year?",
        "unit": "personer",
        "unit_en": "people",
        "conclusion": "Eksempel: Folketallet stiger jevnt, og passerer 30 000 mot slutten av perioden.",
        "conclusion_en": "Example: The population rises steadily and passes 30,000 towards the end.",
        "concluded_period": "2025K4",
        "source_name": _SSB,
        "source_url": f"{_TABLE}01222",
        "table_id": "01222",
        "query": _region(ContentsCode="Folketallet11", Tid="top(20)"),
    },
    "innpendling": {
        "title": "Hit pendler de fra",
        "title_en": "Where commuters come from",
        "question": "Hvor bor de som jobber i Kongsberg uten å bo her?",
        "question_en": "Where do people who work in Kongsberg but live elsewhere come from?",
        "unit": "sysselsatte",
        "unit_en": "workers",
        "chart_kind": "bars",
        "conclusion": "Eksempel: De fleste pendler fra Øvre Eiker, Drammen og Flesberg.",
        "conclusion_en": "Example: Most commuters come from Øvre Eiker, Drammen and Flesberg.",
        "concluded_period": "2025",
        "source_name": _SSB,
        "source_url": f"{_TABLE}03321",
        "table_id": "03321",
        "query": {
            "valueCodes": {
                "ArbstedKomm": "3303",
                "Bokommuen": "3301,3314,4005,3334,3909,0301",
                "ContentsCode": "Sysselsatte",
                "Tid": "top(1)",
            }
        },
        "series_dimension": "Bokommuen",
        "main": "3314",
    },
    "arbeidsplasser": {
        "title": "Arbeidsplasser etter næring",
        "title_en": "Jobs by industry",
        "question": "Hvor bredt er arbeidsmarkedet?",
        "question_en": "How broad is the labour market?",
        "unit": "sysselsatte",
        "unit_en": "workers",
        "chart_kind": "bars",
        "conclusion": (
            "Eksempel: Én av tre arbeidsplasser er i industrien. Nest flest er det i helse og omsorg."
        ),
        "conclusion_en": (
            "Example: One job in three is in manufacturing. Health and care comes second."
        ),
        "concluded_period": "2025",
        "source_name": _SSB,
        "source_url": f"{_TABLE}13470",
        "table_id": "13470",
        "query": {
            "valueCodes": {
                "Region": "K-3303",
                "NACE2007": "*",
                "ContentsCode": "SysselsatteArb",
                "Tid": "top(3)",
            },
            "codelist": {"Region": "agg_KommSummer", "NACE2007": "agg_single_NACE2007arb11"},
        },
        "series_dimension": "NACE2007",
        "main": "10-33",
    },
    "utdanningsniva": {
        "title": "Utdanningsnivå",
        "title_en": "Level of education",
        "question": "Hvilken utdanning har de som bor her?",
        "question_en": "What education do the people who live here have?",
        "unit": "prosent av alle fra 16 år",
        "unit_en": "per cent of everyone aged 16 and over",
        "is_percent": True,
        "decimals": 1,
        "chart_kind": "bars",
        "keeps_order": True,
        "conclusion": (
            "Eksempel: Nær fire av ti har utdanning fra høgskole eller universitet, og én av tjue fra "
            "fagskole."
        ),
        "conclusion_en": (
            "Example: Nearly four in ten have a university or college degree, and one in twenty a "
            "vocational college degree."
        ),
        "concluded_period": "2024",
        "source_name": _SSB,
        "source_url": f"{_TABLE}09429",
        "table_id": "09429",
        "query": {
            "valueCodes": {
                "Region": "3303",
                "Nivaa": "01,02a,11,03a,04a,09a",
                "Kjonn": "0",
                "ContentsCode": "PersonerProsent",
                "Tid": "top(1)",
            }
        },
        "series_dimension": "Nivaa",
        "main": "04a",
    },
    "boliger": {
        "title": "Boliger etter type",
        "title_en": "Homes by type",
        "question": "Hva slags boliger finnes det, og hva bygges?",
        "question_en": "What kinds of homes are there, and what is being built?",
        "unit": "boliger",
        "unit_en": "homes",
        "chart_kind": "bars",
        "conclusion": (
            "Eksempel: Over halvparten av boligene er eneboliger, men det er blokkleilighetene som "
            "blir flere."
        ),
        "conclusion_en": (
            "Example: More than half of all homes are detached houses, but it is flats that are "
            "growing in number."
        ),
        "concluded_period": "2025",
        "source_name": _SSB,
        "source_url": f"{_TABLE}06265",
        "table_id": "06265",
        "query": {
            "valueCodes": {
                "Region": "K-3303",
                "BygnType": "*",
                "ContentsCode": "Boliger",
                "Tid": "top(5)",
            },
            "codelist": {"Region": "agg_KommSummer"},
        },
        "series_dimension": "BygnType",
        "main": "04",
    },
}

LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "folketall-kvartal": {"alle": ("Folketall ved kvartalets slutt", "Population at quarter end")},
    "innpendling": {
        name: (label, label)
        for name, label in {
            "3301": "Drammen",
            "3314": "Øvre Eiker",
            "4005": "Notodden",
            "3334": "Flesberg",
            "3909": "Larvik",
            "0301": "Oslo",
        }.items()
    },
    "utdanningsniva": {
        "01": ("Grunnskole", "Lower secondary"),
        "02a": ("Videregående", "Upper secondary"),
        "11": ("Fagskole", "Vocational college"),
        "03a": ("Universitet og høgskole, kort", "University, short"),
        "04a": ("Universitet og høgskole, lang", "University, long"),
        "09a": ("Uoppgitt eller ingen", "Not stated or none"),
    },
    "boliger": {
        "01": ("Enebolig", "Detached house"),
        "02": ("Tomannsbolig", "Semi-detached house"),
        "03": ("Rekkehus og småhus", "Terraced and small houses"),
        "04": ("Boligblokk", "Block of flats"),
        "05": ("Bofellesskap", "Shared housing"),
        "999": ("Andre", "Other"),
    },
    "arbeidsplasser": {
        "01-03": ("Jordbruk, skogbruk, fiske", "Farming, forestry, fishing"),
        "05-09": ("Bergverk og utvinning", "Mining"),
        "10-33": ("Industri", "Manufacturing"),
        "35-39": ("Strøm, vann, renovasjon", "Power, water, waste"),
        "41-43": ("Bygg og anlegg", "Construction"),
        "45-47": ("Varehandel", "Retail and wholesale"),
        "49-53": ("Transport og lagring", "Transport and storage"),
        "55-56": ("Overnatting og servering", "Hotels and restaurants"),
        "58-63": ("Informasjon og kommunikasjon", "Information and communication"),
        "64-66": ("Finans og forsikring", "Finance and insurance"),
        "68-75": ("Teknisk tjenesteyting, eiendom", "Technical services, property"),
        "77-82": ("Forretningstjenester", "Business services"),
        "84": ("Offentlig administrasjon", "Public administration"),
        "85": ("Undervisning", "Education"),
        "86-88": ("Helse og omsorg", "Health and care"),
        "90-99": ("Personlige tjenester", "Personal services"),
    },
}

_NHO = {
    "publisher": "NHO",
    "index_name": "Kommune-NM",
    "source_name": "Kongsberg Næringsforum om NHOs Kommune-NM 2022",
}
_NO_N = "Kilden oppgir ikke hvor mange kommuner som er med."
_NO_N_EN = "The source does not say how many municipalities take part."
RANKINGS: list[dict[str, Any]] = [
    {
        **_NHO,
        "theme": "kompetanse",
        "sub_index": "Kompetanse",
        "sub_index_en": "Skills",
        "year": year,
        "scope": "nation",
        "scope_name": "Norge",
        "scope_name_en": "Norway",
        "rank": 1,
        "of_n": 356,
    }
    for year in (2021, 2022)
] + [
    {
        **_NHO,
        "theme": "naringsattraktivitet",
        "sub_index": "Næringsattraktivitet samlet",
        "sub_index_en": "Overall business attractiveness",
        "year": 2022,
        "scope": "nation",
        "scope_name": "Norge",
        "scope_name_en": "Norway",
        "rank": 8,
        "of_n": 356,
    },
    {
        **_NHO,
        "theme": "naringsattraktivitet",
        "sub_index": "Næringsattraktivitet samlet",
        "sub_index_en": "Overall business attractiveness",
        "year": 2022,
        "scope": "county",
        "scope_name": "Viken",
        "rank": 2,
        "note": _NO_N,
        "note_en": _NO_N_EN,
    },
]

SURVEYS: list[dict[str, Any]] = [
    {
        "slug": "nye-i-kongsberg",
        "title": "Eksempel: Hva trengte du da du flyttet hit?",
        "title_en": "Example: What did you need when you moved here?",
        "asked_whom": "Personer over 18 år som flyttet til Kongsberg de siste to årene",
        "asked_whom_en": "People over 18 who moved to Kongsberg in the last two years",
        "invited": 640,
        "responses": 231,
        "findings": (
            "Jobben var grunnen for de fleste. Det som tok lengst tid, var å finne bolig og å bli kjent "
            "med folk utenfor jobben. Fire av ti har en partner som fortsatt leter etter arbeid."
        ),
        "findings_en": (
            "A job was the reason for most. What took longest was finding a home and getting to know "
            "people outside work. Four in ten have a partner who is still looking for a job."
        ),
        "is_example": True,
        "began_days_ago": 120,
        "ended_days_ago": 92,
    },
    {
        "slug": "kompetansebehov-smb",
        "title": "Eksempel: Kompetansen små og mellomstore bedrifter mangler",
        "title_en": "Example: The skills that small and medium-sized companies lack",
        "asked_whom": "Daglige ledere i bedrifter med 5–50 ansatte",
        "asked_whom_en": "Managers of companies with 5–50 employees",
        "invited": 180,
        "responses": 74,
        "findings": (
            "Tre av fire har lett etter folk det siste året uten å få dem de ville ha. Produksjonsledelse, "
            "automasjon og IT-sikkerhet nevnes oftest. Kurs på kveldstid er lettest å få folk med på."
        ),
        "findings_en": (
            "Three in four have looked for people in the last year without getting those they wanted. "
            "Production management, automation and IT security are named most often. Evening courses "
            "are the easiest to get people to join."
        ),
        "is_example": True,
        "began_days_ago": 60,
        "ended_days_ago": 38,
    },
]

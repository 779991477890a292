"""What the demo content says, in both languages. Places without the mark "Eksempel" are real."""

from typing import Any

PLACES: list[dict[str, Any]] = [
    {
        "slug": "biblioteket-i-krona",
        "name": "Biblioteket i Krona",
        "name_en": "The library in Krona",
        "kind": "sosialt",
        "for_whom": "Alle som vil lese, jobbe eller bare sitte et sted der det er folk",
        "for_whom_en": "Anyone who wants to read, work or just sit where there are people",
        "about": (
            "Kongsberg bibliotek ligger i kunnskaps- og kultursenteret Krona, i samme hus som "
            "universitetet, fagskolen og kinoen. Her sitter studenter med PC-en, småbarnsforeldre i "
            "barneavdelingen og de som nettopp har flyttet hit og vil ut av leiligheten.\n\n"
            "Du trenger ikke kjøpe noe, og du trenger ikke ha en grunn."
        ),
        "about_en": (
            "Kongsberg library is in Krona, the town's centre for knowledge and culture, in the same "
            "building as the university, the vocational college and the cinema. Students sit here with "
            "their laptops, parents with small children, and those who have just moved here and want to "
            "get out of the flat.\n\n"
            "You do not have to buy anything, and you do not need a reason."
        ),
        "where_text": "Krona, Kongsberg sentrum",
        "where_text_en": "Krona, Kongsberg town centre",
        "when_text": "Se åpningstidene hos biblioteket",
        "when_text_en": "See the library's opening hours",
        "is_free": True,
        "language": "begge",
    },
    {
        "slug": "krona-kino",
        "name": "Kinoen i Krona",
        "name_en": "The cinema in Krona",
        "kind": "kultur",
        "for_whom": "Filmfolk, kjærestepar og kollegaer som er lei av å snakke om jobben",
        "for_whom_en": "Film lovers, couples, and colleagues tired of talking about work",
        "about": (
            "Kinoen ligger midt i Krona. Gå rett fra lesesalen eller kontoret, og ta diskusjonen i "
            "foajeen etterpå."
        ),
        "about_en": (
            "The cinema is in the middle of Krona. Come straight from the reading room or the office, "
            "and have the discussion in the foyer afterwards."
        ),
        "where_text": "Krona, Kongsberg sentrum",
        "where_text_en": "Krona, Kongsberg town centre",
        "cost_text": "Kinobillett",
        "cost_text_en": "Cinema ticket",
        "language": "begge",
    },
    {
        "slug": "campus-kongsberg",
        "name": "Campus i Krona",
        "name_en": "The campus in Krona",
        "kind": "faglig",
        "for_whom": "Studenter ved USN og fagskolen, og alle som vurderer å begynne",
        "for_whom_en": "Students at USN and the vocational college, and anyone thinking of starting",
        "about": (
            "Universitetet i Sørøst-Norge og fagskolen har rom vegg i vegg her, og industrien er en "
            "sykkeltur unna. Kom innom før du søker: Det er lettere å velge studium når du har sett "
            "hvor du skal sitte."
        ),
        "about_en": (
            "The University of South-Eastern Norway and the vocational college are next door to each "
            "other here, and industry is a bike ride away. Drop in before you apply: it is easier to "
            "choose a programme when you have seen where you will sit."
        ),
        "where_text": "Krona, Kongsberg sentrum",
        "where_text_en": "Krona, Kongsberg town centre",
        "is_free": True,
        "language": "begge",
    },
    {
        "slug": "jonsknuten",
        "name": "Jonsknuten",
        "name_en": "Mount Jonsknuten",
        "kind": "sport",
        "for_whom": "Deg som vil opp og se hvor du har flyttet",
        "for_whom_en": "You who want to get up high and see where you have moved",
        "about": (
            "Kongsbergs høyeste punkt, 903,9 meter over havet. Derfra ser du byen, dalen og resten av "
            "livet på passe avstand. Ta med en kollega du ikke kjenner så godt ennå."
        ),
        "about_en": (
            "Kongsberg's highest point, 903.9 metres above the sea. From there you see the town, the "
            "valley and the rest of life at a comfortable distance. Bring a colleague you do not know "
            "that well yet."
        ),
        "where_text": "Knutefjell, vest for byen",
        "where_text_en": "Knutefjell, west of town",
        "when_text": "Hele året",
        "when_text_en": "All year",
        "is_free": True,
        "language": "begge",
    },
    {
        "slug": "kongsberg-skisenter",
        "name": "Kongsberg skisenter og Funkelia",
        "name_en": "Kongsberg ski centre and Funkelia",
        "kind": "sport",
        "for_whom": "Nybegynnere, kveldskjørere og de som bare vil ha vafler",
        "for_whom_en": "Beginners, evening skiers and those who only come for the waffles",
        "about": (
            "Bakken ligger så nær at du rekker den etter jobb. Spør på jobben om noen skal opp; det skal "
            "det alltid."
        ),
        "about_en": (
            "The slope is close enough to reach after work. Ask at work whether anyone is going up; "
            "someone always is."
        ),
        "where_text": "Funkelia",
        "when_text": "Vintersesongen",
        "when_text_en": "The winter season",
        "cost_text": "Heiskort",
        "cost_text_en": "Lift pass",
        "language": "begge",
    },
    {
        "slug": "bergverksmuseet",
        "name": "Norsk Bergverksmuseum",
        "name_en": "The Norwegian Mining Museum",
        "kind": "kultur",
        "for_whom": "Deg som vil vite hvorfor det ligger en by her",
        "for_whom_en": "You who want to know why there is a town here",
        "about": (
            "Sølvet ble funnet i 1623, byen grunnlagt året etter, og gruvene drevet til 1957. Ta med "
            "dem som kommer på besøk: Etterpå forstår de hvorfor det er så mye teknologi i en så liten by."
        ),
        "about_en": (
            "The silver was found in 1623, the town founded the year after, and the mines worked until "
            "1957. Bring your visitors: afterwards they understand why there is so much technology in "
            "such a small town."
        ),
        "where_text": "Kongsberg sentrum",
        "where_text_en": "Kongsberg town centre",
        "cost_text": "Museumsbillett",
        "cost_text_en": "Museum ticket",
        "language": "begge",
    },
    {
        "slug": "kongsberg-jazzfestival",
        "name": "Kongsberg Jazzfestival",
        "kind": "kultur",
        "for_whom": "Alle som er i byen den første uka i juli",
        "for_whom_en": "Everyone in town in the first week of July",
        "about": (
            "Siden 1960-tallet har byen vært full av jazz tidlig i juli. Noen kommer for konsertene, "
            "andre for at hele byen er ute samtidig."
        ),
        "about_en": (
            "Since the 1960s the town has been full of jazz in early July. Some come for the concerts, "
            "others because the whole town is out at the same time."
        ),
        "where_text": "Flere scener i sentrum",
        "where_text_en": "Several stages in the town centre",
        "when_text": "Tidlig i juli",
        "when_text_en": "Early July",
        "cost_text": "Billett til konsertene",
        "cost_text_en": "Tickets for the concerts",
        "language": "begge",
    },
    {
        "slug": "eksempel-sprakkafe",
        "name": "Eksempel: Språkkafé",
        "name_en": "Example: Language café",
        "kind": "sosialt",
        "for_whom": "Deg som lærer norsk, og deg som har litt norsk å gi bort",
        "for_whom_en": "You who are learning Norwegian, and you who have some Norwegian to spare",
        "about": "Kaffe, småprat og ingen lekser. Hver tirsdag blander vi bordene på nytt.",
        "about_en": "Coffee, small talk and no homework. Every Tuesday we mix the tables anew.",
        "where_text": "Krona",
        "when_text": "Tirsdager kl. 17.30",
        "when_text_en": "Tuesdays at 17:30",
        "is_free": True,
        "language": "begge",
        "is_example": True,
    },
    {
        "slug": "eksempel-torsdagsquiz",
        "name": "Eksempel: Torsdagsquiz for nye i byen",
        "name_en": "Example: Thursday quiz for newcomers",
        "kind": "sosialt",
        "for_whom": "Deg som har bodd her under to år",
        "for_whom_en": "You who have lived here for less than two years",
        "about": "Kom alene. Lagene settes sammen i døra, så ingen har venner med seg fra før.",
        "about_en": "Come alone. Teams are made up at the door, so nobody brings friends.",
        "where_text": "Et serveringssted i sentrum",
        "where_text_en": "A pub in the town centre",
        "when_text": "Første torsdag i måneden kl. 19.00",
        "when_text_en": "First Thursday of the month at 19:00",
        "cost_text": "Det du drikker",
        "cost_text_en": "What you drink",
        "language": "engelsk",
        "is_example": True,
    },
    {
        "slug": "eksempel-fagkveld",
        "name": "Eksempel: Fagkveld for unge i industrien",
        "name_en": "Example: Tech evening for young professionals",
        "kind": "faglig",
        "for_whom": "Unge ansatte i alle bedrifter, og studenter som vil bli det",
        "for_whom_en": "Young employees of any company, and students who want to become one",
        "about": "To korte innlegg om noe som ikke virket, og hva vi lærte. Pizza etterpå.",
        "about_en": "Two short talks about something that did not work, and what we learned. Then pizza.",
        "where_text": "Kongsberg Teknologipark",
        "when_text": "Annenhver måned",
        "when_text_en": "Every other month",
        "is_free": True,
        "language": "engelsk",
        "is_example": True,
    },
]

SCHEME: dict[str, Any] = {
    "title": "Eksempel: Mentor i Kongsberg, neste runde",
    "title_en": "Example: Mentor in Kongsberg, next round",
    "slug": "neste-runde",
    "about": (
        "For unge ansatte og studenter som vil ha en å snakke med utenfor egen arbeidsplass. Vi regner "
        "med fem samtaler på et halvt år."
    ),
    "about_en": (
        "For young employees and students who want someone to talk to outside their own workplace. We "
        "expect five talks in half a year."
    ),
    "max_mentees_per_mentor": 2,
}

MENTORS: list[dict[str, Any]] = [
    {
        "name": "Eksempel Ask",
        "workplace": "Eksempel Teknologi AS",
        "field": "engineering",
        "languages": ["nb", "en"],
        "topics": ["career", "leadership", "first-job"],
        "capacity": 2,
        "about": "Har ledet prosjekter i tjue år og gjort de fleste feilene selv.",
    },
    {
        "name": "Eksempel Bjørk",
        "workplace": "Eksempel kommune",
        "field": "health",
        "languages": ["nb", "pl"],
        "topics": ["norwegian", "network", "first-job"],
        "capacity": 1,
        "about": "Flyttet hit som sykepleier og kjente ingen.",
    },
    {
        "name": "Eksempel Gran",
        "workplace": "Eksempel Sikkerhet AS",
        "field": "ict",
        "languages": ["en", "de"],
        "topics": ["studies", "career", "startup"],
        "capacity": 2,
        "about": "Tok mastergraden ved siden av jobben.",
    },
]

MENTEES: list[dict[str, Any]] = [
    {
        "name": "Eksempel Lønn",
        "workplace": "Eksempel Maskin AS",
        "field": "engineering",
        "languages": ["nb", "en"],
        "topics": ["first-job", "career"],
        "wishes": "Vil vite hvordan man sier nei uten å virke vrang.",
    },
    {
        "name": "Eksempel Osp",
        "workplace": "Eksempel universitet",
        "field": "ict",
        "languages": ["en"],
        "topics": ["studies", "startup"],
        "wishes": "Lurer på om jeg skal ta en master eller begynne å jobbe.",
    },
    {
        "name": "Eksempel Rogn",
        "workplace": "Eksempel Omsorg AS",
        "field": "health",
        "languages": ["pl", "nb"],
        "topics": ["norwegian", "network"],
        "wishes": "Vil bli tryggere i norsk på jobb.",
    },
    {
        "name": "Eksempel Selje",
        "workplace": "Eksempel Teknologi AS",
        "field": "engineering",
        "languages": ["nb"],
        "topics": ["leadership"],
        "wishes": "Skal lede for første gang.",
    },
]

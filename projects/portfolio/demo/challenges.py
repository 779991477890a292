"""The four challenges, told in our own words after the programme's own presentation of them."""

CHALLENGES = [
    {
        "number": 1,
        "slug": "folk",
        "title": "Flere folk, og flere som blir",
        "title_en": "More people, and more who stay",
        "summary": "Bedriftene har oppdrag for årene som kommer, men mangler hender og hoder. Byen trenger flere innbyggere, og boliger til dem.",
        "summary_en": "The companies have work for years to come, but too few hands and heads. The town needs more residents, and homes for them.",
    },
    {
        "number": 2,
        "slug": "kompetanse",
        "title": "Kompetansen vi mangler",
        "title_en": "The skills we lack",
        "summary": "Det er et gap mellom det industrien i regionen trenger å kunne, og det som blir utdannet. Gapet skal tettes med studier, kurs og folk som flytter hit.",
        "summary_en": "There is a gap between what industry in the region needs to know and what is taught. Studies, courses and newcomers are to close it.",
    },
    {
        "number": 3,
        "slug": "arbeidsmarked",
        "title": "Et bredere arbeidsmarked",
        "title_en": "A wider labour market",
        "summary": "Mange flytter to og to. Da må det finnes arbeid også utenfor industrien, i handel, kultur, helse, skole og nye bedrifter.",
        "summary_en": "Many move as couples. So there must be work outside industry too: in trade, culture, health, schools and new companies.",
    },
    {
        "number": 4,
        "slug": "bymiljo",
        "title": "En by det er godt å være i",
        "title_en": "A town that is good to be in",
        "summary": "Et levende sentrum, noe å gjøre om kvelden, gode byrom og en enkel vei hit. Det avgjør om folk velger Kongsberg, og om de blir.",
        "summary_en": "A lively centre, something to do in the evening, good public spaces and an easy way here. That decides whether people choose Kongsberg, and whether they stay.",
    },
]

"""Studies, needs and grant rounds of an empty portal. What is invented says "Eksempel"."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from members.accounts.models import User
from members.companies.models import Company
from projects.kompetanse.demo_texts import NEEDS, PROGRAMMES, PROVIDERS, ProgrammeText
from projects.kompetanse.models import (
    Application,
    ApplicationState,
    Award,
    BoardMember,
    Certainty,
    CompetenceNeed,
    CourseRun,
    GrantRound,
    GrantVote,
    Party,
    Provider,
    RoundState,
    StudyProgramme,
    SurveyRound,
    TargetGroup,
    Vote,
)

OSLO = ZoneInfo("Europe/Oslo")


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write what is missing of programmes, survey rounds and grant rounds."""
    providers = {
        text.slug: Provider.objects.get_or_create(
            slug=text.slug,
            defaults={
                "name": text.name,
                "short_name": text.short_name,
                "url": text.url,
                "about": text.about,
            },
        )[0]
        for text in PROVIDERS
    }
    for text in PROGRAMMES:
        _programme(text, providers[text.provider], at=at)
    _needs(at=at)
    _round_of_2020()
    _open_round(at=at)


def _programme(text: ProgrammeText, provider: Provider, *, at: datetime.datetime) -> None:
    today = timezone.localdate(at)
    starts_on = deadline_on = None
    if text.starts_in_days is not None:
        starts_on = today + datetime.timedelta(days=text.starts_in_days)
        deadline_on = starts_on - datetime.timedelta(days=14)
    programme, created = StudyProgramme.objects.get_or_create(
        slug=text.slug,
        defaults={
            "title_nb": text.title,
            "title_en": text.title_en,
            "description_nb": text.nb,
            "description_en": text.en,
            "provider": provider,
            "level": text.level,
            "field": text.field,
            "form": text.form,
            "language": text.language,
            "credits": None if text.credits is None else Decimal(text.credits),
            "nkr_level": text.nkr_level,
            "seats": text.seats,
            "cost_nok": text.cost_nok,
            "starts_on": starts_on,
            "deadline_on": deadline_on,
            "url": text.url,
            "source": text.source,
            # Long enough ago to be no news of this week.
            "published_at": at - datetime.timedelta(days=60),
        },
    )
    if created and starts_on is not None:
        for weeks in (0, 26):
            first_day = starts_on + datetime.timedelta(weeks=weeks)
            CourseRun.objects.create(
                programme=programme,
                starts_on=first_day,
                ends_on=first_day + datetime.timedelta(days=42),
                deadline_on=first_day - datetime.timedelta(days=14),
                seats=text.seats,
            )


def _needs(*, at: datetime.datetime) -> None:
    today = timezone.localdate(at)
    finished, created = SurveyRound.objects.get_or_create(
        title="Eksempel: Behovsrunde 1",
        defaults={
            "opens_on": today - datetime.timedelta(days=150),
            "closes_on": today - datetime.timedelta(days=90),
            "published_at": at - datetime.timedelta(days=60),
        },
    )
    SurveyRound.objects.get_or_create(
        title="Eksempel: Behovsrunde 2",
        defaults={
            "opens_on": today - datetime.timedelta(days=10),
            "closes_on": today + datetime.timedelta(days=50),
        },
    )
    if not created:
        return
    companies = Company.objects.in_bulk(list(NEEDS), field_name="slug")
    for slug, needs in NEEDS.items():
        for field, level, skill, people, years in needs:
            CompetenceNeed.objects.create(
                survey_round=finished,
                company=companies[slug],
                field=field,
                level=level,
                skill=skill,
                headcount=people,
                needed_by_year=today.year + years,
                certainty=Certainty.SURE if years == 1 else Certainty.LIKELY,
                reported_at=at - datetime.timedelta(days=100),
            )


def _round_of_2020() -> None:
    """
    Write the round that the portal was asked to be able to run, as far as it is known.

    Source: Elektronikknett, "10 millioner kroner til kompetanseløft", 2020.
    """
    GrantRound.objects.get_or_create(
        slug="kompetanseloft-2020",
        defaults={
            "title": "Kompetanseløft 2020: industriell digitalisering",
            "summary": "Ti millioner kroner til opplæring da pandemien og oljeprisen traff industrien.",
            "text": "Da ordrene ble borte i 2020, fikk industrien i Kongsberg ti millioner kroner til "
            "opplæring. Pengene skulle gå til kurs både for dem som var permittert eller hadde mistet "
            "jobben, og for dem som fortsatt var i arbeid.\n\nIndustrien og partene i arbeidslivet "
            "skulle sammen bestemme hva det skulle undervises i, og hvem som skulle gå først. Planen var "
            "at fagskoler og universitet laget korte tilbud som kunne starte på nyåret 2021.",
            "priorities": "Industriell digitalisering\nKorte tilbud på alle utdanningsnivåer\n"
            "Bedrifter som er hardest rammet",
            "frame_nok": 10_000_000,
            "closes_at": datetime.datetime(2020, 12, 31, 23, 59, tzinfo=OSLO),
            "state": RoundState.DECIDED,
            "decided_elsewhere": True,
            "source": "Elektronikknett, 2020",
            "published_at": datetime.datetime(2020, 12, 31, tzinfo=OSLO),
        },
    )


# slug of the applicant, course, words, target group, people, amount, votes of the three parties.
_APPLICATIONS = [
    (
        "eksempel-presisjon",
        "Robotcelle fra A til Å",
        "Operatører lærer å stille om en robotcelle selv, i stedet for å vente på leverandøren.",
        TargetGroup.EMPLOYED,
        24,
        640_000,
        (Vote.YES, Vote.YES, Vote.YES),
    ),
    (
        "eksempel-undervann",
        "Tilbake i faget",
        "Fem uker for mekanikere som er uten arbeid, med praksis i bedriften de to siste ukene.",
        TargetGroup.UNEMPLOYED,
        12,
        480_000,
        (Vote.YES, Vote.YES, Vote.NO),
    ),
    (
        "eksempel-cyber",
        "Sikre styringssystemer",
        "Tre dager om nettverk i produksjon, for dem som drifter dem til daglig.",
        TargetGroup.EMPLOYED,
        30,
        390_000,
        (Vote.YES, Vote.CONFLICTED, Vote.ABSTAIN),
    ),
    (
        "eksempel-automasjon",
        "Produksjonsledelse for arbeidsledere",
        "Modulbasert opplæring over et halvt år, en dag hver tredje uke.",
        TargetGroup.EMPLOYED,
        18,
        720_000,
        (),
    ),
    (
        "eksempel-hotell",
        "Digital gjestekalender",
        "Kurs i et bookingsystem.",
        TargetGroup.LAID_OFF,
        6,
        85_000,
        (Vote.NO, Vote.NO, Vote.ABSTAIN),
    ),
]


def _open_round(*, at: datetime.datetime) -> None:
    grant_round, created = GrantRound.objects.get_or_create(
        slug="eksempel-cyber-og-produksjonsledelse",
        defaults={
            "title": "Eksempel: Cyber og produksjonsledelse",
            "summary": "Oppdiktet runde: tre millioner kroner til kurs bedriftene lager sammen med skolene.",
            "text": "Eksempel: Bedrifter i Kongsberg kan søke om penger til opplæring i cybersikkerhet og "
            "produksjonsledelse. Søknadene vurderes etter hvert som de kommer inn.\n\nDet teller at "
            "flere bedrifter går sammen, og at de som står uten jobb, får plass.",
            "priorities": "Cybersikkerhet i produksjon\nProduksjonsledelse på alle nivåer\n"
            "Plasser til permitterte og ledige",
            "frame_nok": 3_000_000,
            "opens_at": at - datetime.timedelta(days=20),
            "closes_at": timezone.localtime(at + datetime.timedelta(days=40)).replace(
                hour=23, minute=59, second=0, microsecond=0
            ),
            "state": RoundState.OPEN,
            "source": "Oppdiktet for å vise hvordan en runde ser ut",
            "published_at": at - datetime.timedelta(days=25),
        },
    )
    if not created:
        return
    board = [_board_member(party, at=at) for party in Party]
    companies = Company.objects.in_bulk([row[0] for row in _APPLICATIONS], field_name="slug")
    for number, (slug, title, words, group, people, amount, votes) in enumerate(_APPLICATIONS):
        application = Application.objects.create(
            grant_round=grant_round,
            company=companies[slug],
            orgnr=companies[slug].orgnr,
            organisation=companies[slug].name,
            amount_nok=amount,
            course_title=f"Eksempel: {title}",
            course_description=words,
            target_group=group,
            headcount=people,
            contact_name="Eksempel Kontakt",
            contact_email="kontakt@example.no",
            submitted_at=at - datetime.timedelta(days=15 - number),
            state=ApplicationState.REVIEW if votes else ApplicationState.SUBMITTED,
        )
        _votes(application, board, votes, at=at)


def _board_member(party: Party, *, at: datetime.datetime) -> BoardMember:
    email = f"{party.value}@eksempel.no"
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, first_name=str(party.label), last_name="(Eksempel)", date_joined=at
    )
    return BoardMember.objects.get_or_create(
        user=user, defaults={"party": party, "since_date": datetime.date(2025, 1, 1)}
    )[0]


def _votes(
    application: Application,
    board: list[BoardMember],
    votes: tuple[Vote, ...],
    *,
    at: datetime.datetime,
) -> None:
    """Write the votes, and the award of those with two that say yes; no mail goes to invented people."""
    for member, vote in zip(board, votes, strict=False):
        GrantVote.objects.create(
            application=application,
            party=member.party,
            voter=member.user,
            vote=vote,
            declared_conflict=vote == Vote.CONFLICTED,
            cast_at=at - datetime.timedelta(days=3),
        )
    if list(votes).count(Vote.YES) < 2:
        return
    amount = application.amount_nok * 9 // 10
    Award.objects.create(
        application=application,
        applied_nok=application.amount_nok,
        amount_nok=amount,
        conditions="Eksempel: Minst to bedrifter deltar.",
        awarded_at=at - datetime.timedelta(days=2),
    )
    GrantRound.objects.filter(pk=application.grant_round_id).update(
        granted_nok=F("granted_nok") + amount
    )
    application.state = ApplicationState.GRANTED
    application.decided_at = at - datetime.timedelta(days=2)
    application.save(update_fields=["state", "decided_at"])

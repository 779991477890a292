"""What example readers have chosen, a welcome series, and the mail that came of it; all marked as examples."""

import datetime

from django.db import transaction

from members.mailings import digest, welcome
from members.mailings.models import (
    Audience,
    BlockKind,
    Delivery,
    DeliveryState,
    DigestEdition,
    Frequency,
    MailKind,
    Subscriber,
    WelcomeMail,
)

CHOICES: dict[str, dict[str, object]] = {
    "eksempel.student@example.no": {
        "audiences": [Audience.STUDENTS, Audience.YOUNG],
        "frequency": Frequency.WEEKLY,
    },
    "eksempel.ingenior@example.no": {"audiences": [Audience.WOMEN], "language": "en"},
    "eksempel.nyinnflytter@example.no": {"frequency": Frequency.WEEKLY},
    "eksempel.pendler@example.no": {"frequency": Frequency.MONTHLY},
}
NEWCOMER = "eksempel.nyinnflytter@example.no"
_NOTE = "<p><em>Eksempel. Redaksjonen skriver sin egen tekst.</em></p>"
_NOTE_EN = "<p><em>Example. The editors write their own text.</em></p>"
# Days, subject, text, live parts, subject and text in English.
SERIES: list[tuple[int, str, str, list[BlockKind], str, str]] = [
    (
        0,
        "Velkommen til Kongsberg",
        "<p>Hyggelig at du er her! De neste ukene får du tre korte e-poster som hjelper deg i gang.</p>"
        "<h3>Begynn her</h3><ul>"
        '<li><a href="/bolig/">Finn et sted å bo</a></li>'
        '<li><a href="/samferdsel/">Kom deg rundt med buss og tog</a></li>'
        '<li><a href="/steder/">Kafeer, møteplasser og åpningstider</a></li></ul>'
        "<p>Under ser du hva som skjer i byen akkurat nå.</p>",
        [BlockKind.EVENTS],
        "Welcome to Kongsberg",
        "<p>Good to have you here! Over the next weeks you get three short e-mails to help you settle.</p>"
        "<h3>Start here</h3><ul>"
        '<li><a href="/en/bolig/">Find a place to live</a></li>'
        '<li><a href="/en/samferdsel/">Get around by bus and train</a></li>'
        '<li><a href="/en/steder/">Cafés, meeting places and opening hours</a></li></ul>'
        "<p>Below you see what is on in town right now.</p>",
    ),
    (
        7,
        "Bli kjent med folk",
        "<p>Den første uka er over. Nå er det en fin tid for å treffe noen.</p><ul>"
        '<li><a href="/ung/">Møteplasser for unge voksne</a></li>'
        '<li><a href="/ung/mentor/">Mentorordningen: få en som kjenner byen</a></li>'
        '<li><a href="/arrangementer/">Alt som skjer</a></li></ul>',
        [BlockKind.EVENTS],
        "Getting to know people",
        "<p>The first week is over. Now is a good time to meet somebody.</p><ul>"
        '<li><a href="/en/ung/">Meeting places for young adults</a></li>'
        '<li><a href="/en/ung/mentor/">The mentor scheme: somebody who knows the town</a></li>'
        '<li><a href="/en/arrangementer/">Everything that is on</a></li></ul>',
    ),
    (
        21,
        "Jobb, studier og veien videre",
        "<p>Kom du hit sammen med en som trenger jobb, eller vil du lære noe nytt? "
        'Se <a href="/studier/">studiene i Kongsberg</a> og stillingene under.</p>'
        "<p>Dette var den siste av de tre. Temaene du har valgt, fortsetter.</p>",
        [BlockKind.JOBS, BlockKind.HOMES],
        "Work, studies and the way ahead",
        "<p>Did you come with somebody who needs a job, or would you like to learn something new? "
        'See <a href="/en/studier/">the studies in Kongsberg</a> and the vacancies below.</p>'
        "<p>This was the last of the three. The topics you chose go on.</p>",
    ),
]


@transaction.atomic
def load(*, at: datetime.datetime) -> None:
    """Write the choices, the series and last Monday's gathered mail, as if sent. The first time only."""
    if WelcomeMail.objects.exists() or DigestEdition.objects.exists():
        return
    for email, choices in CHOICES.items():
        Subscriber.objects.filter(email=email).update(**choices)
    _load_series(at=at)
    monday = digest.due_moment(Frequency.WEEKLY, at=at)
    digest.write_due(at=monday)
    rows = Delivery.objects.filter(kind__in=[MailKind.DIGEST, MailKind.WELCOME])
    for row in rows:
        Delivery.objects.filter(pk=row.pk).update(
            state=DeliveryState.SENT, finished_at=row.created_at
        )


def _load_series(*, at: datetime.datetime) -> None:
    began = at - datetime.timedelta(days=9)
    WelcomeMail.objects.bulk_create(
        WelcomeMail(
            days_after=days,
            title=title,
            text=text + _NOTE,
            parts=parts,
            title_en=title_en,
            text_en=text_en + _NOTE_EN,
            active_since_at=began - datetime.timedelta(days=1),
        )
        for days, title, text, parts, title_en, text_en in SERIES
    )
    newcomer = Subscriber.objects.filter(email=NEWCOMER).first()
    if newcomer is None:
        return
    newcomer.audiences = [Audience.NEWCOMERS]
    newcomer.save(update_fields=["audiences"])
    welcome.follow_choice(newcomer, before=[], source="/nyhetsbrev/", at=began)
    for days in (0, 7):
        welcome.write_due(at=began + datetime.timedelta(days=days))

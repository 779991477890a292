from projects.ung.enrolment import own_url
from tests.access_table import NOT_FOUND, Row
from tests.projects.ung.factories import MeetingPlaceFactory, MenteeFactory, MentorSchemeFactory


def place() -> dict[str, object]:
    return {"slug": MeetingPlaceFactory.create().slug}


def hidden_place() -> dict[str, object]:
    return {"slug": MeetingPlaceFactory.create(published_at=None).slug}


def open_scheme() -> dict[str, object]:
    MentorSchemeFactory.create()
    return {}


def own() -> dict[str, object]:
    return {"token": own_url(MenteeFactory.create()).rstrip("/").rpartition("/")[2]}


ROWS = [
    Row("ung:landing"),
    Row("ung:landing", open_scheme, query="?type=sport&gratis=1&sprak=engelsk"),
    Row("ung:meeting_place_detail", place),
    Row("ung:meeting_place_detail", hidden_place, anonymous=NOT_FOUND),
    Row("ung:mentor_scheme"),
    Row("ung:mentor_scheme", open_scheme),
    Row("ung:become_mentor"),
    Row("ung:become_mentor", open_scheme),
    Row("ung:get_mentor", open_scheme),
    Row("ung:signed_up"),
    Row("ung:own_enrolment", own),
    Row("ung:own_enrolment", {"token": "galt"}, anonymous=NOT_FOUND),
]

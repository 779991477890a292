"""The indexes of events: what each list, filter and job asks for."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

# What lists are narrowed by, and what they hold: events that strangers may find and whose day is set.
# See also `FACETS` in `calendar/filters.py` and `COUNTED` in `calendar/counts.py`.
FACETS = ("topic", "audience", "language", "is_free", "has_room", "venue", "main_project")
LISTED = Q(publication="published", is_unlisted=False, is_date_set=True)

INDEXES = [
    # The public list, the calendar and their counts: every filter is answered inside the
    # index, without reading rows that the filters leave out.
    models.Index(
        "starts_at", "id", "ends_at", *FACETS, name="bypuls_event_listed", condition=LISTED
    ),
    # And from the first column on where a filter leaves few, so that these are found at once.
    *(
        models.Index(
            facet,
            "starts_at",
            "id",
            "ends_at",
            *(other for other in FACETS if other != facet),
            name=f"bypuls_event_by_{facet}",
            condition=LISTED,
        )
        for facet in ("topic", "audience", "main_project", "venue")
    ),
    models.Index(
        "company",
        "starts_at",
        "ends_at",
        "id",
        *FACETS,
        name="bypuls_event_by_company",
        condition=LISTED & Q(company__isnull=False),
    ),
    models.Index(
        "starts_at",
        "ends_at",
        "id",
        *FACETS,
        name="bypuls_event_long",
        condition=LISTED & Q(is_long=True),
    ),
    # What asks for all that is public, whether its day is set or not.
    models.Index(
        "starts_at",
        "id",
        name="bypuls_event_public",
        condition=Q(publication="published", is_unlisted=False),
    ),
    models.Index(
        "published_at",
        name="bypuls_event_undated",
        condition=Q(publication="published", is_unlisted=False, is_date_set=False),
    ),
    models.Index("venue", "starts_at", name="bypuls_event_venue"),
    GinIndex("search", name="bypuls_event_search"),
    # The beat job's questions: whose sign-up is over, and what awaits a decision?
    models.Index(
        "signup_closes_at",
        name="bypuls_event_signup_open",
        condition=Q(takes_signups=True, is_signup_over=False),
    ),
    models.Index("publication", "submitted_at", name="bypuls_event_moderation"),
    models.Index(
        "answer_due_at",
        name="bypuls_event_unanswered",
        condition=Q(publication="submitted"),
    ),
    # The question of each request for a picture: does anybody's page show it?
    models.Index("picture", name="bypuls_event_picture", condition=~Q(picture="")),
    # The open data's question: what has changed for strangers since last time?
    models.Index(
        "changed_at",
        "id",
        name="bypuls_event_changes",
        condition=Q(published_at__isnull=False, is_unlisted=False),
    ),
]

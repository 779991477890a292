"""Fields of events and places that can also be written in English, for newcomers."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from projects.bypuls.models import Event, EventSeries, TransportCase, Venue


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "summary", "description")


@register(EventSeries)
class EventSeriesTranslation(TranslationOptions):
    fields = ("title",)


@register(Venue)
class VenueTranslation(TranslationOptions):
    fields = ("summary", "description")


# History comes after the translations, so that it holds both languages. What the machinery counts by
# itself is left out.
simple_history.register(
    Event,
    app="projects.bypuls",
    excluded_fields=[
        "has_room",
        "search",
        "seats_taken",
        "waiting_taken",
        "queue_counter",
        "is_signup_over",
    ],
)
simple_history.register(Venue, app="projects.bypuls")
simple_history.register(TransportCase, app="projects.bypuls")

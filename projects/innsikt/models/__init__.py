"""What the programme measures itself by: indicators with their figures, rankings, surveys of needs."""

from projects.innsikt.models.indicator import (
    Annotation,
    AnnotationKind,
    ChartKind,
    Fetch,
    FetchOutcome,
    Indicator,
    Observation,
    ObservationStatus,
    Series,
    SeriesKind,
)
from projects.innsikt.models.ranking import Ranking, RankingScope
from projects.innsikt.models.survey import NeedsSurvey

__all__ = [
    "Annotation",
    "AnnotationKind",
    "ChartKind",
    "Fetch",
    "FetchOutcome",
    "Indicator",
    "NeedsSurvey",
    "Observation",
    "ObservationStatus",
    "Ranking",
    "RankingScope",
    "Series",
    "SeriesKind",
]

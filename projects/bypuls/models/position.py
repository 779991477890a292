"""Where something stands on the map: two columns that belong together."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _degrees(label: Any, most: int) -> "models.DecimalField[Any, Any]":
    """Return a column of degrees to about a metre; null where nobody has said."""
    return models.DecimalField(
        label,
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-most), MaxValueValidator(most)],
    )


def latitude_field() -> "models.DecimalField[Any, Any]":
    """Return the column for degrees to the north."""
    return _degrees(_("breddegrad"), 90)


def longitude_field() -> "models.DecimalField[Any, Any]":
    """Return the column for degrees to the east."""
    return _degrees(_("lengdegrad"), 180)


def whole_position(name: str) -> models.CheckConstraint:
    """Return the rule that both columns are filled in, or none."""
    return models.CheckConstraint(
        name=name,
        condition=Q(latitude=None, longitude=None)
        | Q(latitude__isnull=False, longitude__isnull=False),
        violation_error_message=_("Oppgi både breddegrad og lengdegrad, eller ingen."),
    )

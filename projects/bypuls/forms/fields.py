"""Form fields of events."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class MomentWidget(forms.SplitDateTimeWidget):
    """A date and a time of day, each in the browser's own field."""

    def __init__(self) -> None:
        super().__init__(
            date_attrs={"type": "date", "aria-label": _("Dato")},  # type: ignore[dict-item]
            time_attrs={"type": "time", "aria-label": _("Klokkeslett")},  # type: ignore[dict-item]
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )


class MomentField(forms.SplitDateTimeField):
    """A moment in the portal's time zone. An hour that summer time skips or repeats is refused in words."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_date_formats=["%Y-%m-%d"], input_time_formats=["%H:%M", "%H:%M:%S"], **kwargs
        )

    def compress(self, data_list: Any) -> dt.datetime | None:
        """Put date and time together."""
        try:
            moment: dt.datetime | None = super().compress(data_list)
        except ValidationError as error:
            if getattr(error, "code", "") == "ambiguous_timezone":
                raise ValidationError(
                    _(
                        "Klokka stilles denne natta, så tidspunktet finnes ikke eller finnes to ganger. "
                        "Velg et annet klokkeslett."
                    )
                ) from error
            raise
        return moment


class SentPictureInput(forms.ClearableFileInput):
    """The choice of a picture, with the one that is there shown from the address that its sender may open."""

    template_name = "django/forms/widgets/sent_picture.html"
    clear_checkbox_label = _("Ta bort bildet")  # type: ignore[assignment]

    def __init__(self, *, address: str, alt: str) -> None:
        super().__init__()
        self.address = address
        self.alt = alt

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add where the picture is and what it shows."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {"address": self.address, "alt": self.alt}
        return context

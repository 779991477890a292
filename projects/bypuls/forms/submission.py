import datetime as dt

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from projects.bypuls.forms.fields import MomentField, SentPictureInput
from projects.bypuls.models import Event, Venue
from projects.bypuls.models.event import LONGEST
from vekst.uploads import clean_picture

# Nobody plans further; a year like 9999 is a slip of the finger.
FURTHEST = dt.timedelta(days=3 * 365)
# Where an event without a date stands among the others until the date is set.
UNDATED_IN = dt.timedelta(days=182)


class EventSubmissionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody sends in about an event. It is written as Bokmål whatever language the page is in."""

    title_nb = forms.CharField(label=_("Hva heter arrangementet?"), max_length=140)
    summary_nb = forms.CharField(
        label=_("Kort fortalt"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("En eller to setninger som gjør at folk vil komme."),
    )
    description_nb = forms.CharField(
        label=_("Mer om arrangementet"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    is_date_open = forms.BooleanField(
        label=_("Datoen er ikke bestemt ennå"),
        required=False,
        help_text=_(
            "La tidene stå tomme. Folk kan melde interesse, og blir spurt når datoen er satt."
        ),
    )
    date_note = forms.CharField(
        label=_("Omtrent når?"),
        max_length=120,
        required=False,
        help_text=_("Bare når datoen ikke er bestemt, for eksempel «våren 2027»."),
    )
    starts_at = MomentField(label=_("Starter"))
    ends_at = MomentField(label=_("Slutter"))
    is_free = forms.BooleanField(label=_("Det er gratis"), required=False, initial=True)
    takes_signups = forms.BooleanField(
        label=_("Folk skal melde seg på her"),
        required=False,
        help_text=_("Vi holder styr på plasser, venteliste og påminnelser."),
    )
    capacity = forms.IntegerField(
        label=_("Hvor mange er det plass til?"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Tomt betyr ubegrenset."),
        error_messages={
            "min_value": _("Det må være plass til minst én. La feltet stå tomt uten grense."),
            "max_value": _("Så mange er det ikke plass til noe sted i Kongsberg."),
        },
    )
    waiting_list_capacity = forms.IntegerField(
        label=_("Hvor mange kan stå på venteliste?"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Tomt betyr ingen venteliste."),
    )
    submitter_name = forms.CharField(
        label=_("Navnet ditt"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    submitter_email = forms.EmailField(
        label=_("E-posten din"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Vises ikke. Hit sender vi lenken du endrer arrangementet med."),
    )

    field_order = (
        *("title_nb", "summary_nb", "description_nb", "is_date_open", "date_note"),
        *("starts_at", "ends_at"),
    )

    class Meta:
        model = Event
        fields = (
            "title_nb",
            "summary_nb",
            "description_nb",
            "date_note",
            "starts_at",
            "ends_at",
            "venue",
            "place",
            "organiser",
            "topic",
            "audience",
            "language",
            "is_free",
            "price",
            "takes_signups",
            "capacity",
            "waiting_list_capacity",
            "website",
            "contact_email",
            "picture",
            "picture_alt",
            "submitter_name",
            "submitter_email",
        )
        labels = {
            "venue": _("Sted i listen"),
            "place": _("Rom, oppmøtested eller et annet sted"),
            "organiser": _("Hvem arrangerer?"),
            "contact_email": _("E-post som vises for spørsmål"),
            "picture_alt": _("Hva bildet viser"),
        }
        help_texts = {"place": "", "picture_alt": _("For dem som ikke ser det.")}

    def __init__(self, *args: object, at: dt.datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.at = at
        venue = self.fields["venue"]
        assert isinstance(venue, forms.ModelChoiceField)  # noqa: S101
        venue.queryset = Venue.objects.public(at).order_by("name", "pk")
        for name in ("starts_at", "ends_at"):
            self.fields[name].required = not self.data.get("is_date_open")
        self.initial["is_date_open"] = bool(self.instance.pk) and not self.instance.is_date_set

    def clean_picture(self) -> object:
        """Write a new picture anew; keep the one that is there."""
        picture = self.cleaned_data.get("picture")
        return clean_picture(picture) if isinstance(picture, UploadedFile) else picture

    def clean(self) -> dict[str, object]:
        """Say beside the field what the database would refuse."""
        data: dict[str, object] = super().clean() or {}
        self._clean_date(data)
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if isinstance(starts_at, dt.datetime):
            if "starts_at" in self.changed_data and starts_at <= self.at:
                self.add_error("starts_at", _("Arrangementet må være fram i tid."))
            if starts_at > self.at + FURTHEST:
                self.add_error("starts_at", _("Velg en dag i løpet av de neste tre årene."))
            if isinstance(ends_at, dt.datetime):
                self._check_end(starts_at, ends_at)
        if not data.get("venue") and not data.get("place"):
            self.add_error("place", _("Velg et sted, eller skriv hvor det er."))
        if data.get("picture") and not data.get("picture_alt"):
            self.add_error("picture_alt", _("Beskriv bildet for dem som ikke ser det."))
        return data

    def clean_waiting_list_capacity(self) -> int:
        """Nothing typed means no queue."""
        return self.cleaned_data.get("waiting_list_capacity") or 0

    def _clean_date(self, data: dict[str, object]) -> None:
        """Ask for a date, or for roughly when; an open date counts as half a year ahead in lists."""
        self.instance.is_date_set = not data.get("is_date_open")
        if self.instance.is_date_set:
            data["date_note"] = ""
            return
        data["takes_signups"] = True
        if not data.get("date_note"):
            self.add_error("date_note", _("Skriv omtrent når det blir."))
        starts_at = data.get("starts_at")
        if not isinstance(starts_at, dt.datetime) and "starts_at" not in self.errors:
            guess = self.at + UNDATED_IN
            data["starts_at"] = starts_at = guess.replace(minute=0, second=0, microsecond=0)
        if isinstance(starts_at, dt.datetime) and not data.get("ends_at"):
            data["ends_at"] = starts_at + dt.timedelta(hours=2)

    def _check_end(self, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
        if ends_at <= starts_at:
            self.add_error("ends_at", _("Slutten må være etter starten."))
        elif ends_at - starts_at > LONGEST:
            self.add_error("ends_at", _("Et arrangement kan vare i høyst 31 dager."))


class EventChangeForm(EventSubmissionForm):
    """The same, when it is changed by the mailed link: with room for a word to us."""

    message = forms.CharField(
        label=_("Beskjed til oss"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Svar på det vi spurte om, eller fortell hva du har endret."),
    )

    def __init__(self, *args: object, picture_address: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        alt = self.instance.picture_alt
        self.fields["picture"].widget = SentPictureInput(address=picture_address, alt=alt)

"""The field in which a visitor says which member company they work for."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from members.companies.models import Company
from members.companies.orgnr import clean_orgnr, is_valid_orgnr

# The browser's own list grows the page; whoever is not in it may still be typed.
LISTED = 600
NEAR = 3
ALIKE = 0.35
_IN_BRACKETS = re.compile(r"\((\d{9})\)\s*$")
# People leave out the form of the company, which the register writes at the end.
_FORMS = ("", " AS", " ASA", " SA", " DA", " ANS", " KF", " NUF")


class SuggestingInput(forms.TextInput):
    """A text field with the browser's own list of suggestions, which needs no script."""

    template_name = "django/forms/widgets/suggesting.html"
    suggestions: list[tuple[str, str]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list_id"] = f"{widget['attrs'].get('id', name)}_forslag"
        widget["attrs"]["list"] = widget["list_id"]
        widget["suggestions"] = self.suggestions
        return context


class CompanyField(forms.CharField):
    """A member company by name or organisation number. Its value is the `Company`, or None."""

    widget: Any = SuggestingInput

    def __init__(self, *, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.at = at
        # The company that stands there already, also when it is no member any more.
        self.kept: Company | None = None

    def list_members(self) -> None:
        """Suggest the members of today. One query."""
        members = Company.objects.public(at=self.at).order_by("sort_name", "pk")
        rows = list(members.values_list("name", "orgnr")[:LISTED])
        names = [name.casefold() for name, _orgnr in rows]
        self.widget.suggestions = [
            (name if names.count(name.casefold()) == 1 else f"{name} ({orgnr})", orgnr)
            for name, orgnr in rows
        ]

    def clean(self, value: Any) -> Company | None:
        """Find the company. Raises ValidationError with those that the text may have meant."""
        text = " ".join(str(super().clean(value)).split())
        if self.kept is not None and text == self.kept.name:
            return self.kept
        return find_company(text, at=self.at) if text else None


def find_company(text: str, *, at: dt.datetime) -> Company:
    """
    Return the member that the text names: by number, by name, or by name without AS and the like.

    Raises ValidationError when it names none, or two.
    """
    members = Company.objects.public(at=at)
    bracketed = _IN_BRACKETS.search(text)
    orgnr = bracketed.group(1) if bracketed else clean_orgnr(text)
    if re.fullmatch(r"[0-9]{9}", orgnr):
        return _by_number(orgnr, at=at)
    wanted = Q()
    for form in _FORMS:
        wanted |= Q(name__iexact=text + form)
    found = list(members.filter(wanted).order_by("sort_name", "pk")[: NEAR + 1])
    exact = [company for company in found if company.name.casefold() == text.casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise ValidationError(
            _("Flere medlemmer heter det: %(names)s. Skriv organisasjonsnummeret.")
            % {"names": _either([f"{company.name} ({company.orgnr})" for company in found])}
        )
    raise ValidationError(_unknown(text, at=at))


def _by_number(orgnr: str, *, at: dt.datetime) -> Company:
    if not is_valid_orgnr(orgnr):
        raise ValidationError(
            _("%(orgnr)s er ikke et organisasjonsnummer. Sjekk sifrene.") % {"orgnr": orgnr}
        )
    company = Company.objects.public(at=at).filter(orgnr=orgnr).first()
    if company is None:
        raise ValidationError(
            _("Ingen medlemsbedrift har organisasjonsnummeret %(orgnr)s.") % {"orgnr": orgnr}
        )
    return company


def _unknown(text: str, *, at: dt.datetime) -> str:
    near = (
        Company.objects.public(at=at)
        .annotate(likeness=TrigramWordSimilarity(text, "name"))
        .filter(Q(likeness__gte=ALIKE) | Q(name__icontains=text))
        .order_by("-likeness", "sort_name", "pk")
        .values_list("name", flat=True)[:NEAR]
    )
    names = list(near)
    if names:
        return _("Vi finner ingen medlemsbedrift som heter «%(text)s». Mente du %(names)s?") % {
            "text": text,
            "names": _either(names),
        }
    return _("Vi finner ingen medlemsbedrift som heter «%(text)s». Skriv hele navnet.") % {
        "text": text
    }


def _either(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(others)s eller %(last)s") % {"others": ", ".join(names[:-1]), "last": names[-1]}

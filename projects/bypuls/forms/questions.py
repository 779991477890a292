"""The event's own questions as form fields, and the answers as text."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models import Question, QuestionKind

SHORT = 200
LONG = 2000
# Up to so many answers to choose from are seen at once; more fold into a list.
AT_ONCE = 6
YES, NO = "Ja", "Nei"
NOTHING = ("", _("Vil ikke svare"))


def field_name(question: Question) -> str:
    """Return the name that the question's field has in the form."""
    return f"q{question.pk}"


def field_for(question: Question) -> forms.Field:
    """Return the field in which the question is answered, with its purpose below it."""
    about: dict[str, Any] = {
        "label": question.text,
        "required": question.is_required,
        # The organiser's own words, and help texts are printed as they are.
        "help_text": escape(question.purpose),
    }
    if question.kind == QuestionKind.LONG_TEXT:
        return forms.CharField(max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}), **about)
    if question.kind == QuestionKind.CHOICES:
        options = [(option, option) for option in question.choices]
        return forms.MultipleChoiceField(
            choices=options, widget=forms.CheckboxSelectMultiple, **about
        )
    if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        return _choose_one(question, about)
    return forms.CharField(max_length=SHORT, **about)


def _choose_one(question: Question, about: dict[str, Any]) -> forms.Field:
    options: list[tuple[str, Any]] = [(option, option) for option in question.choices]
    if question.kind == QuestionKind.YES_NO:
        options = [(YES, _("Ja")), (NO, _("Nei"))]
    if len(options) > AT_ONCE:
        return forms.ChoiceField(choices=[("", "---------"), *options], **about)
    # A radio button cannot be let go of, so not to answer is one of them.
    rest = [] if question.is_required else [NOTHING]
    return forms.ChoiceField(choices=[*options, *rest], widget=forms.RadioSelect, **about)


def answers_from(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[int, str]:
    """Return what was answered, by the key of the question; several choices one on each line."""
    answers = {}
    for question in questions:
        value = cleaned.get(field_name(question)) or ""
        text = "\n".join(value) if isinstance(value, list) else str(value).strip()
        if text:
            answers[question.pk] = text
    return answers


def initial_from(questions: Iterable[Question], answers: Mapping[int, str]) -> dict[str, Any]:
    """Return what the fields hold when these answers are changed. Answers no longer offered are left out."""
    initial: dict[str, Any] = {}
    for question in questions:
        text = answers.get(question.pk, "")
        several = question.kind == QuestionKind.CHOICES
        initial[field_name(question)] = text.splitlines() if several else text
    return initial

"""What an organiser asks those who sign up, and what they answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event
from projects.bypuls.models.signup import SignUp


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    TEXT = "text", _("Kort tekst")
    LONG_TEXT = "long-text", _("Lang tekst")
    CHOICE = "choice", _("Velg én")
    CHOICES = "choices", _("Velg flere")
    YES_NO = "yes-no", _("Ja eller nei")


class Question(models.Model):
    """One question on the sign-up form of one event. Allergies and company have fields of their own."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="questions", verbose_name=_("arrangement")
    )
    position = models.PositiveSmallIntegerField(_("plass i skjemaet"), default=1)
    kind = models.CharField(
        _("svartype"), max_length=10, choices=QuestionKind, default=QuestionKind.TEXT
    )
    text = models.CharField(_("spørsmål"), max_length=160)
    purpose = models.CharField(
        _("hva svaret brukes til"),
        max_length=160,
        help_text=_("Står under spørsmålet. Den som svarer, har rett til å vite det."),
    )
    options = models.TextField(
        _("svaralternativer"), blank=True, help_text=_("Ett på hver linje, for «velg»-spørsmål.")
    )
    is_required = models.BooleanField(_("må besvares"), default=False)

    class Meta:
        verbose_name = _("spørsmål ved påmelding")
        verbose_name_plural = _("spørsmål ved påmelding")
        constraints = [
            models.CheckConstraint(
                name="bypuls_question_kind_valid",
                condition=Q(kind__in=QuestionKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_question_has_options",
                condition=~Q(kind__in=["choice", "choices"]) | ~Q(options=""),
                violation_error_message=_("Skriv minst ett svaralternativ."),
            ),
            models.UniqueConstraint(
                fields=["event", "text"],
                name="bypuls_question_once",
                violation_error_message=_("Dette spørsmålet står der alt."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def choices(self) -> list[str]:
        """The answers to choose from, in order."""
        return [line.strip() for line in self.options.splitlines() if line.strip()]


class Answer(models.Model):
    """What one party answered to one question. Several choices stand one on each line."""

    signup = models.ForeignKey(
        SignUp, models.CASCADE, related_name="answers", verbose_name=_("påmelding")
    )
    question = models.ForeignKey(
        Question, models.CASCADE, related_name="answers", verbose_name=_("spørsmål")
    )
    text = models.TextField(_("svar"))

    class Meta:
        verbose_name = _("svar")
        verbose_name_plural = _("svar")
        constraints = [
            models.UniqueConstraint(
                fields=["signup", "question"], name="bypuls_answer_once_per_question"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

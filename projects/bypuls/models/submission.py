"""What is said between whoever sent in an event and the office that decides."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.bypuls.models.event import Event


class NoteKind(models.TextChoices):
    """What a line of the conversation about a submission tells."""

    SENT_IN = "sent-in", _("Sendt inn")
    SENT_AGAIN = "sent-again", _("Sendt inn på nytt")
    CHANGES_ASKED = "changes-asked", _("Bedt om endring")
    PUBLISHED = "published", _("Publisert")
    REFUSED = "refused", _("Avslått")
    WITHDRAWN = "withdrawn", _("Trukket")


class SubmissionNote(models.Model):
    """One step of a submission, with what was said; the sender sees all of them behind the link."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="notes", verbose_name=_("arrangement")
    )
    kind = models.CharField(_("hva"), max_length=15, choices=NoteKind)
    text = models.TextField(_("tekst"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("skrevet av"),
    )
    created_at = models.DateTimeField(_("skrevet"))

    class Meta:
        verbose_name = _("svar på innsending")
        verbose_name_plural = _("svar på innsendinger")
        constraints = [
            models.CheckConstraint(
                name="bypuls_submissionnote_kind_valid",
                condition=Q(kind__in=NoteKind.values),
                violation_error_message=_("Velg en av verdiene i listen."),
            ),
            models.CheckConstraint(
                name="bypuls_submissionnote_says_why",
                condition=~Q(kind__in=["changes-asked", "refused"]) | ~Q(text=""),
                violation_error_message=_("Skriv hva som må endres, eller hvorfor det er avslått."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"

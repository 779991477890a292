"""What homes and vacancies share: the moderation, the sender, and the address."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.digital_stemme.models.choices import SubmittedLanguage
from vekst.moderation import ModerationState


class Listing(models.Model):
    """Something offered for a while, looked through by the programme office before strangers see it."""

    slug = models.SlugField(_("adresse"), max_length=100, unique=True, editable=False)
    state = models.CharField(
        _("tilstand"), max_length=20, choices=ModerationState, default=ModerationState.SUBMITTED
    )
    is_example = models.BooleanField(
        _("eksempel"), default=False, help_text=_("Oppdiktet innhold; vises med et merke.")
    )
    submitted_language = models.CharField(
        _("avsenderens språk"),
        max_length=2,
        choices=SubmittedLanguage,
        default=SubmittedLanguage.BOKMAL,
    )
    # The form's own key: the same form sent twice is one listing.
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(
        _("versjon"),
        default=1,
        editable=False,
        help_text=_("Øker hver gang avsenderen endrer noe."),
    )
    moderation_note = models.TextField(
        _("beskjed til avsenderen"), blank=True, help_text=_("Hva som må endres før publisering.")
    )
    submitted_at = models.DateTimeField(_("sendt inn"), null=True, blank=True)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("behandlet av"),
    )
    closed_at = models.DateTimeField(
        _("avsluttet"), null=True, blank=True, help_text=_("Da annonsen utløp eller ble trukket.")
    )
    contact_name = models.CharField(_("kontaktperson"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-post"), blank=True)
    contact_phone = models.CharField(_("telefon"), max_length=30, blank=True)
    show_email = models.BooleanField(_("vis e-postadressen i annonsen"), default=False)
    show_phone = models.BooleanField(_("vis telefonnummeret i annonsen"), default=False)
    created_at = models.DateTimeField(_("opprettet"), auto_now_add=True)
    updated_at = models.DateTimeField(_("endret"), auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_state_valid",
                condition=Q(state__in=ModerationState.values),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_date",
                condition=~Q(state=ModerationState.PUBLISHED) | Q(published_at__isnull=False),
                violation_error_message=_("En publisert annonse må ha publiseringstidspunkt."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_language_valid",
                condition=Q(submitted_language__in=SubmittedLanguage.values),
            ),
        ]

    def __str__(self) -> str:
        return str(getattr(self, "title"))  # noqa: B009 - the concrete models hold it, translated

    @property
    def other_language(self) -> str:
        """
        Return the language of the texts when it is not the page's, else "".

        What was sent in English only stands in both columns, so a Bokmål page has it too.
        """
        page = "en" if (get_language() or "").startswith("en") else "nb"
        english, norwegian = getattr(self, "title_en", ""), getattr(self, "title_nb", "")
        shown = "en" if english and (page == "en" or english == norwegian) else "nb"
        return "" if shown == page else shown

    @property
    def senders_language(self) -> str:
        """Return the language of short words that nobody translates, when it is not the page's."""
        page = "en" if (get_language() or "").startswith("en") else "nb"
        return "" if self.submitted_language == page else self.submitted_language

    @property
    def public_email(self) -> str:
        """The e-mail address, if its owner chose to show it."""
        return self.contact_email if self.show_email else ""

    @property
    def public_phone(self) -> str:
        """The telephone number, if its owner chose to show it."""
        return self.contact_phone if self.show_phone else ""

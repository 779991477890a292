"""Companies, how long they have been members, and who speaks for them here."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.alphabet import norwegian_order
from members.companies.orgnr import OrgnrIsValid, validate_orgnr


class Industry(models.TextChoices):
    """What a company lives by, in the words of the member directory."""

    INDUSTRY = "industri", _("Industri og teknologi")
    CONSTRUCTION = "bygg", _("Bygg, anlegg og eiendom")
    TRADE = "handel", _("Handel")
    HOSPITALITY = "reiseliv", _("Reiseliv, servering og kultur")
    TRANSPORT = "transport", _("Transport og logistikk")
    KNOWLEDGE = "kunnskap", _("Rådgivning, IKT og finans")
    EDUCATION = "utdanning", _("Utdanning og forskning")
    HEALTH = "helse", _("Helse og omsorg")
    PUBLIC = "offentlig", _("Offentlig virksomhet")
    OTHER = "annet", _("Annet")


class RegistryState(models.TextChoices):
    """What the Central Coordinating Register said last about a company."""

    UNKNOWN = "ukjent", _("Ikke hentet")
    ACTIVE = "aktiv", _("Registrert")
    DELETED = "slettet", _("Slettet")
    NOT_FOUND = "ikke-funnet", _("Ikke funnet")
    REMOVED = "fjernet", _("Fjernet av registeret")


class CompanyQuerySet(models.QuerySet["Company"]):
    """Companies, and which of them strangers may see."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Companies with a membership on the local day of `at`: those in the directory."""
        return self.filter(
            Exists(Membership.objects.filter(company=OuterRef("pk")).on(timezone.localdate(at)))
        )

    def issued(self) -> Self:
        """Companies with numbers that the register issues; 2 and 3 first are for tests."""
        return self.filter(orgnr__gte="8")

    def not_attempted_since(self, moment: datetime.datetime) -> Self:
        """Companies whose details nobody asked the register for since `moment`."""
        return self.filter(Q(attempted_at__isnull=True) | Q(attempted_at__lt=moment))


CompanyManager = models.Manager.from_queryset(CompanyQuerySet)


class Company(models.Model):
    """One company, known by its organisation number; a member or not."""

    orgnr = models.CharField(
        _("organisasjonsnummer"), max_length=9, unique=True, validators=[validate_orgnr]
    )
    name = models.CharField(_("navn"), max_length=200)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    description = models.TextField(
        _("om bedriften"), blank=True, help_text=_("Bedriftens egne ord. Vises på profilsiden.")
    )
    website = models.URLField(_("nettsted"), blank=True)
    industry = models.CharField(
        _("bransje"), max_length=20, choices=Industry, default=Industry.OTHER
    )
    sort_name = models.GeneratedField(
        expression=norwegian_order("name"),
        output_field=models.CharField(max_length=200, db_collation="C"),
        db_persist=True,
    )

    # What the register said. Missing is never zero: a number nobody stated stays empty.
    registered_name = models.CharField(_("registrert navn"), max_length=250, blank=True)
    organisation_form = models.CharField(_("organisasjonsform"), max_length=20, blank=True)
    nace_code = models.CharField(_("næringskode"), max_length=10, blank=True)
    nace_text = models.CharField(_("næring"), max_length=250, blank=True)
    nace_version = models.CharField(_("næringskodens utgave"), max_length=20, blank=True)
    employees = models.PositiveIntegerField(_("ansatte"), null=True, blank=True)
    municipality_number = models.CharField(_("kommunenummer"), max_length=4, blank=True)
    postal_address = models.CharField(_("postadresse"), max_length=300, blank=True)
    is_bankrupt = models.BooleanField(_("konkurs"), default=False)
    is_dissolving = models.BooleanField(_("under avvikling"), default=False)
    deleted_on = models.DateField(_("slettet dato"), null=True, blank=True)
    registry_state = models.CharField(
        _("i Enhetsregisteret"), max_length=20, choices=RegistryState, default=RegistryState.UNKNOWN
    )
    fetched_at = models.DateTimeField(_("sist hentet"), null=True, blank=True)
    attempted_at = models.DateTimeField(_("sist forsøkt hentet"), null=True, blank=True)
    fetch_error = models.CharField(_("siste feil ved henting"), max_length=300, blank=True)

    objects = CompanyManager()

    class Meta:
        verbose_name = _("bedrift")
        verbose_name_plural = _("bedrifter")
        constraints = [
            models.CheckConstraint(
                name="companies_company_orgnr_valid",
                condition=OrgnrIsValid("orgnr"),
                violation_error_message=_(
                    "Organisasjonsnummeret må ha ni siffer og riktig kontrollsiffer."
                ),
            ),
            models.CheckConstraint(
                name="companies_company_industry_valid", condition=Q(industry__in=Industry.values)
            ),
            models.CheckConstraint(
                name="companies_company_registry_state_valid",
                condition=Q(registry_state__in=RegistryState.values),
            ),
        ]
        indexes = [models.Index(fields=["sort_name", "id"], name="companies_company_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("companies:company_detail", kwargs={"slug": self.slug})


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Periods of membership."""

    def on(self, day: datetime.date) -> Self:
        """Those that cover `day`; the last day counts as a member's day."""
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gte=day), since_date__lte=day)


MembershipManager = models.Manager.from_queryset(MembershipQuerySet)


class DateRange(models.Func):
    """A range of dates in SQL, both ends included."""

    function = "daterange"
    output_field = models.CharField()


class Membership(models.Model):
    """One period in which a company was a member of the business association."""

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="memberships", verbose_name=_("bedrift")
    )
    since_date = models.DateField(_("medlem fra"))
    until_date = models.DateField(
        _("til og med"), null=True, blank=True, help_text=_("Tomt: fortsatt medlem.")
    )
    note = models.CharField(_("merknad"), max_length=200, blank=True)

    objects = MembershipManager()

    class Meta:
        verbose_name = _("medlemskap")
        verbose_name_plural = _("medlemskap")
        constraints = [
            models.CheckConstraint(
                name="companies_membership_ends_after_start",
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("since_date")),
                violation_error_message=_("Medlemskapet kan ikke slutte før det begynner."),
            ),
            ExclusionConstraint(
                name="companies_membership_no_overlap",
                expressions=[
                    (
                        DateRange("since_date", "until_date", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                    ("company", RangeOperators.EQUAL),
                ],
                violation_error_message=_("Bedriften er alt medlem i en del av perioden."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.since_date}"


class ContactRole(models.TextChoices):
    """What a person does for a company in this portal."""

    LEADER = "leder", _("Leder")
    INVOICE = "faktura", _("Faktura")
    DELEGATE = "forum", _("Forumdelegat")
    EDITOR = "redaktor", _("Skriver profil og annonser")


class ContactQuerySet(models.QuerySet["Contact"]):
    """People who speak for a company."""

    def current(self, on: datetime.date) -> Self:
        """Those whose role covers the day `on`."""
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gte=on), since_date__lte=on)


ContactManager = models.Manager.from_queryset(ContactQuerySet)


class Contact(models.Model):
    """One person in one role for one company, from one day to another."""

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="contacts", verbose_name=_("bedrift")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="company_contacts",
        verbose_name=_("person"),
    )
    role = models.CharField(
        _("rolle"), max_length=20, choices=ContactRole, default=ContactRole.EDITOR
    )
    since_date = models.DateField(_("fra"))
    until_date = models.DateField(_("til og med"), null=True, blank=True)

    objects = ContactManager()

    class Meta:
        verbose_name = _("kontaktperson")
        verbose_name_plural = _("kontaktpersoner")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "role"],
                name="companies_contact_once_per_role",
                violation_error_message=_("Personen har alt denne rollen i bedriften."),
            ),
            models.CheckConstraint(
                name="companies_contact_role_valid", condition=Q(role__in=ContactRole.values)
            ),
            models.CheckConstraint(
                name="companies_contact_ends_after_start",
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("since_date")),
                violation_error_message=_("Rollen kan ikke slutte før den begynner."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.company})"

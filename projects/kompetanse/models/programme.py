"""What can be studied in and from Kongsberg: providers, programmes and their runs."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.companies.alphabet import norwegian_order
from projects.portfolio.models import Project


class Level(models.TextChoices):
    """What a programme leads to, in the order people climb."""

    CERTIFICATE = "fagbrev", _("Fagbrev")
    VOCATIONAL = "fagskole", _("Fagskole")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master")
    FURTHER = "videreutdanning", _("Videreutdanning")
    COURSE = "kurs", _("Kurs")


class Field(models.TextChoices):
    """What a programme is about, and what companies report needs in."""

    ICT = "ikt", _("IKT og programvare")
    CYBER = "cyber", _("Cybersikkerhet")
    PRODUCTION = "produksjonsledelse", _("Produksjonsledelse")
    DIGITALISATION = "industriell-digitalisering", _("Industriell digitalisering")
    SYSTEMS = "systemutvikling", _("Systems engineering")
    MECHANICAL = "maskin", _("Maskin og konstruksjon")
    ELECTRO = "elektro", _("Elektro og automasjon")
    BATTERY = "batteri", _("Batteri og energi")
    TECHNOLOGY = "teknologi", _("Annen teknologi")
    BUSINESS = "okonomi", _("Økonomi og ledelse")
    HEALTH = "helse", _("Helse og syn")
    DESIGN = "design", _("Lys og design")
    OTHER = "annet", _("Annet")


class StudyForm(models.TextChoices):
    """Where and how one studies."""

    CAMPUS = "campus", _("På campus")
    GATHERINGS = "samlinger", _("På nett med samlinger")
    ONLINE = "nett", _("På nett")
    WORK = "jobb", _("Kombinert med jobb")


class TeachingLanguage(models.TextChoices):
    """The language of instruction."""

    NORWEGIAN = "nb", _("Norsk")
    ENGLISH = "en", _("Engelsk")


class Provider(models.Model):
    """A university, vocational college or training firm that offers programmes."""

    name = models.CharField(_("navn"), max_length=120, unique=True)
    slug = models.SlugField(_("adresse på nettet"), max_length=80, unique=True)
    short_name = models.CharField(_("kortnavn"), max_length=40, blank=True)
    about = models.TextField(_("omtale"), blank=True)
    url = models.URLField(_("nettsted"), blank=True)

    class Meta:
        verbose_name = _("tilbyder")
        verbose_name_plural = _("tilbydere")

    def __str__(self) -> str:
        return self.name


class StudyProgrammeQuerySet(models.QuerySet["StudyProgramme"]):
    """Programmes, and which of them strangers may see."""

    def public(self, *, at: datetime.datetime) -> Self:
        """Those that are published and not taken out by their source."""
        return self.filter(is_active=True, published_at__lte=at)


StudyProgrammeManager = models.Manager.from_queryset(StudyProgrammeQuerySet)


class StudyProgramme(models.Model):
    """One programme or course of one provider. The provider's own page is the truth; this is the way to it."""

    code = models.CharField(
        _("kode"),
        max_length=40,
        blank=True,
        help_text=_("Kilden sin kode. Importen kjenner programmet igjen på den."),
    )
    title = models.CharField(_("navn"), max_length=160)
    slug = models.SlugField(_("adresse på nettet"), max_length=120, unique=True)
    description = models.TextField(_("omtale"), blank=True)
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="programmes", verbose_name=_("tilbyder")
    )
    project = models.ForeignKey(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="study_programmes",
        verbose_name=_("prosjekt"),
    )
    place = models.CharField(_("studiested"), max_length=80, default="Kongsberg")
    level = models.CharField(_("nivå"), max_length=20, choices=Level)
    nkr_level = models.CharField(
        _("NKR-nivå"), max_length=10, blank=True, help_text=_("For eksempel 5.2, 6 eller 7.")
    )
    field = models.CharField(_("fagområde"), max_length=30, choices=Field, default=Field.OTHER)
    form = models.CharField(
        _("studieform"), max_length=20, choices=StudyForm, default=StudyForm.CAMPUS
    )
    language = models.CharField(
        _("språk"), max_length=5, choices=TeachingLanguage, default=TeachingLanguage.NORWEGIAN
    )
    credits = models.DecimalField(
        _("studiepoeng"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    semesters = models.PositiveSmallIntegerField(_("semestre"), null=True, blank=True)
    cost_nok = models.PositiveIntegerField(
        _("pris i kroner"), null=True, blank=True, help_text=_("Tomt: ikke oppgitt. 0: gratis.")
    )
    seats = models.PositiveSmallIntegerField(_("plasser"), null=True, blank=True)
    starts_on = models.DateField(_("oppstart"), null=True, blank=True)
    deadline_on = models.DateField(_("søknadsfrist"), null=True, blank=True)
    admission = models.CharField(_("opptak gjennom"), max_length=120, blank=True)
    requirements = models.CharField(_("opptakskrav"), max_length=300, blank=True)
    url = models.URLField(_("tilbyderens side"), blank=True)
    source = models.CharField(
        _("kilde"), max_length=120, blank=True, help_text=_("Hvor opplysningene er hentet.")
    )
    last_seen_at = models.DateTimeField(_("sist sett i kilden"), null=True, blank=True)
    is_active = models.BooleanField(_("tilbys"), default=True)
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    sort_title = models.GeneratedField(
        # The Norwegian column: `title` itself follows the language of whoever saved last.
        expression=norwegian_order("title_nb"),
        output_field=models.CharField(max_length=200, db_collation="C"),
        db_persist=True,
    )

    objects = StudyProgrammeManager()

    class Meta:
        verbose_name = _("studieprogram")
        verbose_name_plural = _("studieprogrammer")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="kompetanse_programme_code_once",
                violation_error_message=_("Koden er brukt på et annet program."),
            ),
            models.CheckConstraint(
                name="kompetanse_programme_level_valid", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="kompetanse_programme_field_valid", condition=Q(field__in=Field.values)
            ),
            models.CheckConstraint(
                name="kompetanse_programme_form_valid", condition=Q(form__in=StudyForm.values)
            ),
            models.CheckConstraint(
                name="kompetanse_programme_language_valid",
                condition=Q(language__in=TeachingLanguage.values),
            ),
            models.CheckConstraint(
                name="kompetanse_programme_credits_positive",
                condition=Q(credits__isnull=True) | Q(credits__gt=0),
                violation_error_message=_("Studiepoeng må være over 0, eller stå tomt."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["sort_title", "id"],
                name="kompetanse_programme_by_title",
                condition=Q(is_active=True),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("kompetanse:programme_detail", kwargs={"slug": self.slug})


class CourseRun(models.Model):
    """One time a programme is held: when, for how many."""

    programme = models.ForeignKey(
        StudyProgramme, models.CASCADE, related_name="runs", verbose_name=_("program")
    )
    starts_on = models.DateField(_("starter"))
    ends_on = models.DateField(_("slutter"), null=True, blank=True)
    deadline_on = models.DateField(_("søknadsfrist"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(_("plasser"), null=True, blank=True)
    note = models.CharField(_("merknad"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("gjennomføring")
        verbose_name_plural = _("gjennomføringer")
        constraints = [
            models.CheckConstraint(
                name="kompetanse_run_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Gjennomføringen kan ikke slutte før den begynner."),
            ),
            models.UniqueConstraint(
                fields=["programme", "starts_on"],
                name="kompetanse_run_once_per_start",
                violation_error_message=_("Programmet har alt en gjennomføring fra denne dagen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.starts_on}"

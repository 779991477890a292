"""How far the readers of outside sources have come, and what each run did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SourceName(models.TextChoices):
    """The sources that fill this app."""

    NAV = "nav", _("Stillinger fra NAV")
    HOMES_CSV = "homes-csv", _("Boliger fra fil")


class SourceState(models.Model):
    """Where the reader of one source stands: which page comes next, and what it last answered."""

    source = models.CharField(_("kilde"), max_length=20, choices=SourceName, unique=True)
    feed_url = models.CharField(
        _("neste side"), max_length=500, blank=True, help_text=_("Tom: les alt på nytt.")
    )
    etag = models.CharField("ETag", max_length=200, blank=True)
    last_modified = models.CharField("Last-Modified", max_length=100, blank=True)
    last_ok_at = models.DateTimeField(_("sist i orden"), null=True, blank=True)
    last_error = models.CharField(_("siste feil"), max_length=500, blank=True)
    last_error_at = models.DateTimeField(_("siste feil kl."), null=True, blank=True)
    # While a reading from the start is under way: what it has not seen when it ends, is gone.
    full_run_started_at = models.DateTimeField(_("full lesing startet"), null=True, blank=True)
    full_run_ended_at = models.DateTimeField(_("full lesing ferdig"), null=True, blank=True)

    class Meta:
        verbose_name = _("kildens tilstand")
        verbose_name_plural = _("kildenes tilstand")
        constraints = [
            models.CheckConstraint(
                name="digital_stemme_sourcestate_source_valid",
                condition=Q(source__in=SourceName.values),
            )
        ]

    def __str__(self) -> str:
        return self.get_source_display()


class ImportRun(models.Model):
    """One reading of a source: what came, what changed, what was refused, and whether the brake was on."""

    source = models.CharField(_("kilde"), max_length=20, choices=SourceName)
    started_at = models.DateTimeField(_("startet"))
    finished_at = models.DateTimeField(_("ferdig"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("sider"), default=0)
    read = models.PositiveIntegerField(_("lest"), default=0)
    new = models.PositiveIntegerField(_("nye"), default=0)
    changed = models.PositiveIntegerField(_("endret"), default=0)
    closed = models.PositiveIntegerField(_("avsluttet"), default=0)
    refused = models.JSONField(
        _("avviste rader"), default=list, blank=True, help_text=_("Linje eller nummer, og grunn.")
    )
    braked = models.BooleanField(
        _("bremset"),
        default=False,
        help_text=_("Kilden ga ingenting eller for lite. Ingenting ble fjernet."),
    )
    message = models.CharField(_("melding"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("importer")
        constraints = [
            models.CheckConstraint(
                name="digital_stemme_importrun_source_valid",
                condition=Q(source__in=SourceName.values),
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="digital_stemme_importrun_new")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.started_at:%Y-%m-%d %H:%M}"

from django.contrib import admin
from django_celery_beat import admin as beat_admin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin

from vekst.home.models import Heartbeat
from vekst.readonly_admin import ReadOnlyAdmin

# The schedules stand in the settings; staff see them here, with the same look.
for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(model)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(beat_admin.PeriodicTaskAdmin, ModelAdmin):
    pass


# The library lets everybody who sees a job pause it and start it.
for step in ("enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"):
    admin.action(getattr(PeriodicTaskAdmin, step), permissions=["change"])


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "beat_at"]
    ordering = ["name", "pk"]

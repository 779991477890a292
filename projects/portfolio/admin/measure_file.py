from typing import Any

from import_export import fields, resources
from import_export.widgets import DateWidget, ForeignKeyWidget, IntegerWidget, ManyToManyWidget

from projects.portfolio.models import Challenge, Decision, Measure, Plan, Project


class MeasureResource(resources.ModelResource):
    # A row is known by its plan and number, so a file that is read twice changes nothing the second time.
    plan = fields.Field("plan", "plan", ForeignKeyWidget(Plan, "slug"))
    project = fields.Field("project", "prosjekt", ForeignKeyWidget(Project, "slug"))
    decision = fields.Field("decision", "sak", ForeignKeyWidget(Decision, "case_number"))
    challenges = fields.Field(
        "challenges", "utfordringer", ManyToManyWidget(Challenge, separator=",", field="slug")
    )
    number = fields.Field("number", "nummer", IntegerWidget())
    theme = fields.Field("theme", "satsingsområde")
    title = fields.Field("title_nb", "tiltak")
    title_en = fields.Field("title_en", "tiltak på engelsk")
    text = fields.Field("text", "beskrivelse")
    organisation = fields.Field("organisation", "ansvarlig")
    deadline = fields.Field("deadline", "frist", DateWidget())
    state = fields.Field("state", "status")
    progress = fields.Field("progress", "framdrift", IntegerWidget())
    weight = fields.Field("weight", "vekt", IntegerWidget())

    class Meta:
        model = Measure
        import_id_fields = ["plan", "number"]
        fields = (
            "plan",
            "number",
            "theme",
            "title",
            "title_en",
            "text",
            "organisation",
            "deadline",
            "state",
            "progress",
            "weight",
            "project",
            "decision",
            "challenges",
        )
        clean_model_instances = True
        skip_unchanged = True
        use_transactions = True

    def get_queryset(self) -> Any:
        return (
            Measure.objects.select_related("plan", "project", "decision")
            .prefetch_related("challenges")
            .order_by("plan_id", "number")
        )

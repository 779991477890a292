import datetime as dt

import pytest
from django.utils import translation

from projects.portfolio import demo
from projects.portfolio.models import (
    AnnualReport,
    Challenge,
    MainProject,
    Measure,
    Project,
    StatusReport,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def test_demo_tells_the_whole_programme_and_only_once(client, time_machine):
    time_machine.move_to(NOW)
    demo.load(at=NOW)
    demo.load(at=NOW)

    assert Challenge.objects.count() == 4
    for main in MainProject:
        assert Project.objects.public(at=NOW).filter(main_project=main).count() >= 3
    assert Measure.objects.public(at=NOW).count() == 15
    assert AnnualReport.objects.public(at=NOW).count() == 4
    for report in StatusReport.objects.select_related("project"):
        report.clean()
        assert client.get(report.project.get_absolute_url()).status_code == 200
    for annual in AnnualReport.objects.select_related("plan"):
        assert client.get(annual.get_absolute_url()).status_code == 200


def test_demo_marks_what_is_invented_and_has_english():
    demo.load(at=NOW)

    assert not Measure.objects.exclude(text__startswith="Eksempel").exists()
    assert not StatusReport.objects.exclude(summary__startswith="Eksempel").exists()
    assert not AnnualReport.objects.exclude(summary__startswith="Eksempel").exists()
    with translation.override("en"):
        assert not Project.objects.exclude(body__contains="Example:").exists()
        assert Challenge.objects.get(number=1).title == "More people, and more who stay"

"""What holds for every admin page of ours: who may act, and that earlier versions are only read."""

import io

import pytest
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin, ModelAdmin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField, ImageField, Model
from django.template import engines
from django.urls import reverse
from PIL import Image
from simple_history.admin import SimpleHistoryAdmin

from members.accounts.models import Role
from tests.members.accounts.factories import UserFactory
from tests.projects.bypuls.factories import EventFactory, VenueFactory
from tests.projects.digital_stemme.factories import HomeFactory
from tests.projects.portfolio.factories import MeasureFactory, ProjectFactory
from vekst.history_admin import HistoryAdmin

OURS = [
    model_admin
    for model_admin in admin.site._registry.values()
    if type(model_admin).__module__.split(".")[0] in ("vekst", "projects", "members")
]


@pytest.fixture
def loose_templates(monkeypatch):
    # Unfold's own templates ask for variables that are not there.
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


LISTS = ("actions", "actions_list", "actions_detail", "actions_row", "actions_submit_line")


def action_names(model_admin):
    for attribute in LISTS:
        for entry in getattr(model_admin, attribute, None) or []:
            yield from entry["items"] if isinstance(entry, dict) else [entry]


@pytest.mark.parametrize("model_admin", OURS, ids=lambda found: found.model._meta.label)
def test_every_action_names_the_right_it_needs(model_admin):
    for name in action_names(model_admin):
        step = getattr(model_admin, name) if isinstance(name, str) else name
        assert getattr(step, "allowed_permissions", None), name


@pytest.mark.parametrize("model_admin", OURS, ids=lambda found: found.model._meta.label)
def test_no_admin_writes_earlier_versions_back(model_admin):
    assert isinstance(model_admin, HistoryAdmin) or not isinstance(model_admin, SimpleHistoryAdmin)


def version_url(row: Model) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_simple_history"
    return reverse(name, args=[row.pk, row.history.latest().pk])


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("factory", [ProjectFactory, HomeFactory, EventFactory, VenueFactory])
def test_an_earlier_version_is_read_and_not_posted(client, role, factory, loose_templates):
    client.force_login(UserFactory.create(role=role))
    row = factory.create()
    versions = row.history.count()

    shown = client.get(version_url(row))
    posted = client.post(version_url(row), {"title": "Omskrevet", "title_nb": "Omskrevet"})

    assert shown.status_code == 200
    main = shown.content.decode().partition("<main")[2].partition("</main>")[0]
    assert main
    assert 'type="submit"' not in main
    assert posted.status_code == 403
    assert row.history.count() == versions


@pytest.mark.django_db
def test_measures_are_carried_in_and_out_only_by_those_who_may(
    client, editor, programme_officer, loose_templates
):
    plain = UserFactory.create(is_staff=True)
    MeasureFactory.create()

    def answers(user):
        client.force_login(user)
        names = ("import", "export")
        return [
            client.get(reverse(f"admin:portfolio_measure_{name}")).status_code for name in names
        ]

    assert answers(plain) == [403, 403]
    assert answers(editor) == [403, 200]
    assert answers(programme_officer) == [200, 200]


@pytest.mark.django_db
def test_an_import_needs_the_right_to_add_too(client, loose_templates):
    person = UserFactory.create(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="change_measure"))
    client.force_login(person)

    assert client.get(reverse("admin:portfolio_measure_import")).status_code == 403


def picture_with_a_position() -> SimpleUploadedFile:
    """What a telephone sends: a JPEG under a loud name that tells where it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telefon"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("HJEMME.JPEG", out.getvalue(), "image/jpeg")


def picture_forms():
    for model_admin in OURS:
        inlines = [inline(model_admin.model, admin.site) for inline in model_admin.inlines]
        for found in [model_admin, *inlines]:
            for field in found.model._meta.get_fields():
                if isinstance(field, FileField):
                    yield pytest.param(found, field.name, id=f"{type(found).__name__}.{field.name}")


@pytest.mark.django_db
@pytest.mark.parametrize(("found", "name"), list(picture_forms()))
def test_every_picture_sent_in_the_admin_is_written_anew(rf, superuser, found, name):
    request = rf.get("/")
    request.user = superuser
    own = () if isinstance(found, ModelAdmin) else (None,)
    if not found.has_add_permission(request, *own):
        # Pictures come in somewhere else, and are only looked at here.
        return
    form_class = getattr(found, "get_form", None)
    make = form_class(request) if form_class else found.get_formset(request).form
    form = make(data={}, files={name: picture_with_a_position()})

    form.full_clean()

    if not isinstance(found.model._meta.get_field(name), ImageField):
        # A field for documents takes no picture at all.
        assert form.errors[name]
        return
    kept = form.cleaned_data[name]
    assert kept.name.endswith(".jpg")
    assert "HJEMME" not in kept.name
    assert not Image.open(kept).getexif()


def pickers():
    for model_admin in OURS:
        inlines = [inline(model_admin.model, admin.site) for inline in model_admin.inlines]
        for found in [model_admin, *inlines]:
            for name in found.autocomplete_fields:
                yield pytest.param(found, name, id=f"{type(found).__name__}.{name}")


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("found", "name"), list(pickers()))
def test_whoever_may_fill_in_a_field_may_search_in_it(rf, role, found, name):
    request = rf.get("/")
    request.user = UserFactory.create(role=role)
    writes = (
        found.has_change_permission(request) or found.has_add_permission(request, None)
        if isinstance(found, InlineModelAdmin)
        else found.has_change_permission(request) or found.has_add_permission(request)
    )
    if writes and name not in found.get_readonly_fields(request):
        target = found.model._meta.get_field(name).related_model

        assert admin.site.get_model_admin(target).has_view_permission(request)

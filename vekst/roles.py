"""What each role may do in the admin, in one table. `manage.py sync_roles` writes it to the groups."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from members.accounts.models import Role

_EVERYTHING = ("add", "change", "delete", "view")
_READ = ("view",)
_NOTHING: tuple[str, ...] = ()

# role -> {app label or app label.model: actions}. The narrower key wins, for the earlier versions of
# that model too; no actions: nothing.
RIGHTS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.PROGRAMME_OFFICE: {
        "portfolio": _EVERYTHING,
        "innsikt": _EVERYTHING,
        "digital_stemme": _EVERYTHING,
        "bypuls": _EVERYTHING,
        "ung": _EVERYTHING,
        "kompetanse": _EVERYTHING,
        "companies": _EVERYTHING,
        "posts": _READ,
        "mailings": _READ,
        # How fast, when and under which rules mail goes out is the office's to decide.
        "mailings.mailrules": ("change", "view"),
        "accounts": _READ,
        "django_celery_beat": _READ,
        "home": _READ,
    },
    Role.EDITOR: {
        "posts": _EVERYTHING,
        "mailings": _EVERYTHING,
        "mailings.countedlink": _READ,
        "mailings.delivery": _READ,
        "mailings.digestedition": _READ,
        "mailings.linkclicks": _READ,
        "mailings.mailbody": _READ,
        "mailings.readercount": _READ,
        "mailings.subscriberexport": _READ,
        "mailings.subscriberimport": _READ,
        "mailings.welcomejourney": _READ,
        "mailings.bounce": _READ,
        # Who looked at whose mail is for the office to watch over.
        "mailings.maillookup": _NOTHING,
        "mailings.mailrules": _READ,
        "companies": _EVERYTHING,
        "bypuls": _EVERYTHING,
        "digital_stemme": _READ,
        "portfolio": _READ,
        "innsikt": _READ,
        "kompetanse": _READ,
        "ung": _READ,
        # What people and companies have trusted the office with.
        "kompetanse.application": _NOTHING,
        "kompetanse.boardmember": _NOTHING,
        "kompetanse.competenceneed": _NOTHING,
        "kompetanse.grantvote": _NOTHING,
        "ung.match": _NOTHING,
        "ung.mentee": _NOTHING,
        "ung.mentor": _NOTHING,
        "ung.mentorsession": _NOTHING,
    },
}


def _wanted(role: Role) -> Q:
    rights = RIGHTS[role]
    found = Q(pk__in=[])
    for key, actions in rights.items():
        if not actions:
            continue
        app_label, _, model = key.partition(".")
        of_key = Q(content_type__app_label=app_label)
        if model:
            of_key &= Q(content_type__model__in=[model, f"historical{model}"])
        else:
            narrower = [k.partition(".")[2] for k in rights if k.startswith(f"{app_label}.")]
            earlier = [f"historical{name}" for name in narrower]
            of_key &= ~Q(content_type__model__in=[*narrower, *earlier])
        found |= of_key & Q(
            codename__regex="^(" + "|".join(actions) + ")_",
        )
    return found


@transaction.atomic
def sync_roles() -> dict[str, int]:
    """Make the groups and give each exactly the rights of the table. Returns rights per group."""
    counts = {}
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        permissions = Permission.objects.filter(_wanted(role))
        group.permissions.set(permissions)
        counts[role.value] = len(permissions)
    return counts

"""Settings of the type checker: modeltranslation makes managers at run time, which it cannot follow."""

from vekst.settings.test import *  # noqa: F403
from vekst.settings.test import INSTALLED_APPS

# Without it there is nothing translated to register an admin for, so the admin stays empty as well.
_INSTEAD = {"django.contrib.admin": "django.contrib.admin.apps.SimpleAdminConfig"}
INSTALLED_APPS = [_INSTEAD.get(app, app) for app in INSTALLED_APPS if app != "modeltranslation"]

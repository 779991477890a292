"""Settings of the type checker: modeltranslation makes managers at run time, which it cannot follow."""

from vekst.settings.test import *  # noqa: F403
from vekst.settings.test import INSTALLED_APPS

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "modeltranslation"]

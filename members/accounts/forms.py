from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from members.accounts.models import User


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone"]
        labels: ClassVar = {"first_name": _("Fornavn"), "last_name": _("Etternavn")}
        widgets: ClassVar = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

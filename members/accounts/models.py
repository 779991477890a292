"""Who may sign in: staff of the programme and of the business association, and contacts of companies."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does for the programme; the value is the name of the group that carries the rights."""

    PROGRAMME_OFFICE = "programkontor", _("Programkontor")
    EDITOR = "redaktor", _("Redaktør")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user. The address is kept in lower case; without a password only codes by mail sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address in any case, as people type it."""
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person with an account. Residents need none; what staff may do stands in their groups."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-post"), unique=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("bruker")
        verbose_name_plural = _("brukere")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_unique_any_case",
                violation_error_message=_("Det finnes alt en bruker med denne e-postadressen."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of the groups this person is in. One query, once per object."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_programme_office(self) -> bool:
        return self.is_active and (self.is_superuser or Role.PROGRAMME_OFFICE in self.role_names)

    @property
    def is_editor(self) -> bool:
        return self.is_active and (self.is_superuser or Role.EDITOR in self.role_names)

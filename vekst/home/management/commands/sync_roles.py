from django.core.management.base import BaseCommand

from vekst.roles import sync_roles


class Command(BaseCommand):
    """Write the table of rights in `vekst/roles.py` to the groups."""

    help = "Gives the roles their rights in the admin."

    def handle(self, *args: object, **options: object) -> None:
        for name, count in sync_roles().items():
            self.stdout.write(f"{name}: {count} rights")

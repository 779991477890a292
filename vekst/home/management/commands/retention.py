from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vekst.home.retention import RetentionError, apply_all


class Command(BaseCommand):
    """Delete personal data whose time is over, as beat does every night; or only say how much."""

    help = "Deletes personal data that has been kept for as long as its rule allows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            self._tell(apply_all(at=timezone.now(), dry_run=options["dry_run"]))
        except RetentionError as error:
            self._tell(error.counts)
            raise CommandError(str(error)) from error

    def _tell(self, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            self.stdout.write(f"{count:>7}  {name}")

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from projects.bypuls.models import Counter
from projects.bypuls.pulse.csv_file import (
    BadFileError,
    NothingImportedError,
    Report,
    import_csv,
)


class Command(BaseCommand):
    """Read what a counter counted from a CSV file: all of it or nothing, or what is right of it."""

    help = "Imports the counts of one counter from a CSV file with the columns tid and antall."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("counter", help="the counter's name in its address")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keep-good-lines", action="store_true", help="leave out the lines that are wrong"
        )

    def handle(self, *args: object, **options: Any) -> None:
        counter = Counter.objects.filter(slug=options["counter"]).first()
        if counter is None:
            raise CommandError(f"There is no counter {options['counter']}.")
        try:
            report = import_csv(
                counter.pk,
                options["file"].read_bytes(),
                keep_good_lines=options["keep_good_lines"],
                at=timezone.now(),
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except BadFileError as error:
            raise CommandError(str(error)) from error
        except NothingImportedError as error:
            self._tell(error.report)
            raise CommandError(str(error)) from error
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for bad in report.bad:
            self.stderr.write(f"line {bad.line}: {bad.reason} [{bad.text}]")
        if report.written is not None:
            done = report.written
            self.stdout.write(
                f"{done.new} new, {done.changed} corrected, {done.unchanged} as before, "
                f"{report.gaps} without a number, {len(report.bad)} left out"
            )

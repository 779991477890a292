import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from vekst.home import demo


class Command(BaseCommand):
    """Fill the portal with demo content, or with N rows of each large kind for the benchmarks."""

    help = "Loads demo content. Safe to run again: what is there stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, metavar="N", help="also N rows of each large kind")

    def handle(self, *args: object, **options: Any) -> None:
        now = timezone.now()
        for name, load in demo.LOADERS.items():
            started = time.monotonic()
            load(at=now)
            self.stdout.write(f"{name}: {time.monotonic() - started:.1f} s")
        if options["scale"]:
            for name, scale in demo.SCALERS.items():
                started = time.monotonic()
                scale(options["scale"], at=now)
                self.stdout.write(
                    f"{name} x {options['scale']}: {time.monotonic() - started:.1f} s"
                )

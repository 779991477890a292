from django.core.management.base import BaseCommand
from django.utils import timezone

from vekst.search import index
from vekst.search.models import Change


class Command(BaseCommand):
    """Build the search index anew from everything that is public."""

    help = "Builds the search index anew."

    def handle(self, *args: object, **options: object) -> None:
        newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        count = index.index_everything(at=timezone.now())
        Change.objects.filter(pk__lte=newest).delete()
        self.stdout.write(f"{count} documents")

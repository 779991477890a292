"""The search index: one row for each public thing in each language, and the queue of what changed."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q


class Document(models.Model):
    """
    What the search knows of one public thing in one language.

    `vector` holds folded word stems: title with weight A, lead B, body D. `visible_from` (inclusive)
    and `visible_until` (exclusive) bound when strangers may see it; `happens_at` lets past events sink.
    """

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=300)
    lead = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    happens_at = models.DateTimeField(null=True, blank=True)
    visible_from = models.DateTimeField(null=True, blank=True)
    visible_until = models.DateTimeField(null=True, blank=True)
    vector = SearchVectorField(null=True)
    # Title folded to plain letters, for typing errors.
    folded_title = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "language"], name="search_document_once_per_language"
            ),
            models.CheckConstraint(
                name="search_document_language_valid", condition=Q(language__in=["nb", "en"])
            ),
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector", fastupdate=False),
            GinIndex(OpClass("folded_title", name="gin_trgm_ops"), name="search_document_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """
    A thing that was written since it was last indexed; triggers add it in the writing transaction.

    While it stands here the search leaves the thing out, so a draft can never be found on account of
    an index that is behind.
    """

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], name="search_change_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

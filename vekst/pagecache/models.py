"""The content generation: a number that every publishing write raises in its own transaction."""

from django.db import models


class Generation(models.Model):
    """
    How many publishing statements one database backend has run.

    The content generation is the sum over all rows. Each backend counts in a row of its own, so
    parallel writers never wait for one another, and a count is seen exactly when its write is.
    """

    backend_pid = models.IntegerField(primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.backend_pid}: {self.value}"

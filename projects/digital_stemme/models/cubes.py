"""
How many published listings there are of each combination of filter values.

Triggers on the listings keep these tables right inside the writing transaction (migration
0002_cubes and 0005); nothing else writes to them. See also `projects.digital_stemme.facets`, which reads them.
"""

from django.db import models


class HomeCube(models.Model):
    """The number of published homes with one combination of filter values. -1 stands for not stated."""

    kind = models.CharField(max_length=20)
    dwelling = models.CharField(max_length=20)
    neighbourhood = models.CharField(max_length=20)
    bedrooms = models.SmallIntegerField()
    pets = models.CharField(max_length=10)
    step_free = models.CharField(max_length=10)
    rent_step = models.SmallIntegerField()
    price_step = models.SmallIntegerField()
    available_month = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "kind",
                    "dwelling",
                    "neighbourhood",
                    "bedrooms",
                    "pets",
                    "step_free",
                    "rent_step",
                    "price_step",
                    "available_month",
                ],
                name="digital_stemme_homecube_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.neighbourhood}: {self.n}"


class HomeSmallCube(models.Model):
    """The same numbers without price and month, for the many visits that choose neither."""

    kind = models.CharField(max_length=20)
    dwelling = models.CharField(max_length=20)
    neighbourhood = models.CharField(max_length=20)
    bedrooms = models.SmallIntegerField()
    pets = models.CharField(max_length=10)
    step_free = models.CharField(max_length=10)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "dwelling", "neighbourhood", "bedrooms", "pets", "step_free"],
                name="digital_stemme_homesmallcube_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.neighbourhood}: {self.n}"


class VacancyCube(models.Model):
    """The number of published vacancies with one combination of filter values."""

    occupation = models.CharField(max_length=30)
    extent = models.CharField(max_length=10)
    engagement = models.CharField(max_length=20)
    sector = models.CharField(max_length=20)
    work_language = models.CharField(max_length=10)
    remote = models.CharField(max_length=10)
    place = models.CharField(max_length=20)
    is_member_employer = models.BooleanField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "occupation",
                    "extent",
                    "engagement",
                    "sector",
                    "work_language",
                    "remote",
                    "place",
                    "is_member_employer",
                ],
                name="digital_stemme_vacancycube_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.occupation} {self.extent}: {self.n}"

"""The tables of homes, vacancies and their sources."""

from projects.digital_stemme.models.cubes import HomeCube, HomeSmallCube, VacancyCube
from projects.digital_stemme.models.home import Home
from projects.digital_stemme.models.sources import ImportRun, SourceName, SourceState
from projects.digital_stemme.models.vacancy import Vacancy

__all__ = [
    "Home",
    "HomeCube",
    "HomeSmallCube",
    "ImportRun",
    "SourceName",
    "SourceState",
    "Vacancy",
    "VacancyCube",
]

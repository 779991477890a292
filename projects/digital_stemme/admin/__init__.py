"""The programme office's desk for homes, jobs and the sources that fill them."""

from projects.digital_stemme.admin import homes, sources, vacancies

__all__ = ["homes", "sources", "vacancies"]

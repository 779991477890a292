"""The lines that serve the town, for those who do not know them yet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line as people call it."""

    code: str
    mode: str
    route: str
    operator: str


# Source: the operators' own pages for the region, read 2026-08. The operators decide; we only point.
LINES = (
    Line("R12", "rail", "Kongsberg – Drammen – Oslo S – Eidsvoll", "Vy"),
    Line("F5", "rail", "Oslo S – Kongsberg – Kristiansand – Stavanger", "Go-Ahead"),
    Line("401", "bus", "Lindbojordet – Gamlegrendåsen sør", "Brakar"),
    Line("403", "bus", "Kongsberg – Skollenborg", "Brakar"),
    Line("405", "bus", "Vibehaugen – Frydenbergåsen", "Brakar"),
    Line("407", "bus", "Kongsberg – Gamlegrendåsen nord", "Brakar"),
    Line("409", "bus", "Kongsberg – Saggrenda", "Brakar"),
    Line("420", "bus", "Kongsberg – Lampeland", "Brakar"),
    Line("430", "bus", "Kongsberg – Hvittingfoss", "Brakar"),
)

"""
Keep small groups out of the figures that are shown, and out of what can be worked out from the others.

A number below the threshold is not shown. Neither is one that would tell of a small group by what it leaves
of a whole that is shown, or by the sum that binds it to others: after = before + came - left. What is shown
is rounded as well. Whoever knows all this and adds and subtracts finds that a hidden number may still be any
that is too small; tests try every combination.
"""

from dataclasses import dataclass
from enum import Enum

from members.mailings import mail_rules


class Held(Enum):
    """Why a number is not shown."""

    FEW = "few"
    # Large enough itself, but what is left of the whole is not.
    BACK = "back"
    # Of those who came and those who left one are too few, or there were too few to begin or end with.
    MOVES = "moves"
    NOT_COUNTED = "not counted"


@dataclass(frozen=True)
class Cell:
    """One number as it may be shown, or why it is not."""

    number: int | None
    held: Held | None = None


NOT_COUNTED = Cell(None, Held.NOT_COUNTED)


def fewest_shown() -> int:
    """Return the smallest number that may be shown, as staff have set it. One query."""
    return mail_rules.current().fewest_shown


def whole_cell(number: int, *, fewest: int) -> Cell:
    """Return a number that is part of nothing else that is shown."""
    if number < fewest:
        return Cell(None, Held.FEW)
    return Cell(rounded(number, fewest=fewest))


def part_cell(part: int, whole: int, *, fewest: int) -> Cell:
    """
    Return how many of `whole`, which is shown too, belong to a group.

    Those outside the group count as well: of 50 readers 48 in it would tell of the other two, and 50 would
    tell what each of them is.
    """
    if part < fewest:
        return Cell(None, Held.FEW)
    if whole - part < fewest:
        return Cell(None, Held.BACK)
    return Cell(rounded(part, fewest=fewest))


def moved_cells(came: Cell, left: Cell, *, before: Cell, after: Cell) -> tuple[Cell, Cell]:
    """
    Return how many came and how many left, seen beside how many there were before and after.

    One of the four that is too small takes both away: with either, it could be worked out.
    """
    if any(cell.held not in (None, Held.NOT_COUNTED) for cell in (came, left, before, after)):
        return Cell(None, Held.MOVES), Cell(None, Held.MOVES)
    return came, left


def rounded(number: int, *, fewest: int) -> int:
    """Return the number to the nearest multiple of the threshold; one that may be shown never becomes 0."""
    return fewest * ((2 * number + fewest) // (2 * fewest))


def exact_cell(number: int, *, fewest: int) -> Cell:
    """Return a number of which neither a whole nor another moment is shown, as it is."""
    return Cell(number) if number >= fewest else Cell(None, Held.FEW)

"""What was found when the rows of a table were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.book.book_problem import BookProblem
from engine.book.cells import Cell


class Conflict(NamedTuple):
    """What a skipped row of a prospect says: the number of the row, the column and the cell."""

    number: int
    name: str
    cell: Cell


@dataclass(slots=True)
class ReadReport:
    """The problems of one table, how many ``rows`` were read, and how many were ``left_out``.
    ``lost`` are those of them that say something which cannot be read.

    ``undated`` are the keys of rows that were left out because their instant cannot be read, or of
    which a cell that tells who spoke last cannot be read. ``conflicts`` are by key what rows say
    that were skipped since another one has the same key.
    """

    problems: list[BookProblem]
    rows: int = 0
    left_out: int = 0
    lost: int = 0
    undated: set[str] = field(default_factory=set)
    conflicts: dict[str, list[Conflict]] = field(default_factory=dict)

    def leave_out(self, problem: BookProblem) -> None:
        """Add ``problem``, because of which a row that is counted already is left out."""
        self.problems.append(problem)
        self.left_out += 1

    def lose(self, owner: str, says_something: bool) -> None:
        """Count a row of the prospect ``owner`` that is left out because of its cells."""
        self.left_out += 1
        self.lost += says_something
        self.undated.add(owner)

    def report(self, problem: BookProblem, owners: Iterable[str] = ()) -> None:
        """Add a problem with a whole column, or with a row that the `SourceTable` omits.

        Args:
            problem: The problem.
            owners: The keys that can be read in such a row.
        """
        self.problems.append(problem)
        self.undated.update(owner.strip() for owner in owners)
        if problem.row is not None:
            self.rows += 1
            self.left_out += 1

"""The whole answer of `next`: judge a book, choose, and lay out in the format asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.advice.advise import Recommendation
from engine.advice.adviser import Adviser
from engine.book.tables import Book
from engine.output.next_text import Counts, footer, list_text
from engine.output.outlet import Outlet
from engine.output.progress import tracked, wanted_for
from engine.output.recommendations import answer_json
from engine.output.steps_csv import answer_csv
from engine.output.worklist import Wanted, chosen

FIRST = 20
"""Prospects shown as text where nobody says how many, nor asks for all."""


@dataclass
class Counted:
    """Recommendations as they are made, and how many there were."""

    adviser: Adviser
    book: Book
    now: int
    count: int = 0

    def all(self, bar: bool) -> Iterator[Recommendation]:
        """The recommendation of every prospect of the book."""
        total = len(self.book.ids()) if bar else 0
        for prospect in tracked(self.book.prospects(), total, bar):
            self.count += 1
            yield self.adviser.recommend(prospect, self.now)


def tell_next(adviser: Adviser, book: Book, now: int, wanted: Wanted, outlet: Outlet) -> None:
    """Print whom to turn to at ``now``, and on standard error how many there are."""
    counted = Counted(adviser, book, now)
    found = chosen(counted.all(wanted_for(outlet.quiet)), wanted)
    shown = found[: _limit(wanted, outlet.format)]
    match outlet.format:
        case "json":
            outlet.answer(answer_json(adviser.playbook, now, shown, book.problems))
            return
        case "csv":
            outlet.answer(answer_csv(adviser.playbook, now, shown))
        case _:
            outlet.answer(list_text(adviser.playbook, shown, outlet.look))
    outlet.remark(footer(Counts(len(shown), len(found), counted.count), wanted))
    outlet.rows(book.problems)


def _limit(wanted: Wanted, format: str) -> int | None:
    """How many are shown, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return FIRST if format == "text" and not wanted.everybody else None

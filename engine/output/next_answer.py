"""The whole answer of `next`: judge a book, choose, and lay out in the format asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.advice.advise import Recommendation
from engine.output.consult import Consultation
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

    asked: Consultation
    count: int = 0

    def all(self, bar: bool) -> Iterator[Recommendation]:
        """The recommendation of every prospect of the book."""
        adviser, book, now = self.asked.adviser, self.asked.book, self.asked.now
        total = len(book.ids()) if bar else 0
        for prospect in tracked(book.prospects(), total, bar):
            self.count += 1
            yield adviser.recommend(prospect, now)


def tell_next(asked: Consultation, wanted: Wanted, outlet: Outlet) -> None:
    """Print whom to turn to, and on standard error how many there are."""
    counted, book = Counted(asked), asked.book
    found = chosen(counted.all(wanted_for(outlet.quiet)), wanted)
    shown = found[: _limit(wanted, outlet.format)]
    playbook = asked.adviser.playbook
    match outlet.format:
        case "json":
            outlet.answer(answer_json(playbook, asked.now, shown, book.problems))
            return
        case "csv":
            outlet.answer(answer_csv(playbook, asked.now, shown))
        case _:
            outlet.answer(list_text(shown, outlet.look))
    outlet.remark(footer(Counts(len(shown), len(found), counted.count), wanted))
    outlet.rows(book.problems)


def _limit(wanted: Wanted, format: str) -> int | None:
    """How many are shown, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return FIRST if format == "text" and not wanted.everybody else None

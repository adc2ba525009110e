"""What the commands for reps begin with: an adviser, a book, an instant, and a prospect named."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from engine.advice.advisor import Advisor, Evaluation
from engine.book.book import Book, open_book
from engine.commands.process.output import Output
from engine.language.files.locate import InputNotFound, UsageError
from engine.language.instants import read_instant
from engine.language.model import Playbook
from engine.language.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Inputs:
    """Advice by one playbook on the book at ``path``, as at ``now`` (seconds since 1970 UTC)."""

    advisor: Advisor
    book: Book
    path: Path
    now: int

    def evaluate(self, prospect: str, output: Output) -> Evaluation:
        """The prospect of that id, judged; what is wrong with the book is told first, as it may be
        why a prospect is not there. Raises NotFound.
        """
        found = self.book.prospect(prospect)
        output.row_problems(self.book.problems)
        if found is None:
            near = did_you_mean(prospect, self.book.ids()) if prospect else None
            hint = f": {near}" if near else ""
            raise InputNotFound(f"no prospect `{prospect}` in `{self.path}`{hint}")
        return self.advisor.evaluate(found, self.now)


def open_inputs(advisor: Advisor, *, book: Path, as_of: str | None, strict: bool) -> Inputs:
    """Open the book for the instant ``as_of``, or for now. Raises Unclear and BookError."""
    playbook = advisor.playbook
    now = parse_as_of(as_of, playbook) if as_of is not None else int(time.time())
    return Inputs(advisor, open_book(book, playbook, strict), book, now)


def parse_as_of(text: str, playbook: Playbook) -> int:
    """Seconds since 1970 UTC of the instant ``text`` says; without a zone of its own, in that of
    the calendar. Raises Unclear.
    """
    found = read_instant(text.strip(), playbook.calendar.timezone)
    if found is None:
        raise UsageError(
            f"`{text}` is no instant: write it like 2026-03-04T15:00:00Z or 2026-03-04"
        )
    return found[0]

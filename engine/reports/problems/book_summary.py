"""Format what the answers about a book leave out, in one line."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reports.terminal.phrases import counted


@dataclass(frozen=True, slots=True)
class BookSummary:
    """What was read of a book, and what was not.

    Attributes:
        rows: The rows of all tables.
        left_out: Those that cannot be used.
        later: The prospects who are not in the book yet.
        mapped: The spellings that were read as a word of the playbook.
        unclear: The prospects of whom nobody can tell who spoke last.
    """

    rows: int
    left_out: int
    later: int
    mapped: int
    unclear: int


def summary_line(found: BookSummary) -> str:
    """Format the summary as one line, empty if every row was used as it is.

    ``book: 58 of 3,400 rows left out, 14 spellings mapped to words of the playbook, 17 prospects
    unclear``
    """
    unclear, later = counted(found.unclear, "prospect"), counted(found.later, "prospect")
    parts = {
        f"{found.left_out:,} of {counted(found.rows, 'row')} left out": found.left_out,
        f"{later} not in it yet": found.later,
        f"{counted(found.mapped, 'spelling')} mapped to words of the playbook": found.mapped,
        f"{unclear} unclear, as a touch cannot be read": found.unclear,
    }
    told = [part for part, count in parts.items() if count]
    return f"book: {', '.join(told)}\n" if told else ""

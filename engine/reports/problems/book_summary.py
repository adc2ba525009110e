"""Format what the answers about a book leave out, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.advice.comparison_words import format_date
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


_MAX_NAMED = 3
"""The most facts that are named."""


def format_look_back(newest: int, facts: Sequence[str], zone: str) -> str:
    """Format which facts are those of today, though the instant of evaluation lies in the past.

    ``looking back, as replies go up to 10 March 2026: judged with today's amount, segment, stage
    and 2 others``

    Args:
        newest: The instant of their newest message, in seconds since 1970 UTC.
        facts: The facts whose value of then is not known.
        zone: The IANA zone of the date.
    """
    if not facts:
        return ""
    until = format_date(newest, zone)
    return f"looking back, as replies go up to {until}: judged with {format_todays(facts)}\n"


def format_todays(facts: Sequence[str]) -> str:
    """Name facts whose value is that of today: ``today's amount, segment, stage and 2 others``."""
    rest = len(facts) - _MAX_NAMED
    named = [*facts[:_MAX_NAMED], *([counted(rest, "other")] if rest > 0 else [])]
    return "today's " + " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))

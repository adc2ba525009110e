"""Open the inputs of commands: the playbook, the book and the instant that options name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.advice.advisor import Advisor, Evaluation
from engine.backends.registry import EvaluatorName
from engine.book.book import Book, open_book
from engine.book.calendar.business_clock import DAY
from engine.book.calendar.calendar import Calendars
from engine.book.prospect import Prospect
from engine.commands.process.errors import UnknownId
from engine.commands.process.known_words import find_zone
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_playbook
from engine.commands.process.write import spare_book
from engine.language.durations import read_duration
from engine.language.files.input_errors import InputNotFound, UsageError
from engine.language.instants import day_bounds, iso, local_day
from engine.language.model import Action, Playbook
from engine.language.suggest import did_you_mean
from engine.language.value_rules import LocalDate, instant_of
from engine.reports.problems.book_summary import BookSummary, format_look_back, summary_line


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """The options of every command that evaluates prospects, as they were written.

    ``playbook``, ``as_of`` and ``book_zone`` are None if they were not given.
    """

    playbook: str | None
    book: Path
    as_of: str | None
    engine: EvaluatorName
    strict: bool
    lenient: bool
    book_zone: str | None


@dataclass(frozen=True)
class Inputs:
    """What a command evaluates.

    Attributes:
        playbook: The playbook to apply.
        book: The prospects.
        path: The path of the book.
        now: The instant to evaluate at, in seconds since 1970 UTC.
        engine: The evaluator to use.
        batch: Whether to expect many prospects.
    """

    playbook: Playbook
    book: Book
    path: Path
    now: int
    engine: EvaluatorName
    batch: bool

    @cached_property
    def advisor(self) -> Advisor:
        """The advisor for these inputs; it is built on first use, as not every command needs it.

        Raises:
            EvaluatorUnavailable: The evaluator cannot run here.
        """
        return Advisor(self.playbook, self.engine, batch=self.batch)

    def prospects(self, later: Callable[[Prospect], object] | None = None) -> Iterator[Prospect]:
        """Yield the prospects that are in the book at this instant.

        The others are counted, and ``later`` is called with each.
        """
        for prospect in self.book.prospects():
            self.book.newest_reply = max(self.book.newest_reply, newest_reply(prospect, self.now))
            if prospect.begun(self.now):
                yield prospect
            else:
                self.book.later += 1
                if later is not None:
                    later(prospect)

    def note_left_out(self, unclear: int, output: Output) -> None:
        """Note what the answers leave out, if anything: the last line of `next` and `score`.

        Args:
            unclear: The number of prospects of whom nobody can tell who spoke last.
            output: Where the note goes.
        """
        reports = self.book.reports.values()
        readers = self.book.readers.values()
        found = BookSummary(
            rows=sum(report.rows for report in reports),
            left_out=sum(report.left_out for report in reports),
            later=self.book.later,
            mapped=sum(len(words) for reader in readers for words in reader.mapped.values()),
            unclear=unclear,
        )
        output.note(summary_line(found))
        if self.book.newest_reply:
            zone, names = self.playbook.calendar.timezone, self.book.facts_without_history
            output.note(format_look_back(self.book.newest_reply, names, zone))

    def evaluate(self, prospect: str, output: Output) -> Evaluation:
        """Evaluate the prospect with the id ``prospect``.

        Problems of the book are reported first, as they may be why a prospect is missing.

        Raises:
            InputNotFound: There is no such prospect.
        """
        advisor = self.advisor
        found = self.book.prospect(prospect)
        output.row_problems(self.book.problems)
        if found is None:
            near = did_you_mean(prospect, self.book.ids()) if prospect else None
            hint = f": {near}" if near else ""
            raise InputNotFound(f"no prospect `{prospect}` in `{self.path}`{hint}")
        if not found.begun(self.now):
            begins = iso(int(found.facts["created_at"]))
            raise InputNotFound(f"`{prospect}` is not in the book yet: it was created at {begins}")
        return advisor.evaluate(found, self.now)


def newest_reply(prospect: Prospect, now: int) -> int:
    """Return the instant of their newest message more than a day after ``now``, else 0.

    Nobody plans messages of theirs, so that one of later tells that ``now`` lies in the past.
    """
    theirs = (
        int(row["at"])
        for row in prospect.rows.get("touches", ())
        if row.get("direction") == "inbound" and row.get("automatic") is not True
    )
    return max((at for at in theirs if at > now + DAY), default=0)


def open_inputs(options: InputOptions, output: Output, *, batch: bool = False) -> Inputs:
    """Load the playbook, open the book and read the instant that ``options`` name.

    Args:
        options: The options of the command.
        output: Where problems of the playbook go.
        batch: Whether the command evaluates many prospects rather than one.

    Raises:
        InvalidInput: The playbook has errors.
        InputNotFound: There is no such playbook or book.
        UsageError: Several playbooks could be meant, the instant cannot be read, or the result
            would replace a file that is read.
        BookError: The book cannot be read.
    """
    spare_book(output.target, options.book)
    playbook = load_playbook(options.playbook, output)
    now = instant_or_now(options.as_of, playbook)
    zone = find_zone(options.book_zone)
    book = open_book(options.book, playbook, options.strict, options.lenient, zone=zone, now=now)
    return Inputs(playbook, book, options.book, now, options.engine, batch)


def instant_or_now(as_of: str | None, playbook: Playbook) -> int:
    """Return the instant ``as_of``, or now if it is None, in seconds since 1970 UTC.

    Raises:
        UsageError: It is not an instant.
    """
    return int(time.time()) if as_of is None else parse_as_of(as_of, playbook)


def parse_as_of(text: str, playbook: Playbook) -> int:
    """Parse an instant into seconds since 1970 UTC; without a zone, it is in the calendar's.

    `now`, `today` (its first second), `tomorrow`, `yesterday` and `in 2 days` count from now.

    Raises:
        UsageError: It is not an instant.
    """
    return int(_instant(text, playbook, int(time.time())))


def parse_due_by(text: str, playbook: Playbook, now: int) -> int:
    """Parse the instant by which steps are due; a date is the last second of that day.

    Args:
        text: As `parse_as_of` reads it.
        playbook: Has the zone of text without one.
        now: The instant that `today` and `in 2 days` count from, in seconds since 1970 UTC.

    Raises:
        UsageError: It is not an instant.
    """
    found = _instant(text, playbook, now)
    if isinstance(found, LocalDate):
        return day_bounds(found.day, playbook.calendar.timezone)[1]
    return found


def _instant(text: str, playbook: Playbook, now: int) -> int:
    """Parse an instant or a word that counts from ``now``; a whole day is a `LocalDate`."""
    word, zone = " ".join(text.split()).lower(), playbook.calendar.timezone
    if word == "now":
        return now
    if word in _DAYS:
        day = local_day(now, zone) + _DAYS[word]
        return LocalDate(day_bounds(day, zone)[0], day)
    length = read_duration(word.removeprefix("in ")) if word.startswith("in ") else None
    if length is not None:
        found = Calendars(playbook.calendar).clock(zone).after(now, length)
        if found is not None:
            return found
    instant = instant_of(text.strip(), zone)
    if instant is None:
        raise UsageError(
            f"`{text}` is not an instant: write it like 2026-03-04T15:00:00Z, 2026-03-04, today, "
            "tomorrow or in 2 days"
        )
    return instant.seconds


_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
"""Words for a day, with how many days it is from today."""


def find_action(playbook: Playbook, id: str) -> Action:
    """Return the action ``id``, with or without `actions.` in front.

    Raises:
        UnknownId: There is no such action.
    """
    name = id.removeprefix("actions.")
    if name not in playbook.actions:
        near = did_you_mean(name, playbook.actions)
        raise UnknownId(f"no action `{name}` in this playbook" + (f": {near}" if near else ""))
    return playbook.actions[name]

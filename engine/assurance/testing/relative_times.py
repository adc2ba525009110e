"""Read instants in tests: absolute, or relative to the `now` of the case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.book.calendar.business_clock import Clock
from engine.language.durations import read_duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.parse.literals import Expected, read_literal
from engine.language.problem import Problem, Span


@dataclass(frozen=True, slots=True)
class RelativeTimes:
    """Reader of the instants of one case.

    Attributes:
        now: The instant of the case, in seconds since 1970 UTC; None if it cannot be read.
        clock: The clock of the prospect, for business time.
        zone: The time zone of the calendar, for dates without a time.
    """

    now: int | None
    clock: Clock
    zone: str

    def read(self, value: object, name: str, span: Span) -> int | Problem:
        """Read `now`, `2 days ago`, `in 3 business hours`, or an instant.

        Args:
            value: As written.
            name: The fact or column that has it.
            span: Where it is.

        Returns:
            Seconds since 1970 UTC, or what is wrong with it. Without `now`, what depends on it is
            any instant: the case cannot be run, and only what is wrong with the text counts.
        """
        if value == "now":
            return self.now or 0
        text = value if isinstance(value, str) else ""
        if text.endswith(" ago"):
            return self._away(text, text.removesuffix(" ago"), span)
        if text.startswith("in "):
            return self._away(text, text.removeprefix("in "), span)
        found = read_literal(value, Expected(name, "time"), self.zone, span)
        return found if isinstance(found, Problem) else int(found)

    def _away(self, text: str, length: str, span: Span) -> int | Problem:
        duration = read_duration(length)
        if duration is None:
            problem = read_literal(length, Expected("a time", "duration"), self.zone, span)
            assert isinstance(problem, Problem)
            return problem
        if self.now is None:
            return 0
        away = self.clock.before if text.endswith(" ago") else self.clock.after
        found = away(self.now, duration)
        if found is None or not EARLIEST <= found <= LATEST:
            message = f"`{text}` is outside the years the calendar covers"
            return Problem(span, "bad-instant", message, "write a shorter duration")
        return found

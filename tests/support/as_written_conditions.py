"""Conditions read straight from the text, for `as_written`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from engine.book.calendar.business_clock import Clock
from tests.support.as_written_rows import word_of

Truth = bool | None


@dataclass(frozen=True)
class Lookup:
    """What a condition may name.

    Attributes:
        value: The value of what is named, None where it is unknown.
        words: The words that it may be, if there is a list of them.
        unreadable: The facts whose cell says something that cannot be read.
    """

    value: Callable[[str], Any]
    words: Callable[[str], Any]
    unreadable: frozenset[str] = frozenset()


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "business hour": 3600}


@dataclass(frozen=True)
class Conditions:
    """What conditions mean at ``_now``; a date alone is midnight in ``_zone``."""

    _now: int
    _clock: Clock
    _zone: ZoneInfo

    def truth(self, condition: Mapping[str, Any], lookup: Lookup) -> Truth:
        return _all([self._entry(key, item, lookup) for key, item in condition.items()])

    def _entry(self, key: str, item: Any, lookup: Lookup) -> Truth:
        match key:
            case "not":
                return _not(self.truth(item, lookup))
            case "unless":
                return self.truth(item, lookup) is not True
            case "all":
                return _all([self.truth(part, lookup) for part in item])
            case "any":
                return _not(_all([_not(self.truth(part, lookup)) for part in item]))
            case _:
                return self._tests(key, item, lookup)

    def _tests(self, key: str, item: Any, lookup: Lookup) -> Truth:
        tests = item if isinstance(item, dict) else {"in" if isinstance(item, list) else "is": item}
        if "unreadable" in tests:
            assert len(tests) == 1
            return (key in lookup.unreadable) is tests["unreadable"]
        value = lookup.value(key)
        if (words := lookup.words(key)) is not None:
            tests = {op: _worded(written, words) for op, written in tests.items()}
        return _all([self._test(op, value, written, lookup) for op, written in tests.items()])

    def _test(self, op: str, value: Any, written: Any, lookup: Lookup) -> Truth:
        if op == "known":
            return (value is not None) is written
        if value is None:
            return None
        match op:
            case "is" | "is_not":
                return (value == self._like(value, written)) is (op == "is")
            case "in" | "not_in":
                return (value in [self._like(value, each) for each in written]) is (op == "in")
            case "contains":
                return _small(written) in _small(value)
            case "starts_with":
                return _small(value).startswith(_small(written))
            case "ends_with":
                return _small(value).endswith(_small(written))
            case "before" | "after":
                bound = self._bound(written, lookup)
                return None if bound is None else value < bound if op == "before" else value > bound
            case "older_than" | "within" | "in_next":
                return self._near(op, int(value), written)
            case _:
                return self._ordered(op, value, written)

    def _ordered(self, op: str, value: Any, written: Any) -> bool:
        match op:
            case "at_least":
                return bool(value >= self._like(value, written))
            case "more_than":
                return bool(value > self._like(value, written))
            case "at_most":
                return bool(value <= self._like(value, written))
            case "less_than":
                return bool(value < self._like(value, written))
            case _:
                low, high = (self._like(value, each) for each in written)
                return bool(low <= value <= high)

    def _near(self, op: str, at: int, written: str) -> bool:
        length, business = self.length(written)
        if op == "in_next":
            return self._now <= at and self._clock.elapsed(self._now, at, business) <= length
        ago = self._clock.elapsed(at, self._now, business)
        return ago > length if op == "older_than" else at <= self._now and ago <= length

    def _bound(self, written: str, lookup: Lookup) -> Any:
        if written == "now":
            return self._now
        return self.instant(written) if written[0].isdigit() else lookup.value(written)

    def _like(self, value: Any, written: Any) -> Any:
        """Return what is written, as the kind of thing ``value`` is."""
        if isinstance(value, bool | str):
            return composed(written)
        if isinstance(value, float):
            return float(written)
        return self.instant(written) if "-" in written else self.length(written)[0]

    def instant(self, written: str) -> int:
        read = datetime.fromisoformat(written)
        aware = read if read.tzinfo else read.replace(tzinfo=self._zone)
        return (aware - EPOCH) // timedelta(seconds=1)

    def length(self, written: str) -> tuple[int, bool]:
        """Seconds, and whether only open ones count."""
        amount, _, unit = written.partition(" ")
        length = Fraction(amount) * SECONDS.get(unit.removesuffix("s"), self._clock.business_day)
        return int(length), unit.startswith("business")


def _worded(written: Any, words: Any) -> Any:
    """Return the words that are written, each by its id."""
    if isinstance(written, list):
        return [_worded(each, words) for each in written]
    return word_of(written, words) if isinstance(written, str) else written


def _all(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def composed(written: Any) -> Any:
    return unicodedata.normalize("NFC", written) if isinstance(written, str) else written


def _small(text: Any) -> str:
    """NFC in small letters: each code point's own, where that is one code point."""
    small = [(letter, letter.lower()) for letter in composed(text)]
    return "".join(low if len(low) == 1 else letter for letter, low in small)

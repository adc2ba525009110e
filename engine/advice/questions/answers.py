"""Possible answers to the question for a fact: values on both sides of every boundary of rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.advice.comparison_words import format_duration, format_number
from engine.advice.questions.answer_intervals import Boundary, Interval, intervals_between
from engine.advice.questions.boundary_instants import (
    boundaries_beside,
    boundaries_of,
    instants,
    passing,
    past_only,
)
from engine.language import conditions as c
from engine.language.conditions import Value
from engine.language.intervals import ABOVE, BELOW, Side, breakpoints
from engine.language.model import Fact, Playbook
from engine.language.walk import comparisons_in, conditions
from engine.semantics.firings import Context

ANY_TEXT = "\N{REPLACEMENT CHARACTER}"
"""A text that no rule compares with; it stands for "some other text"."""


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """A possible value of a fact, standing for all values with the same effect.

    Attributes:
        value: The value; None if the fact stays unknown.
        words: What it stands for, such as `preferred` or `over 10`.
        interval: The numbers or instants that it stands for.
        others: More instants of the interval.
    """

    value: Value | None
    words: str
    interval: Interval | None = None
    others: tuple[Value, ...] = ()


NO_ANSWER = PossibleAnswer(None, "unknown")


def join_intervals(answers: Sequence[PossibleAnswer]) -> tuple[PossibleAnswer, ...]:
    """Join answers with adjacent intervals: `from 5 to 9` and `over 9` become `5 or more`."""
    found: list[PossibleAnswer] = []
    for answer in answers:
        last = found[-1] if found else None
        if last is not None and last.interval is not None and answer.interval is not None:
            both = last.interval.joined(answer.interval)
            if both is not None:
                found[-1] = PossibleAnswer(last.value, both.words, both)
                continue
        found.append(answer)
    return tuple(found)


class ComparisonsByFact:
    """The comparisons in which rules of ``playbook``, and regions of its calendar, read facts."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        every = [test for each in conditions(playbook) for test in comparisons_in(each.condition)]
        every += [test for region in playbook.calendar.regions for test in region.fits]
        self._beside = [test for test in every if isinstance(getattr(test, "bound", 0), c.Ref)]
        self._tests: dict[str, list[c.Comparison]] = {}
        for test in every:
            if test.subject.kind == "fact":
                self._tests.setdefault(test.subject.id, []).append(test)

    def answers(self, fact: Fact, context: Context) -> tuple[PossibleAnswer, ...]:
        """Return values of ``fact`` that together make every comparison of it true and false.

        These are all values of a boolean or a choice, else one or more of each interval between
        boundaries. But for booleans, the last answer is that the fact stays unknown: a prospect may
        have no such thing.
        """
        tests = self._tests.get(fact.id, [])
        match fact.type:
            case "boolean":
                return PossibleAnswer(True, "true"), PossibleAnswer(False, "false")
            case "choice":
                return *(PossibleAnswer(word.id, word.id) for word in fact.choices), NO_ANSWER
            case "text":
                return *_texts(tests), NO_ANSWER
            case "time":
                return *self._instants(fact, tests, context), NO_ANSWER
            case "number" | "duration":
                return *_amounts(fact, tests), NO_ANSWER

    def _instants(
        self, fact: Fact, tests: Sequence[c.Comparison], context: Context
    ) -> Iterator[PossibleAnswer]:
        """Yield instants from each interval in which every comparison and threshold is constant."""
        silences = [
            threshold.silent_for
            for threshold in self._playbook.thresholds.values()
            if threshold.since == fact.id
        ]
        boundaries = [each for test in tests for each in boundaries_of(test, context)]
        boundaries += [
            each for test in self._beside for each in boundaries_beside(test, fact.id, context)
        ]
        boundaries += [passing(silence, context) for silence in silences]
        past = past_only(tests, bool(silences))
        for interval, (value, *others) in instants(boundaries, context.now, past):
            yield PossibleAnswer(value, interval.words, interval, tuple(others))


def _texts(tests: Iterable[c.Comparison]) -> Iterator[PossibleAnswer]:
    """Yield every text that is compared with, and another one."""
    wanted: dict[str, str] = {}
    for test in tests:
        match test:
            case c.Equals(value=value):
                wanted.setdefault(str(value), str(value))
            case c.In(values=values):
                wanted.update({str(value): str(value) for value in values})
            case c.Contains(text=text):
                wanted.setdefault(text, f"something with “{text}”")
            case c.StartsWith(text=text):
                wanted.setdefault(text, f"something that begins with “{text}”")
            case c.EndsWith(text=text):
                wanted.setdefault(text, f"something that ends with “{text}”")
            case _:  # a test for being known, which any text meets
                pass
    yield from (PossibleAnswer(text, words) for text, words in wanted.items())
    yield PossibleAnswer(ANY_TEXT, "something else" if wanted else "there is one")


def _amounts(fact: Fact, tests: Iterable[c.Comparison]) -> Iterator[PossibleAnswer]:
    """Yield a number or duration from each interval between boundaries."""
    words = format_number if fact.type == "number" else format_duration
    boundaries = [
        _boundary(at, side, words(at)) for test in tests for at, side in breakpoints(test)
    ]
    for interval in intervals_between(boundaries, "known"):
        value = _inner_value(interval, fact.type == "duration")
        if value is not None:
            yield PossibleAnswer(value, interval.words, interval)


def _boundary(at: float, side: Side, words: str) -> Boundary:
    if side == BELOW:
        return Boundary(at, side, f"under {words}", f"{words} or more", words)
    return Boundary(at, side, f"{words} or less", f"over {words}", words)


def _inner_value(interval: Interval, length: bool) -> float | int | None:
    """Return a number well inside ``interval``, or None if it has no such number.

    With ``length`` it is a duration: whole seconds, from 0.
    """
    low = None if interval.low is None else interval.low.at
    high = None if interval.high is None else interval.high.at
    if low is None or high is None:
        value = _beyond(low, high, length)
    else:
        value = low if low == high else low / 2 + high / 2  # low + high may be infinite
    if not length:
        return value if _is_in(value, interval) else None
    return int(value) if value >= 0 and _is_in(int(value), interval) else None


def _beyond(low: float | None, high: float | None, length: bool) -> float:
    """Return a number beyond the only end, far enough to differ from it."""
    if low is not None:
        return low + max(1.0, math.ulp(low))  # from 2 ** 53 on, adding 1 changes nothing
    if high is not None:
        return high / 2 if length else high - max(1.0, math.ulp(high))
    return 1.0


def _is_in(value: float, interval: Interval) -> bool:
    low, high = interval.low, interval.high
    above = low is None or value > low.at or (value == low.at and low.side == BELOW)
    below = high is None or value < high.at or (value == high.at and high.side == ABOVE)
    return above and below and math.isfinite(value)

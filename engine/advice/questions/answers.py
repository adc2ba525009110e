"""What a person asked for a fact may answer: values on either side of all that rules ask of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.advice.questions.answer_intervals import Boundary, Interval, intervals_between
from engine.advice.questions.boundary_instants import (
    boundaries_beside,
    boundaries_of,
    instants,
    passing,
    past_only,
)
from engine.advice.wording import format_duration, format_number
from engine.language import conditions as c
from engine.language.conditions import Value
from engine.language.intervals import ABOVE, BELOW, Side, breakpoints
from engine.language.model import Fact, Playbook
from engine.language.walk import conditions
from engine.semantics.firings import Context

ANY_TEXT = "\N{REPLACEMENT CHARACTER}"
"""A text that no rule asks for: of most facts of that type, rules ask only whether it is known."""


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """A value that a fact may turn out to have, and what it is in words: `preferred`, `over 10`.

    None stands for nothing of the kind: the fact stays unknown. ``interval`` are the numbers or
    instants that ``value`` lies amid, ``others`` more of them.
    """

    value: Value | None
    words: str
    interval: Interval | None = None
    others: tuple[Value, ...] = ()


NO_ANSWER = PossibleAnswer(None, "unknown")


def join_intervals(answers: Sequence[PossibleAnswer]) -> tuple[PossibleAnswer, ...]:
    """``answers``, those in one where the stretch of one begins where that of the last ends."""
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
    """What the rules of ``playbook`` ask of each fact."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        every = [test for each in conditions(playbook) for test in c.comparisons_in(each.condition)]
        self._beside = [test for test in every if isinstance(getattr(test, "bound", 0), c.Ref)]
        self._tests: dict[str, list[c.Comparison]] = {}
        for test in every:
            if test.subject.kind == "fact":
                self._tests.setdefault(test.subject.id, []).append(test)

    def answers(self, fact: Fact, context: Context) -> tuple[PossibleAnswer, ...]:
        """Values of ``fact`` that between them meet and miss every test of it: all there are of
        words, else some of each stretch between two turns. But for booleans the last answer is that
        it stays unknown: not everything that could be known of somebody is there to be known.
        """
        tests = self._tests.get(fact.id, [])
        match fact.type:
            case "boolean":
                return PossibleAnswer(True, "true"), PossibleAnswer(False, "false")
            case "choice":
                return *(PossibleAnswer(choice, choice) for choice in fact.choices), NO_ANSWER
            case "text":
                return *_texts(tests), NO_ANSWER
            case "time":
                return *self._instants(fact, tests, context), NO_ANSWER
            case "number" | "duration":
                return *_amounts(fact, tests), NO_ANSWER

    def _instants(
        self, fact: Fact, tests: Sequence[c.Comparison], context: Context
    ) -> Iterator[PossibleAnswer]:
        """Yield instants between which no comparison, threshold or fact beside it turns over."""
        silences = [
            threshold.silent_for
            for threshold in self._playbook.thresholds.values()
            if threshold.since == fact.id
        ]
        turns = [turn for test in tests for turn in boundaries_of(test, context)]
        turns += [
            turn for test in self._beside for turn in boundaries_beside(test, fact.id, context)
        ]
        turns += [passing(silence, context) for silence in silences]
        past = past_only(tests, bool(silences))
        for interval, (value, *others) in instants(turns, context.now, past):
            yield PossibleAnswer(value, interval.words, interval, tuple(others))


def _texts(tests: Iterable[c.Comparison]) -> Iterator[PossibleAnswer]:
    """Every text that is asked for, and another one."""
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
            case _:  # whether it is known is all that is left to ask of a text
                pass
    yield from (PossibleAnswer(text, words) for text, words in wanted.items())
    yield PossibleAnswer(ANY_TEXT, "something else" if wanted else "there is one")


def _amounts(fact: Fact, tests: Iterable[c.Comparison]) -> Iterator[PossibleAnswer]:
    """Yield a number or duration from each interval between boundaries, and each value that is
    compared with.
    """
    words = format_number if fact.type == "number" else format_duration
    turns = [_turn(at, side, words(at)) for test in tests for at, side in breakpoints(test)]
    for interval in intervals_between(turns, "known"):
        value = _amid(interval, fact.type == "duration")
        if value is not None:
            yield PossibleAnswer(value, interval.words, interval)


def _turn(at: float, side: Side, words: str) -> Boundary:
    if side == BELOW:
        return Boundary(at, side, f"under {words}", f"{words} or more", words)
    return Boundary(at, side, f"{words} or less", f"over {words}", words)


def _amid(interval: Interval, length: bool) -> float | int | None:
    """Return a number well inside ``interval``, or None if there is none; durations are whole
    seconds from 0.
    """
    low = None if interval.low is None else interval.low.at
    high = None if interval.high is None else interval.high.at
    if low is None or high is None:
        value = _beyond(low, high, length)
    else:
        value = low if low == high else low / 2 + high / 2
    if not length:
        return value if _is_in(value, interval) else None
    return int(value) if value >= 0 and _is_in(int(value), interval) else None


def _beyond(low: float | None, high: float | None, length: bool) -> float:
    """Return a number past the only end there is, far enough to be told apart from it."""
    if low is not None:
        return low + max(1.0, math.ulp(low))
    if high is not None:
        return high / 2 if length else high - max(1.0, math.ulp(high))
    return 1.0


def _is_in(value: float, interval: Interval) -> bool:
    low, high = interval.low, interval.high
    above = low is None or value > low.at or (value == low.at and low.side == BELOW)
    below = high is None or value < high.at or (value == high.at and high.side == ABOVE)
    return above and below and math.isfinite(value)

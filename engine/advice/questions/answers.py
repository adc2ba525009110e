"""What a person asked for a fact may answer: values on either side of all that rules ask of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.advice.questions.boundary_instants import (
    instants,
    passing,
    past_only,
    turns_beside,
    turns_of,
)
from engine.advice.questions.intervals import AFTER, BEFORE, Stretch, Turn, stretches
from engine.advice.wording import length_words, number_words
from engine.backends.compiled.liveness import conditions_outside
from engine.language.conditions import (
    AtLeast,
    AtMost,
    Between,
    Condition,
    Contains,
    EndsWith,
    Is,
    LessThan,
    MoreThan,
    OneOf,
    StartsWith,
    Subject,
    Test,
    Value,
    tests_in,
)
from engine.language.model import Fact, Playbook
from engine.semantics.firings import Situation

SOMETHING = "\N{REPLACEMENT CHARACTER}"
"""A text that no rule asks for: of most facts of that type, rules ask only whether it is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that a fact may turn out to have, and what it is in words: `preferred`, `over 10`.

    None stands for nothing of the kind: the fact stays unknown. ``stretch`` are the numbers or
    instants that ``value`` lies amid, ``others`` more of them.
    """

    value: Value | None
    words: str
    stretch: Stretch | None = None
    others: tuple[Value, ...] = ()


UNKNOWN = Answer(None, "unknown")


def joined(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """``answers``, those in one where the stretch of one begins where that of the last ends."""
    found: list[Answer] = []
    for answer in answers:
        last = found[-1] if found else None
        if last is not None and last.stretch is not None and answer.stretch is not None:
            both = last.stretch.joined(answer.stretch)
            if both is not None:
                found[-1] = Answer(last.value, both.words, both)
                continue
        found.append(answer)
    return tuple(found)


class Asked:
    """What the rules of ``playbook`` ask of each fact."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        every = [test for condition in _conditions(playbook) for test in tests_in(condition)]
        self._beside = [test for test in every if isinstance(getattr(test, "bound", 0), Subject)]
        self._tests: dict[str, list[Test]] = {}
        for test in every:
            if test.subject.kind == "fact":
                self._tests.setdefault(test.subject.id, []).append(test)

    def answers(self, fact: Fact, situation: Situation) -> tuple[Answer, ...]:
        """Values of ``fact`` that between them meet and miss every test of it: all there are of
        words, else some of each stretch between two turns. But for booleans the last answer is that
        it stays unknown: not everything that could be known of somebody is there to be known.
        """
        tests = self._tests.get(fact.id, [])
        match fact.type:
            case "boolean":
                return Answer(True, "true"), Answer(False, "false")
            case "choice":
                return *(Answer(choice, choice) for choice in fact.choices), UNKNOWN
            case "text":
                return *_texts(tests), UNKNOWN
            case "time":
                return *self._instants(fact, tests, situation), UNKNOWN
            case "number" | "duration":
                return *_amounts(fact, tests), UNKNOWN

    def _instants(
        self, fact: Fact, tests: Sequence[Test], situation: Situation
    ) -> Iterator[Answer]:
        """The instants between which no test, no threshold and no fact beside it turns over."""
        silences = [
            threshold.silent_for
            for threshold in self._playbook.thresholds.values()
            if threshold.since == fact.id
        ]
        turns = [turn for test in tests for turn in turns_of(test, situation)]
        turns += [turn for test in self._beside for turn in turns_beside(test, fact.id, situation)]
        turns += [passing(silence, situation) for silence in silences]
        past = past_only(tests, bool(silences))
        for stretch, (value, *others) in instants(turns, situation.now, past):
            yield Answer(value, stretch.words, stretch, tuple(others))


def _conditions(playbook: Playbook) -> Iterator[Condition]:
    yield from (fact.when for fact in playbook.facts.values() if fact.when is not None)
    yield from conditions_outside(playbook)
    for cause in playbook.causes.values():
        if cause.when is None:
            yield from (item.when for item in cause.evidence)


def _texts(tests: Iterable[Test]) -> Iterator[Answer]:
    """Every text that is asked for, and another one."""
    wanted: dict[str, str] = {}
    for test in tests:
        match test:
            case Is(value=value):
                wanted.setdefault(str(value), str(value))
            case OneOf(values=values):
                wanted.update({str(value): str(value) for value in values})
            case Contains(text=text):
                wanted.setdefault(text, f"something with “{text}”")
            case StartsWith(text=text):
                wanted.setdefault(text, f"something that begins with “{text}”")
            case EndsWith(text=text):
                wanted.setdefault(text, f"something that ends with “{text}”")
            case _:  # whether it is known is all that is left to ask of a text
                pass
    yield from (Answer(text, words) for text, words in wanted.items())
    yield Answer(SOMETHING, "something else" if wanted else "there is one")


def _amounts(fact: Fact, tests: Iterable[Test]) -> Iterator[Answer]:
    """A number or length of time from each stretch between turns, and each that is asked for."""
    words = number_words if fact.type == "number" else length_words
    turns = [_turn(at, side, words(at)) for test in tests for at, side in _sides(test)]
    for stretch in stretches(turns, "known"):
        value = _amid(stretch, fact.type == "duration")
        if value is not None:
            yield Answer(value, stretch.words, stretch)


def _sides(test: Test) -> Iterator[tuple[float, int]]:
    """Where a test of numbers turns over, and on which side of that value."""
    match test:
        case AtLeast(bound=at) | LessThan(bound=at):
            yield at, BEFORE
        case MoreThan(bound=at) | AtMost(bound=at):
            yield at, AFTER
        case Between(low=low, high=high):
            yield from ((low, BEFORE), (high, AFTER))
        case Is(value=value):
            yield from ((float(value), BEFORE), (float(value), AFTER))
        case OneOf(values=values):
            yield from ((float(value), side) for value in values for side in (BEFORE, AFTER))
        case _:
            pass


def _turn(at: float, side: int, words: str) -> Turn:
    if side == BEFORE:
        return Turn(at, side, f"under {words}", f"{words} or more", words)
    return Turn(at, side, f"{words} or less", f"over {words}", words)


def _amid(stretch: Stretch, length: bool) -> float | int | None:
    """A number well inside ``stretch``, None where none is; of lengths in whole seconds from 0."""
    low = None if stretch.low is None else stretch.low.at
    high = None if stretch.high is None else stretch.high.at
    if low is None or high is None:
        value = _beyond(low, high, length)
    else:
        value = low if low == high else low / 2 + high / 2
    if not length:
        return value if _is_in(value, stretch) else None
    return int(value) if value >= 0 and _is_in(int(value), stretch) else None


def _beyond(low: float | None, high: float | None, length: bool) -> float:
    """A number past the only end there is, far enough to be told apart from it."""
    if low is not None:
        return low + max(1.0, math.ulp(low))
    if high is not None:
        return high / 2 if length else high - max(1.0, math.ulp(high))
    return 1.0


def _is_in(value: float, stretch: Stretch) -> bool:
    low, high = stretch.low, stretch.high
    above = low is None or value > low.at or (value == low.at and low.side == BEFORE)
    below = high is None or value < high.at or (value == high.at and high.side == AFTER)
    return above and below and math.isfinite(value)

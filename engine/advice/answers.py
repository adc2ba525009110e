"""What a person asked for a fact may answer: values on either side of all that rules ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.advice.wording import date_words, instant_words, length_words, number_words
from engine.book.clock import Clock
from engine.inference.compiled_needs import conditions_outside
from engine.inference.firings import Situation
from engine.language.conditions import (
    After,
    AtLeast,
    AtMost,
    Before,
    Between,
    Condition,
    Contains,
    EndsWith,
    InNext,
    Is,
    LessThan,
    MoreThan,
    Now,
    OlderThan,
    OneOf,
    StartsWith,
    Subject,
    Test,
    Value,
    Within,
    tests_in,
)
from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import Fact, Playbook

DAY = 86_400
SOMETHING = "\N{REPLACEMENT CHARACTER}"
"""A text that no rule asks for: of most facts of that type, rules ask only whether it is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that a fact may turn out to have, and what it is in words: `preferred`, `over 10`.

    None stands for nothing of the kind: the fact stays unknown.
    """

    value: Value | None
    words: str


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a test of numbers or instants turns over; words for what lies below, and above."""

    at: float
    below: str
    above: str


class Asked:
    """What the rules of ``playbook`` ask of each fact."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._tests: dict[str, list[Test]] = {}
        for condition in _conditions(playbook):
            for test in tests_in(condition):
                if test.subject.kind == "fact":
                    self._tests.setdefault(test.subject.id, []).append(test)

    def answers(self, fact: Fact, situation: Situation) -> tuple[Answer, ...]:
        """Values of ``fact`` that between them meet and miss every test of it: all there are of
        words, else one from each stretch between two bounds, and those that are asked for.
        """
        tests = self._tests.get(fact.id, [])
        match fact.type:
            case "boolean":
                return Answer(True, "true"), Answer(False, "false")
            case "choice":
                return tuple(Answer(choice, choice) for choice in fact.choices)
            case "text":
                return tuple(_texts(tests))
            case "time":
                turns = self._turns(fact, tests, situation)
                return tuple(_instants(tests, turns, situation))
            case "number" | "duration":
                return tuple(_amounts(fact, tests))

    def _turns(self, fact: Fact, tests: Iterable[Test], situation: Situation) -> list[Bound]:
        """The instants at which a test of ``fact``, a threshold or the cadence turns over."""
        found = [each for test in tests for each in _turns_of(test, situation)]
        now, clock = situation.now, situation.clock
        found += [
            _ago(threshold.silent_for, now, clock)
            for threshold in self._playbook.thresholds.values()
            if threshold.since == fact.id
        ]
        return [bound for bound in found if EARLIEST < bound.at < LATEST]


def _conditions(playbook: Playbook) -> Iterator[Condition]:
    yield from (fact.when for fact in playbook.facts.values() if fact.when is not None)
    yield from conditions_outside(playbook)
    for cause in playbook.causes.values():
        if cause.when is None:
            yield from (item.when for item in cause.evidence)


def _texts(tests: Iterable[Test]) -> Iterator[Answer]:
    """Every text that is asked for, another one, and none at all."""
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
    yield Answer(SOMETHING, "something else" if wanted else "known")
    yield Answer(None, "unknown")


def _amounts(fact: Fact, tests: Iterable[Test]) -> Iterator[Answer]:
    """One number or length of time from each stretch between bounds, and each asked for itself."""
    number = fact.type == "number"
    bounds, exact = set[float](), set[float]()
    for test in tests:
        match test:
            case AtLeast(bound=at) | MoreThan(bound=at) | AtMost(bound=at) | LessThan(bound=at):
                bounds.add(at)
            case Between(low=low, high=high):
                bounds |= {low, high}
            case Is(value=value):
                exact.add(float(value))
            case OneOf(values=values):
                exact |= {float(value) for value in values}
            case _:
                pass
    words = number_words if number else length_words
    turns = [Bound(at, f"under {words(at)}", f"over {words(at)}") for at in bounds | exact]
    for value, between in _between(turns, 1.0):
        yield Answer(value if number else int(value), between)
    for value in sorted(exact):
        yield Answer(value if number else int(value), words(value))


def _instants(
    tests: Iterable[Test], turns: Sequence[Bound], situation: Situation
) -> Iterator[Answer]:
    """One instant from each stretch between turns, each asked for itself, and none at all: not
    everything that could have a date has one.
    """
    for at, words in _between(turns, DAY, otherwise=situation.now - DAY):
        told = words.removesuffix(" and past") if " ago" in words else words
        told = told.removeprefix("ahead and ") if " ahead" in told else told
        yield Answer(min(max(int(at), EARLIEST), LATEST), told)
    for test in tests:
        exact = (test.value,) if isinstance(test, Is) else ()
        for value in test.values if isinstance(test, OneOf) else exact:
            yield Answer(value, instant_words(int(value), situation.clock.zone))
    yield Answer(None, "unknown")


def _between(
    bounds: Iterable[Bound], beyond: float, otherwise: float = 1.0
) -> Iterator[tuple[float, str]]:
    """A value in the middle of each stretch, and what lies on its two sides in words."""
    ordered = sorted({bound.at: bound for bound in bounds}.values(), key=lambda bound: bound.at)
    if not ordered:
        yield otherwise, "known"
        return
    first, last = ordered[0], ordered[-1]
    yield first.at - beyond, first.below
    for low, high in pairwise(ordered):
        yield low.at / 2 + high.at / 2, f"{low.above} and {high.below}"
    yield last.at + beyond, last.above


def _turns_of(test: Test, situation: Situation) -> Iterator[Bound]:
    now, clock = situation.now, situation.clock
    match test:
        case OlderThan(duration=duration):
            yield _ago(duration, now, clock)
        case Within(duration=duration):
            yield from (_ago(duration, now, clock), _now(now))
        case InNext(duration=duration):
            yield from (_ahead(duration, now, clock), _now(now))
        case Before(bound=bound) | After(bound=bound):
            yield from _turn_at(bound, situation)
        case Is(value=value):
            yield _date(int(value), clock)
        case OneOf(values=values):
            yield from (_date(int(value), clock) for value in values)
        case _:
            pass


def _turn_at(bound: int | Subject | Now, situation: Situation) -> Iterator[Bound]:
    match bound:
        case Now():
            yield _now(situation.now)
        case Subject():
            other = situation.facts.get(bound.id)
            if other is not None:
                yield Bound(int(other), f"before {bound.id}", f"after {bound.id}")
        case at:
            yield _date(at, situation.clock)


def _now(now: int) -> Bound:
    return Bound(now, "past", "ahead")


def _date(at: int, clock: Clock) -> Bound:
    words = date_words(at, clock.zone)
    return Bound(at, f"before {words}", f"after {words}")


def _ago(duration: Duration, now: int, clock: Clock) -> Bound:
    at = clock.ago(now, duration)
    place = EARLIEST if at is None else at
    return Bound(place, f"more than {duration} ago", f"less than {duration} ago")


def _ahead(duration: Duration, now: int, clock: Clock) -> Bound:
    at = clock.after(now, duration)
    place = LATEST if at is None else at
    return Bound(place, f"less than {duration} ahead", f"more than {duration} ahead")

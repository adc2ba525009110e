"""Any playbook the language allows, small, and any situation it can be judged in, by seed."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from engine.book.calendar.calendar import Calendars
from engine.language import conditions as c
from engine.language.conditions import Condition, Value, ValueType
from engine.language.durations import Duration, Unit
from engine.language.hours.calendar_tree import Calendar
from engine.language.model import (
    Action,
    Cadence,
    Cause,
    Evidence,
    Fact,
    Guard,
    Playbook,
    Signal,
    Threshold,
)
from engine.language.problem import Span
from engine.language.value_rules import Word, Words
from engine.semantics.firings import Context

HERE = Span("generated.yaml", 1, 1, 1, 2)
NOW = 1_772_636_400  # Wednesday 2026-03-04T15:00:00Z
CALENDAR = Calendar("America/New_York")
CALENDARS = Calendars(CALENDAR)
DARK = c.Ref("dark", "dark", "boolean")

GIVEN: dict[str, ValueType] = {
    "opted_out": "boolean",
    "champion": "boolean",
    "amount": "number",
    "score": "number",
    "pain": "text",
    "stage": "choice",
    "length": "duration",
    "proposal_sent_at": "time",
    "next_step_at": "time",
    "silent_since": "time",
}
TIMES = ("proposal_sent_at", "next_step_at", "silent_since")
NUMBERS = (
    *(float("-inf"), -1.5e300, -1.0, -0.0, 0.0, 5e-324, 1e-05, 0.1, 0.2, 0.3, 0.1 + 0.2, 1.0),
    *(2.0, 2.0**53 - 1, 2.0**53, 2.0**53 + 2, 1e16, 1e19, 1e22, 1.5e300, float("inf")),
)
WORDS = (
    *("", "a", "A", "true", "True", "1", "1.0", "é", "ß", "İ", "Pricing", "pricing page"),
    *('a"b', "a\\", "'", "$nex", '{"sid":"0"}', "\x00", "\n", "👩‍🚀", "\ud800", "x" * 65_536),
)
STAGES = ("demo", "proposal", "customer")
LENGTHS: tuple[tuple[str, Unit], ...] = (
    *(("0", "hour"), ("1", "hour"), ("1", "day"), ("2", "day"), ("1", "week")),
    *(("0", "business hour"), ("1", "business hour"), ("1", "business day")),
)
OFFSETS = (0, 1, 3599, 3600, 3601, 86_400, 86_401, 172_800, 604_800, 604_801, 12_345_678)
CONFIDENCES = (0.0, 0.1, 0.2, 1 - 0.9 * 0.8, 0.28, (1 - 0.5) * 0.7, 0.5, 1.0)


def given(name: str) -> c.Ref:
    return c.Ref("fact", name, GIVEN[name])


def fact(name: str, kind: ValueType, when: Condition | None = None) -> Fact:
    choices = Words(map(Word, STAGES if kind == "choice" else ()))
    return Fact(name, kind, choices, None, None, None, None, None, when, span=HERE)


def threshold(
    name: str, when: Condition, silent_for: Duration, since: str = "silent_since"
) -> Threshold:
    return Threshold(name, name, when, silent_for, since, None, None, None, span=HERE)


def signal(name: str, when: Condition) -> Signal:
    return Signal(name, name, when, (), None, None, None, span=HERE)


def evidence(name: str, when: Condition, weight: float, *, against: bool = False) -> Evidence:
    speaks_for, speaks_against = (None, weight) if against else (weight, None)
    return Evidence(name, when, speaks_for, speaks_against, None, None, None, span=HERE)


def cause(name: str, when: Condition | None, *items: Evidence) -> Cause:
    return Cause(name, name, "recoverable", False, when, items, None, None, None, span=HERE)


def action(name: str, when: Condition) -> Action:
    return Action(
        name, name, "internal", None, when, 0.5, {}, "now", None, None, None, None, span=HERE
    )


def guard(name: str, condition: Condition, *, unless: bool = False) -> Guard:
    return Guard(name, (), (), (name,), unless, condition, None, None, None, span=HERE)


def playbook(
    *rules: Fact | Threshold | Signal | Cause | Action | Guard, diagnosed_at: float = 0.25
) -> Playbook:
    """Make a playbook of ``rules`` over the facts of `GIVEN`."""
    cadence = Cadence("silent_since", "amount", (), Duration(Fraction(0), "day"), "next_step_at")
    facts = [fact(name, kind) for name, kind in GIVEN.items()]
    return Playbook(
        id="generated",
        title=None,
        description=None,
        owner=None,
        sources={},
        calendar=CALENDAR,
        channels={},
        outcomes={},
        columns={},
        facts={each.id: each for each in (*facts, *rules) if isinstance(each, Fact)},
        thresholds={each.id: each for each in rules if isinstance(each, Threshold)},
        signals={each.id: each for each in rules if isinstance(each, Signal)},
        causes={each.id: each for each in rules if isinstance(each, Cause)},
        actions={each.id: each for each in rules if isinstance(each, Action)},
        guards={each.id: each for each in rules if isinstance(each, Guard)},
        cadence=cadence,
        diagnosed_at=diagnosed_at,
        span=HERE,
    )


def context(facts: dict[str, Value], now: int = NOW) -> Context:
    return Context(facts, now, CALENDARS.clock("America/New_York"))


class Generator:
    """Draws playbooks and situations; the same ``seed`` draws the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def playbook(self) -> Playbook:
        """Rules of every kind, each over facts and over what the rules before it conclude."""
        self._subjects = [given(name) for name in GIVEN]
        rules: list[Fact | Threshold | Signal | Cause | Action | Guard] = [*self._derived("early")]
        rules += [self._threshold(f"passed_{n}") for n in self._few()]
        self._subjects.append(DARK)
        rules += self._derived("middle")
        for number in self._few():
            rules.append(signal(f"signal_{number}", self.condition()))
            self._subjects.append(c.Ref("signal", f"signal_{number}", "boolean"))
        for number in self._few():
            rules.append(self._cause(f"cause_{number}"))
            self._subjects.append(c.Ref("cause", f"cause_{number}", "number"))
        self._subjects.append(c.Ref("cause_known", "cause_known", "boolean"))
        rules += self._derived("late")
        rules += [action(f"action_{n}", self.condition()) for n in self._few()]
        rules += [
            guard(f"guard_{n}", self.condition(), unless=self._random.random() < 0.5)
            for n in self._few()
        ]
        return playbook(*rules, diagnosed_at=self._random.choice(CONFIDENCES))

    def context(self, of: Playbook) -> Context:
        """Each given fact known or not, a derived one now and then set by hand, in any order."""
        facts: dict[str, Value] = {
            each.id: self._value(each.type)
            for each in of.facts.values()
            if self._random.random() < (0.8 if each.given else 0.2)
        }
        names = self._random.sample(list(facts), len(facts))
        return context({name: facts[name] for name in names})

    def condition(self, depth: int = 3) -> Condition:
        """Draw a condition over the subjects there are, nested ``depth`` deep at most."""
        kind = self._random.random()
        if depth == 0 or kind < 0.4:
            return self._test()
        if kind < 0.5:
            negation = c.Not if kind < 0.45 else c.Unless
            return negation(self.condition(depth - 1), span=HERE)
        parts = tuple(
            self.condition(depth - 1) for _ in range(self._random.choice((0, 1, 2, 2, 3)))
        )
        return (c.All if kind < 0.75 else c.AnyOf)(parts, span=HERE)

    def _few(self) -> range:
        return range(self._random.randrange(4))

    def _derived(self, name: str) -> list[Fact]:
        found = []
        for number in self._few():
            found.append(fact(f"{name}_{number}", "boolean", self.condition()))
            self._subjects.append(c.Ref("fact", f"{name}_{number}", "boolean"))
        return found

    def _threshold(self, name: str) -> Threshold:
        since = self._random.choice(("silent_since", "proposal_sent_at"))
        return threshold(name, self.condition(1), self._duration(), since)

    def _cause(self, name: str) -> Cause:
        when = self.condition() if self._random.random() < 0.4 else None
        items = (
            evidence(
                f"evidence_{number}",
                self.condition(2),
                self._random.choice(CONFIDENCES),
                against=self._random.random() < 0.3,
            )
            for number in self._few()
        )
        return cause(name, when, *items)

    def _duration(self) -> Duration:
        amount, unit = self._random.choice(LENGTHS)
        return Duration(Fraction(amount), unit)

    def _value(self, kind: ValueType) -> Value:
        match kind:
            case "boolean":
                return self._random.random() < 0.5
            case "number":
                return self._random.choice(NUMBERS)
            case "text":
                return self._random.choice(WORDS)
            case "choice":
                return self._random.choice(STAGES)
            case "time":
                return NOW + self._random.choice((-1, -1, 1)) * self._random.choice(OFFSETS)
            case "duration":
                return self._random.choice((0, 3600, 86_400, 10**12))

    def _same(self, subject: c.Ref) -> Value:
        """Something a value of ``subject`` may be compared with."""
        if subject.kind == "cause":
            return self._random.choice(CONFIDENCES)
        return self._value(subject.type)

    def _test(self) -> Condition:
        subject = self._random.choice(self._subjects)
        kind = self._random.random()
        if kind < 0.1:
            return c.Known(subject, self._random.random() < 0.5, span=HERE)
        if kind < 0.25:
            values = tuple(self._same(subject) for _ in range(self._random.randrange(1, 4)))
            return c.In(subject, values, span=HERE)
        if kind < 0.4 or subject.type in {"boolean", "choice"}:
            return c.Equals(subject, self._same(subject), span=HERE)
        if subject.type == "time":
            return self._in_time(subject)
        if subject.type == "text":
            test = self._random.choice((c.Contains, c.StartsWith, c.EndsWith))
            return test(subject, self._random.choice(WORDS), span=HERE)
        return self._in_order(subject)

    def _in_order(self, subject: c.Ref) -> Condition:
        low, high = sorted((float(self._same(subject)), float(self._same(subject))))
        if self._random.random() < 0.2:
            return c.Between(subject, low, high, span=HERE)
        test = self._random.choice((c.AtLeast, c.MoreThan, c.AtMost, c.LessThan))
        return test(subject, low, span=HERE)

    def _in_time(self, subject: c.Ref) -> Condition:
        if self._random.random() < 0.6:
            test = self._random.choice((c.OlderThan, c.Within, c.InNext))
            return test(subject, self._duration(), span=HERE)
        instant = int(self._value("time"))
        bounds: tuple[int | c.Ref | c.Now, ...] = (c.Now(), instant, *map(given, TIMES))
        beside = self._random.choice((c.Before, c.After))
        return beside(subject, self._random.choice(bounds), span=HERE)

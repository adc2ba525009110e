"""The rules of sixty.yaml spelled in the few words every peer knows, from the typed playbook.

Peers have no unknown and no instants: an unknown field is not there, an instant is told as the
seconds since it (`silent_since_ago`), two instants as their difference. A rule says where it
certainly holds, which is all that fires anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from bench.answers import Answer, Facts, by_value, state
from engine.language.conditions import (
    After,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Condition,
    Equals,
    In,
    Known,
    LessThan,
    MoreThan,
    Not,
    OlderThan,
    Ref,
    Unless,
    Value,
    Within,
)
from engine.language.conditions import Comparison as Tested
from engine.language.model import Action, Evidence, Playbook

Operator = Literal["==", "!=", "in", "not in", ">=", ">", "<=", "<", "known", "unknown"]
OPPOSITE: Mapping[Operator, Operator] = {
    "==": "!=", "in": "not in", ">=": "<", ">": "<=", "<=": ">", "<": ">=", "known": "unknown",
    "!=": "==", "not in": "in", "unknown": "known",
}  # fmt: skip


@dataclass(frozen=True)
class Test:
    """A comparison of a field that has a value; but for `unknown`, false where it has none."""

    field: str
    operator: Operator
    value: Value | tuple[Value, ...] = True


@dataclass(frozen=True)
class Every:
    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Tree, ...]


Tree = Test | Every | Some

STANDARD = ("closed", "unclear", "unclear_touches")
"""Rules of every playbook, of which peers are not told: no prospect of a bench is closed or
unclear."""


def field_of(subject: Ref) -> str:
    """The field a subject is told in."""
    return str(subject).replace(".", "_")


def spelled(playbook: Playbook, condition: Condition, holds: bool = True) -> Tree:
    """Where ``condition`` is certainly true, or certainly false."""
    match condition:
        case All(parts) | AnyOf(parts):
            every = isinstance(condition, All) == holds
            inner = tuple(spelled(playbook, part, holds) for part in parts)
            return Every(inner) if every else Some(inner)
        case Not(part):
            return spelled(playbook, part, not holds)
        case Unless():
            raise ValueError("peers are not told what is to hold if nobody knows")
        case Within():
            ago, length = f"{condition.subject}_ago", condition.duration.seconds(86_400)
            if holds:
                return Every((Test(ago, ">=", 0), Test(ago, "<=", length)))
            return Some((Test(ago, "<", 0), Test(ago, ">", length)))
        case _:
            return _test(playbook, condition, holds)


def _test(playbook: Playbook, tested: Tested, holds: bool) -> Test:
    subject = tested.subject
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    field = field_of(subject)
    if fact is not None and fact.when is not None and (not holds or tested != _true(tested)):
        raise ValueError(f"{fact.id} is told where it is true, and not else")
    if subject.type == "boolean" and isinstance(tested, Equals):
        return Test(field, "==", bool(tested.value) == holds)
    test = _plain(tested, f"{field}_ago" if subject.type == "time" else field)
    return test if holds else Test(test.field, OPPOSITE[test.operator], test.value)


def _true(tested: Tested) -> Equals:
    return Equals(tested.subject, True, span=tested.span)


def _plain(tested: Tested, field: str) -> Test:
    match tested:
        case Known():
            return Test(field, "known" if tested.known else "unknown")
        case Equals():
            return Test(field, "==", tested.value)
        case In():
            return Test(field, "in", tested.values)
        case AtLeast():
            return Test(field, ">=", tested.bound)
        case MoreThan():
            return Test(field, ">", tested.bound)
        case AtMost():
            return Test(field, "<=", tested.bound)
        case LessThan():
            return Test(field, "<", tested.bound)
        case OlderThan():
            return Test(field, ">", tested.duration.seconds(86_400))
        case Before() | After():
            operator: Operator = ">" if isinstance(tested, Before) else "<"
            if isinstance(tested.bound, Ref):
                return Test(f"{tested.subject}_before_{tested.bound}", operator, 0)
            return Test(field, operator, 0)
        case _:
            raise ValueError(f"no peer is told of {type(tested).__name__}")


def fields(playbook: Playbook, facts: Facts, now: int) -> dict[str, Value]:
    """What peers are told of a prospect: known facts, instants as seconds ago."""
    told: dict[str, Value] = {}
    for name, value in facts.items():
        if playbook.facts[name].type == "time":
            told[f"{name}_ago"] = now - int(value)
        else:
            told[name] = value
    since, sent = facts.get("silent_since"), facts.get("proposal_sent_at")
    asked, reply = facts.get("go_no_go_asked_at"), facts.get("last_reply_at")
    if since is not None:
        later = int(since) if sent is None else max(int(since), int(sent))
        told["silent_for_proposal_sent_at"] = now - later
        told["silent_for_silent_since"] = now - int(since)
        if asked is not None:
            told["go_no_go_asked_at_before_silent_since"] = int(since) - int(asked)
    if reply is not None and sent is not None:
        told["last_reply_at_before_proposal_sent_at"] = int(sent) - int(reply)
    return told


def conclusions(playbook: Playbook) -> Iterator[tuple[str, Tree]]:
    """Every conclusion that is a matter of a condition, with that condition, in the order they are
    reached; `dark` where one threshold has passed. Evidence is `causes_x_y`.
    """
    late = {"in_play", "mendable"}
    derived = {
        id: fact.when
        for id, fact in playbook.facts.items()
        if fact.when is not None and id not in STANDARD
    }
    for id, when in derived.items():
        if id not in late:
            yield id, spelled(playbook, when)
    for threshold in playbook.thresholds.values():
        lasted = Test(f"silent_for_{threshold.since}", ">=", threshold.silent_for.seconds(86_400))
        yield f"dark_{threshold.id}", Every((spelled(playbook, threshold.shown), lasted))
    yield "dark", Some(tuple(Test(f"dark_{id}", "==") for id in playbook.thresholds))
    yield "in_play", spelled(playbook, derived["in_play"])
    for signal in playbook.signals.values():
        yield f"signals_{signal.id}", spelled(playbook, signal.when)
    for cause in playbook.causes.values():
        for item in cause.evidence:
            yield f"causes_{cause.id}_{item.id}", spelled(playbook, item.when)
    yield "mendable", spelled(playbook, derived["mendable"])
    for action in playbook.actions.values():
        yield f"actions_{action.id}", spelled(playbook, action.when)
    for guard in playbook.guards.values():
        if guard.id in STANDARD:
            continue
        yield f"guards_{guard.id}", spelled(playbook, guard.condition)


def alternatives(tree: Tree) -> list[tuple[Test, ...]]:
    """``tree`` as rules without `or`: each a list of tests that must all hold."""
    match tree:
        case Test():
            return [(tree,)]
        case Some(parts):
            return [found for part in parts for found in alternatives(part)]
        case Every(parts):
            return [
                tuple(test for group in groups for test in group)
                for groups in product(*(alternatives(part) for part in parts))
            ]


def names(trees: Iterable[Tree]) -> list[str]:
    """Every field that ``trees`` look at, in order."""
    found = (test.field for tree in trees for group in alternatives(tree) for test in group)
    return list(dict.fromkeys(found))


class Weighing:
    """What rule engines leave to their callers: confidences from evidence, values from
    confidences, guards over actions, and the ranking.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._evidence = [
            (cause.id, [_factors(cause.id, item) for item in cause.evidence])
            for cause in playbook.causes.values()
        ]
        self._actions = [
            (action, f"actions_{action.id}", tuple(action.fits.items()), _guards(playbook, action))
            for action in playbook.actions.values()
        ]
        self._diagnosed_at = playbook.diagnosed_at
        self._dark = {f"dark_{id}": id for id in playbook.thresholds}
        self._signals = {f"signals_{id}": id for id in playbook.signals}

    def causes(self, fired: set[str]) -> dict[str, float]:
        """The confidence of each cause that has any, given the evidence that ``fired``."""
        found: dict[str, float] = {}
        if "dark" in fired:
            for cause, evidence in self._evidence:
                doubt = trust = 1.0
                for name, keeps_doubt, keeps_trust in evidence:
                    if name in fired:
                        doubt *= keeps_doubt
                        trust *= keeps_trust
                confidence = (1.0 - doubt) * trust
                if confidence > 0:
                    found[cause] = confidence
        return found

    def known(self, causes: Mapping[str, float]) -> bool:
        """Whether a cause is diagnosed."""
        return any(value >= self._diagnosed_at for value in causes.values())

    def answer(self, facts: Facts, fired: set[str], causes: dict[str, float]) -> Answer:
        """The answer once all rules have ``fired``."""
        likely = {cause: value for cause, value in causes.items() if value >= self._diagnosed_at}
        steps = []
        for action, name, fits, guards in self._actions:
            if name not in fired:
                continue
            values = [likely[cause] * fit for cause, fit in fits if cause in likely]
            worth = values if fits else [1.0]
            if worth and not any((guard in fired) != unless for guard, unless in guards):
                steps.append((action.id, action.score * max(worth)))
        dark = frozenset(id for name, id in self._dark.items() if name in fired)
        signals = frozenset(id for name, id in self._signals.items() if name in fired)
        return Answer(state(facts, dark), dark, signals, causes, by_value(steps))


def _factors(cause: str, item: Evidence) -> tuple[str, float, float]:
    return f"causes_{cause}_{item.id}", 1.0 - (item.weight or 0.0), 1.0 - (item.against or 0.0)


def _guards(playbook: Playbook, action: Action) -> list[tuple[str, bool]]:
    return [
        (f"guards_{guard.id}", guard.unless)
        for guard in playbook.guards.values()
        if guard.blocks(action)
    ]

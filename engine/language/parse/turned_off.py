"""Leave out rules that are `off` although others use them, and what never fires without them.

A signal that is off never fires, a cause that is off has the confidence 0, an action that is off is
never taken. Conditions that read them are simplified: `any` loses the alternative, and a rule that
needs what never holds never fires either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.intervals import ABOVE, BELOW, range_of
from engine.language.model import Action, Cause, Fact, Guard, Playbook
from engine.language.yaml.document import KeyPath

_SECTIONS = {"signal": "signals", "cause": "causes", "fact": "facts"}


@dataclass(frozen=True, slots=True)
class TurnedOff:
    """A playbook without the rules that are off.

    Attributes:
        playbook: The playbook.
        used: The paths of those rules that others use.
        silenced: The path of each other rule that never fires for that reason, with the path of the
            rule that is off.
    """

    playbook: Playbook
    used: frozenset[KeyPath]
    silenced: Mapping[KeyPath, KeyPath]


def without_rules(playbook: Playbook, off: frozenset[KeyPath]) -> TurnedOff:
    """Return ``playbook`` without the rules ``off``, paths such as ``("causes", "busy")``."""
    used = frozenset(place for place in _names_used(playbook) if place in off)
    if not used:
        return TurnedOff(playbook, used, {})
    pruning = _Pruning(playbook, {place: place for place in off})
    while pruning.pruned():
        pass
    silenced = {place: root for place, root in pruning.dead.items() if place not in off}
    return TurnedOff(pruning.playbook, used, silenced)


def _names_used(playbook: Playbook) -> Iterator[KeyPath]:
    """Yield every rule that a condition, a `for`, a `prevent` or a guard names."""
    for condition in _conditions(playbook):
        for subject in _subjects(condition):
            if subject.kind in _SECTIONS:
                yield _SECTIONS[subject.kind], subject.id
    for action in playbook.actions.values():
        yield from (("causes", id) for id in action.fits)
    for signal in playbook.signals.values():
        yield from (("actions", id) for id in signal.prevent)
    for guard in playbook.guards.values():
        yield from (("actions", id) for id in guard.actions)


def _conditions(playbook: Playbook) -> Iterator[Condition]:
    yield from (fact.when for fact in playbook.facts.values() if fact.when is not None)
    yield from (threshold.when for threshold in playbook.thresholds.values())
    yield from (signal.when for signal in playbook.signals.values())
    yield from (action.when for action in playbook.actions.values())
    yield from (guard.condition for guard in playbook.guards.values())
    for cause in playbook.causes.values():
        yield from (item.when for item in cause.evidence)
        yield from () if cause.when is None else (cause.when,)


def _subjects(condition: Condition) -> Iterator[c.Ref]:
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            for part in parts:
                yield from _subjects(part)
        case c.Not(part) | c.Unless(part):
            yield from _subjects(part)
        case _:
            yield condition.subject


class _Pruning:
    """A playbook that loses what never fires; ``dead`` maps each such path to the rule it lacks."""

    def __init__(self, playbook: Playbook, dead: dict[KeyPath, KeyPath]) -> None:
        self.playbook = playbook
        self.dead = dead
        self._constant: dict[str, tuple[bool, KeyPath]] = {}

    def pruned(self) -> bool:
        """Remove what never fires as of now, and return whether that was anything."""
        before = (len(self.dead), len(self._constant))
        old = self.playbook
        self.playbook = replace(
            old,
            facts={id: self._fact(fact) for id, fact in old.facts.items()},
            thresholds={
                id: replace(one, when=when)
                for id, one in old.thresholds.items()
                if (when := self._kept(("dark", id), one.when)) is not None
            },
            signals={
                id: replace(one, when=when, prevent=self._alive("actions", one.prevent))
                for id, one in old.signals.items()
                if (when := self._kept(("signals", id), one.when)) is not None
            },
            causes={
                id: cause
                for id, one in old.causes.items()
                if (cause := self._cause(one)) is not None
            },
            actions={
                id: action
                for id, one in old.actions.items()
                if (action := self._action(one)) is not None
            },
            guards={
                id: guard
                for id, one in old.guards.items()
                if (guard := self._guard(one)) is not None
            },
        )
        return before != (len(self.dead), len(self._constant))

    def _fact(self, fact: Fact) -> Fact:
        if fact.when is None or fact.id in self._constant:
            return fact
        when, root = self._simplified(fact.when)
        if root is not None and _truth(when) is not None:
            self._constant[fact.id] = _truth(when) is True, root
            self.dead[("facts", fact.id)] = root
        return replace(fact, when=when)

    def _cause(self, cause: Cause) -> Cause | None:
        place: KeyPath = ("causes", cause.id)
        when = None if cause.when is None else self._kept(place, cause.when)
        if cause.when is not None and when is None:
            return None
        evidence = tuple(
            replace(item, when=kept)
            for item in cause.evidence
            if (kept := self._kept((*place, "evidence", item.id), item.when)) is not None
        )
        lost = [item for item in cause.evidence if (*place, "evidence", item.id) in self.dead]
        if lost and not any(item.weight for item in evidence):
            self.dead[place] = self.dead[(*place, "evidence", lost[0].id)]
            return None
        return replace(cause, when=when, evidence=evidence)

    def _action(self, action: Action) -> Action | None:
        place: KeyPath = ("actions", action.id)
        fits = {id: fit for id, fit in action.fits.items() if ("causes", id) not in self.dead}
        if action.fits and not fits:
            self.dead[place] = self.dead[("causes", next(iter(action.fits)))]
            return None
        when = self._kept(place, action.when)
        return None if when is None else replace(action, when=when, fits=fits)

    def _guard(self, guard: Guard) -> Guard | None:
        place: KeyPath = ("guards", guard.id)
        actions = self._alive("actions", guard.actions)
        if guard.actions and not actions:
            self.dead[place] = self.dead[("actions", guard.actions[0])]
            return None
        condition, root = self._simplified(guard.condition)
        if root is not None and _truth(condition) is guard.unless:
            self.dead[place] = root
            return None
        if root is not None and guard.unless and _truth(condition) is False:
            always = c.All((), span=guard.span)
            return replace(guard, actions=actions, unless=False, condition=always)
        return replace(guard, actions=actions, condition=condition)

    def _alive(self, section: str, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(id for id in ids if (section, id) not in self.dead)

    def _kept(self, place: KeyPath, condition: Condition) -> Condition | None:
        """Return the condition of the rule at ``place`` simplified; None if the rule is gone."""
        when, root = self._simplified(condition)
        if root is not None and _truth(when) is False:
            self.dead[place] = root
            return None
        return when

    def _simplified(self, condition: Condition) -> tuple[Condition, KeyPath | None]:
        """Return a condition without what never fires, and the first rule that it lacks."""
        roots = (self._root(subject) for subject in _subjects(condition))
        root = next((each for each in roots if each is not None), None)
        return (condition, None) if root is None else (self._folded(condition), root)

    def _root(self, subject: c.Ref) -> KeyPath | None:
        if subject.kind == "fact":
            return self._constant[subject.id][1] if subject.id in self._constant else None
        return self.dead.get((_SECTIONS.get(subject.kind, ""), subject.id))

    def _folded(self, condition: Condition) -> Condition:
        match condition:
            case c.All(parts, span=span):
                kept = [part for part in map(self._folded, parts) if _truth(part) is not True]
                none = any(_truth(part) is False for part in kept)
                return c.AnyOf((), span=span) if none else _joined(c.All, kept, condition)
            case c.AnyOf(parts, span=span):
                kept = [part for part in map(self._folded, parts) if _truth(part) is not False]
                some = any(_truth(part) is True for part in kept)
                return c.All((), span=span) if some else _joined(c.AnyOf, kept, condition)
            case c.Not(part) | c.Unless(part):
                inner = self._folded(part)
                truth = _truth(inner)
                if truth is None:
                    return replace(condition, part=inner)
                return _constant(not truth, condition)
            case _:
                return self._of_test(condition)

    def _of_test(self, test: c.Comparison) -> Condition:
        if self._root(test.subject) is None:
            return test
        if test.subject.kind == "fact":
            return _constant(_compare(test, self._constant[test.subject.id][0]), test)
        return _constant(_compare(test, 0.0 if test.subject.kind == "cause" else False), test)


def _joined(
    kind: type[c.All | c.AnyOf], parts: list[Condition], whole: c.All | c.AnyOf
) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts), span=whole.span)


def _constant(truth: bool, whole: Condition) -> Condition:
    return (c.All if truth else c.AnyOf)((), span=whole.span)


def _truth(condition: Condition) -> bool | None:
    """Return the truth of a condition that is always the same; None of any other."""
    if isinstance(condition, c.All | c.AnyOf) and not condition.parts:
        return isinstance(condition, c.All)
    return None


def _compare(test: c.Comparison, value: float | bool) -> bool:
    """Return the truth of a comparison of a conclusion or derived fact, which is known."""
    match test:
        case c.Known(known=known):
            return known
        case c.Equals(value=other):
            return value == other
        case c.In(values=values):
            return value in values
        case _:
            low, high = range_of(test)
            number = float(value)
            return (low is None or low <= (number, BELOW)) and (
                high is None or high >= (number, ABOVE)
            )

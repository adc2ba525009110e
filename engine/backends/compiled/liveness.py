"""What the rules of a playbook need of one another, so that nothing is worked out for nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.backends.compiled.common_operands import Operand, operands_in
from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.model import Playbook, Threshold
from engine.semantics.dependencies import dependencies, strata


def read_names(playbook: Playbook) -> frozenset[str]:
    """The rule names (`facts.stage`, `cause_known`) that some rule reads."""
    return frozenset(name for fed in dependencies(playbook).values() for name in fed)


def guard_only_facts(playbook: Playbook) -> frozenset[str]:
    """Derived facts that only guards read, directly or through each other, or nobody at all."""
    graph = dependencies(playbook)
    readers: dict[str, set[str]] = {}
    for reader, fed in graph.items():
        for name in fed:
            readers.setdefault(name, set()).add(reader)
    found: set[str] = set()
    for layer in reversed(strata(playbook)):
        for name in layer:
            section, _, id = name.partition(".")
            derived = section == "facts" and playbook.facts[id].when is not None
            if derived and all(_is_for_guards(each, found) for each in readers.get(name, ())):
                found.add(name)
    return frozenset(found)


def _is_for_guards(reader: str, found: set[str]) -> bool:
    return reader.startswith("guards.") or reader in found


def facts_needing_false(playbook: Playbook) -> frozenset[str]:
    """Ids of the derived facts of which some rule wants to know more than whether they are true."""
    found: set[str] = set()
    for condition in _of_rules(playbook):
        found |= _more_than_true(condition, holds=True)
    for layer in reversed(strata(playbook)):
        for name in layer:
            fact = playbook.facts.get(name.removeprefix("facts."))
            if fact is not None and fact.when is not None:
                found |= _more_than_true(fact.when, holds=True)
                if fact.id in found:
                    found |= _more_than_true(fact.when, holds=False)
    return frozenset(found)


def _more_than_true(condition: Condition, *, holds: bool) -> set[str]:
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            return {id for part in parts for id in _more_than_true(part, holds=holds)}
        case c.Not(part):
            return _more_than_true(part, holds=not holds)
        case c.Equals(value=value) if value is holds:
            return set()
        case test:
            return {subject.id for subject in c.refs_in(test) if subject.kind == "fact"}


def _of_rules(playbook: Playbook) -> Iterator[Condition]:
    """The conditions of all rules; those of derived facts are not among them."""
    yield from conditions_outside(playbook)
    for cause in playbook.causes.values():
        if cause.when is None:
            yield from (item.when for item in cause.evidence)


def conditions_outside(playbook: Playbook) -> Iterator[Condition]:
    """The conditions of rules that may be judged for those who are not dark."""
    yield from (threshold.when for threshold in playbook.thresholds.values())
    yield from (signal.when for signal in playbook.signals.values())
    for cause in playbook.causes.values():
        if cause.when is not None:
            yield cause.when
            yield from (item.when for item in cause.evidence)
    yield from (action.when for action in playbook.actions.values())
    yield from (guard.condition for guard in playbook.guards.values())


def common_subexpressions(playbook: Playbook) -> tuple[Counter[Operand], Counter[Operand]]:
    """What tests work out before they compare: for everybody, and for those who are dark alone.

    The counts of the second are those of both together.
    """
    derived = [fact.when for fact in playbook.facts.values() if fact.when is not None]
    everybody = operands_in([*conditions_outside(playbook), *derived])
    everybody.update(map(_of_threshold, playbook.thresholds.values()))
    dark = [
        item.when
        for cause in playbook.causes.values()
        if cause.when is None
        for item in cause.evidence
    ]
    return everybody, everybody + operands_in(dark)


def _of_threshold(threshold: Threshold) -> Operand:
    since = f"facts.{threshold.since}"
    return ("open age" if threshold.silent_for.business else "age", since)


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """The parts of ``condition`` all of which must hold, those of parts within parts as well."""
    if not isinstance(condition, c.All):
        return (condition,)
    return tuple(each for part in condition.parts for each in conjuncts(part))


def size(condition: Condition) -> int:
    """How many tests it has."""
    return sum(1 for _ in c.comparisons_in(condition))

"""Liveness analysis: which facts and conclusions some rule reads, and what it needs of them."""

from __future__ import annotations

from collections import Counter

from engine.backends.compiled.common_operands import Operand, operands_in
from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.model import Playbook, Threshold
from engine.language.walk import (
    ConditionAt,
    EvidenceId,
    RuleId,
    conditions,
    refs_in,
)
from engine.semantics.dependencies import dependencies
from engine.semantics.negation import literals

_OF_THE_STATE = frozenset({RuleId("facts", "closed"), RuleId("facts", "unclear")})


def guard_only_facts(playbook: Playbook) -> frozenset[RuleId]:
    """Return the derived facts that no rule but guards reads, directly or through other such facts.

    With ``asked: {when: ...}`` and ``quiet: {when: {asked: true}}``, where one guard reads
    ``quiet`` and nothing else reads either, both are returned: they are needed only once there is
    an action to hold back.
    """
    graph = dependencies(playbook)
    found: set[RuleId] = set()
    for name in reversed(graph.order):
        # Readers come first in this order, so `found` already has those that are derived facts.
        if name in _OF_THE_STATE:
            continue
        if name.section == "facts" and playbook.facts[name.id].when is not None:
            readers = graph.readers.get(name, ())
            if all(reader.section == "guards" or reader in found for reader in readers):
                found.add(name)
    return frozenset(found)


def facts_needing_false(playbook: Playbook) -> frozenset[str]:
    """Return the ids of facts that some rule tests for more than being true.

    ``any: [{x: true}, {y: false}]`` needs of ``x`` only whether it is true, and of ``y`` whether it
    is certainly false: ``y`` is returned. Of a derived fact that is not returned, false and unknown
    need not be told apart.
    """
    found: set[str] = set()
    for at in conditions(playbook):
        if at.place[0] != "facts":
            found |= _more_than_true(at.condition)
    for name in reversed(dependencies(playbook).order):
        fact = playbook.facts[name.id] if name.section == "facts" else None
        if fact is not None and fact.when is not None:
            found |= _more_than_true(fact.when)
            if fact.id in found:  # then its own condition has to be compiled both ways as well
                found |= _more_than_true(c.Not(fact.when, span=fact.span))
    return frozenset(found)


def _more_than_true(condition: Condition) -> set[str]:
    found: set[str] = set()
    for comparison, holds in literals(condition):
        if not (isinstance(comparison, c.Equals) and comparison.value is holds):
            found |= {ref.id for ref in refs_in(comparison) if ref.kind == "fact"}
    return found


def _only_for_the_dark(playbook: Playbook, at: ConditionAt) -> bool:
    """Return whether the condition is evaluated only for prospects who are dark."""
    return isinstance(at.owner, EvidenceId) and playbook.causes[at.owner.cause].when is None


def common_subexpressions(playbook: Playbook) -> tuple[Counter[Operand], Counter[Operand]]:
    """Count the uses of each operand: for every prospect, and for prospects who are dark.

    The second counts include the first. A playbook whose one threshold counts silence in days, with
    evidence ``silent_since: {within: 1 week}``, gives ``{("age", facts.silent_since): 1}`` and
    ``{("age", facts.silent_since): 2}``.
    """
    everybody: list[Condition] = []
    dark: list[Condition] = []
    for at in conditions(playbook):
        (dark if _only_for_the_dark(playbook, at) else everybody).append(at.condition)
    counts = operands_in(everybody)
    counts.update(map(_of_threshold, playbook.thresholds.values()))
    return counts, counts + operands_in(dark)


def _of_threshold(threshold: Threshold) -> Operand:
    since = RuleId("facts", threshold.since)
    return ("open age" if threshold.silent_for.business else "age", since)

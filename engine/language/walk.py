"""Walk a playbook: its entries by `RuleId`, and every condition with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.language.conditions import (
    After,
    All,
    AnyOf,
    Before,
    Comparison,
    Condition,
    Not,
    Ref,
    Unless,
)
from engine.language.model import (
    Action,
    Cause,
    Evidence,
    Fact,
    Guard,
    Measure,
    Playbook,
    Rule,
    Signal,
    Threshold,
)
from engine.language.yaml.document import KeyPath

Section = Literal[
    "facts", "dark", "signals", "causes", "cause_known", "actions", "guards", "columns"
]
"""The sections of a playbook as authors write them; `cause_known`, which is a conclusion only; and
`columns`, for what a measure's `where` names."""


class RuleId(NamedTuple):
    """The name of a fact, a rule or a conclusion: ``RuleId("signals", "no_next_step")``.

    Without an id, `dark` and `cause_known` are the conclusions drawn from all thresholds and from
    all causes. ``str`` gives the name as authors write it: `signals.no_next_step`, `dark`.
    """

    section: Section
    id: str = ""

    def __str__(self) -> str:
        return f"{self.section}.{self.id}" if self.id else self.section


@dataclass(frozen=True, slots=True)
class EvidenceId:
    """The name of one piece of evidence of a cause: ``EvidenceId("busy", "quarter_end")``.

    A dataclass and not a `NamedTuple`: named tuples compare as tuples, so that
    ``EvidenceId("dark", "x")`` would equal ``RuleId("dark", "x")``.
    """

    cause: str
    id: str

    def __str__(self) -> str:
        return f"causes.{self.cause}.evidence.{self.id}"


DARK = RuleId("dark")
CAUSE_KNOWN = RuleId("cause_known")

_SECTIONS: Mapping[str, Section] = {
    "fact": "facts",
    "column": "columns",
    "signal": "signals",
    "cause": "causes",
}

Claim = Threshold | Signal | Cause | Evidence | Action | Guard
"""An entry that can cite its origin: it has the fields `basis`, `source` and `because`."""


class ConditionAt(NamedTuple):
    """A ``condition``, the entry it belongs to, and the key it is written under.

    For the condition of a piece of evidence, ``owner`` is the `EvidenceId`.
    """

    owner: RuleId | EvidenceId
    place: KeyPath
    condition: Condition


def rule_id(ref: Ref) -> RuleId:
    """Return the name of what ``ref`` refers to."""
    match ref.kind:
        case "dark":
            return DARK
        case "cause_known":
            return CAUSE_KNOWN
        case _:
            return RuleId(_SECTIONS[ref.kind], ref.id)


def rules_by_section(playbook: Playbook) -> Mapping[Section, Mapping[str, Rule]]:
    """Return the entries of every section of facts and rules by id, by the author's section name.

    Sections are in language order: facts, dark, signals, causes, actions, guards.
    """
    return {
        "facts": playbook.facts,
        "dark": playbook.thresholds,
        "signals": playbook.signals,
        "causes": playbook.causes,
        "actions": playbook.actions,
        "guards": playbook.guards,
    }


def rules(playbook: Playbook) -> Iterator[tuple[RuleId, Rule]]:
    """Yield every fact and rule with its name, in language order."""
    for section, entries in rules_by_section(playbook).items():
        for id, rule in entries.items():
            yield RuleId(section, id), rule


def claims(playbook: Playbook) -> Iterator[tuple[KeyPath, Claim]]:
    """Yield every rule and piece of evidence with the key it is written under."""
    for name, rule in rules(playbook):
        if isinstance(rule, Fact):
            continue
        yield (name.section, name.id), rule
        if isinstance(rule, Cause):
            for item in rule.evidence:
                yield (name.section, name.id, "evidence", item.id), item


def conditions(playbook: Playbook) -> Iterator[ConditionAt]:
    """Yield every condition on a prospect, in language order.

    The conditions that measures put on rows are not among them: see `measure_conditions`.
    """
    for name, rule in rules(playbook):
        place = tuple(name)
        match rule:
            case Fact():
                if rule.when is not None:
                    yield ConditionAt(name, (*place, "when"), rule.when)
            case Threshold() | Signal() | Action():
                yield ConditionAt(name, (*place, "when"), rule.when)
            case Cause():
                if rule.when is not None:
                    yield ConditionAt(name, (*place, "when"), rule.when)
                for item in rule.evidence:
                    owner = EvidenceId(rule.id, item.id)
                    yield ConditionAt(owner, (*place, "evidence", item.id, "when"), item.when)
            case Guard():
                key = "unless" if rule.unless else "while"
                yield ConditionAt(name, (*place, key), rule.condition)


def measure_conditions(playbook: Playbook) -> Iterator[tuple[Measure, ConditionAt]]:
    """Yield every measure that counts only some rows, with the condition it puts on them."""
    for fact in playbook.facts.values():
        measure = fact.measure
        if measure is not None and measure.where is not None:
            place = ("facts", fact.id, "measure", "where")
            yield measure, ConditionAt(RuleId("facts", fact.id), place, measure.where)


def comparisons_in(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in ``condition``, in the order in which they are written."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons_in(part)
        case Not(part) | Unless(part):
            yield from comparisons_in(part)
        case _:
            yield condition


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts of ``condition`` all of which must hold, nested `all` flattened.

    ``all: [a, {all: [b, {any: [c, d]}]}]`` gives ``a``, ``b`` and ``any: [c, d]``.
    """
    if not isinstance(condition, All):
        return (condition,)
    return tuple(each for part in condition.parts for each in conjuncts(part))


def exceptions_in(condition: Condition) -> Iterator[Condition]:
    """Yield the condition of each `unless` in ``condition``, where unknown counts as false."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from exceptions_in(part)
        case Not(part):
            yield from exceptions_in(part)
        case Unless(part):
            yield part
        case _:
            pass


def refs_in(condition: Condition) -> Iterator[Ref]:
    """Yield every name that ``condition`` reads, including bounds that are facts.

    A name that is read more than once is yielded as often.
    """
    for test in comparisons_in(condition):
        yield test.subject
        if isinstance(test, Before | After) and isinstance(test.bound, Ref):
            yield test.bound

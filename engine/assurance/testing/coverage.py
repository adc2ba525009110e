"""Which rules and which tests of their conditions the authors' cases have seen both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engine.advice.advisor import Evaluation
from engine.assurance.lint.unused import names_read
from engine.book.prospect import Row
from engine.language.conditions import Comparison, Ref, Value, comparisons_in
from engine.language.model import (
    Action,
    Cause,
    Fact,
    Measure,
    Playbook,
    Signal,
    Threshold,
)
from engine.language.package_data import shipped
from engine.language.problem import Span
from engine.language.walk import EvidenceId, RuleId
from engine.language.yaml.reader import resolve_links
from engine.semantics.evaluate_conditions import ValueOf, compare
from engine.semantics.firings import value_in


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """A rule, or (``subject``) one test in its condition, with the number of cases in which it
    fired or was true, and of those in which it was judged and did not or was not.

    ``rule`` is section and id: `signals.no_next_step`, `causes.busy.evidence.quarter_end`.
    """

    rule: str
    subject: str | None
    span: Span
    yes: int = 0
    no: int = 0

    @property
    def seen(self) -> int:
        """Of the two ways it can come out, how many the cases have."""
        return (self.yes > 0) + (self.no > 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is to cover of one playbook: rules, each followed by the tests of its condition."""

    items: tuple[CoverageItem, ...]

    @property
    def covered(self) -> int:
        """How many ways of coming out the cases have seen."""
        return sum(item.seen for item in self.items)

    @property
    def total(self) -> int:
        """How many there are: two for every item."""
        return 2 * len(self.items)

    @property
    def percent(self) -> float:
        """Covered of total, from 0 to 100; 100 where there is nothing to cover."""
        return 100.0 * self.covered / self.total if self.items else 100.0

    def missing(self) -> tuple[CoverageItem, ...]:
        """Return what had one outcome only, or was never evaluated."""
        return tuple(item for item in self.items if item.seen < 2)

    def merged(self, other: Coverage) -> Coverage:
        """Return the coverage by the cases of both, which are of the same playbook."""
        return Coverage(
            tuple(
                replace(one, yes=one.yes + two.yes, no=one.no + two.no)
                for one, two in zip(self.items, other.items, strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class WatchedEntry:
    """A condition to watch. ``fired`` says what its rule came out as in a case, None where it was
    not judged. ``measure`` is set for a `where`, which is judged of rows; that, and where a cause
    is considered, is part of a rule and none itself (``is_rule``).
    """

    name: RuleId | EvidenceId
    span: Span
    tests: tuple[Comparison, ...]
    fired: Callable[[Evaluation], bool | None]
    is_rule: bool = True
    measure: Measure | None = None


class CoverageCounter:
    """Counts, case by case, what the rules of ``playbook`` come out as.

    What a shipped file says has its cases beside it, and is not for those who extend it to cover.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._own = playbook.span.file
        self._watched = tuple(_watched(playbook))
        self._counts = [[[0, 0] for _ in (None, *item.tests)] for item in self._watched]

    def add(self, judged: Evaluation) -> None:
        """Count one case."""
        values = partial(value_in, judged.context, judged.firings)
        for item, (own, *of_tests) in zip(self._watched, self._counts, strict=True):
            fired = item.fired(judged)
            if fired is None:
                continue
            own[not fired] += 1
            for test, count in zip(item.tests, of_tests, strict=True):
                for truth in _truths(test, item, judged, values):
                    count[not truth] += 1

    def coverage(self) -> Coverage:
        """Return what was counted so far."""
        items = []
        for item, (own, *of_tests) in zip(self._watched, self._counts, strict=True):
            if item.is_rule:
                items.append(CoverageItem(str(item.name), None, item.span, *own))
            for test, count in zip(item.tests, of_tests, strict=True):
                items.append(CoverageItem(str(item.name), str(test.subject), test.span, *count))
        return Coverage(tuple(one for one in items if self._to_cover(one.span)))

    def _to_cover(self, span: Span) -> bool:
        ships = resolve_links(Path(span.file)).parent == resolve_links(shipped("rules"))
        return span.file == self._own or not ships


def _truths(test: Comparison, item: WatchedEntry, judged: Evaluation, values: ValueOf) -> set[bool]:
    """Whether ``test`` is true, or not, or, of several rows, both."""
    now, clock = judged.context.now, judged.context.clock
    if item.measure is None:
        return {compare(test, values, now, clock) is True}
    return {
        compare(test, partial(_cell, row), now, clock) is True
        for row in judged.prospect.rows.get(item.measure.table, ())
        if int(row.get("at", now)) <= now
    }


def _cell(row: Row, subject: Ref) -> Value | None:
    return row.get(subject.id)


def _watched(playbook: Playbook) -> Iterator[WatchedEntry]:
    """All there is to watch, in language order."""
    for fact in _facts(playbook):
        yield from _of_fact(fact)
    for threshold in playbook.thresholds.values():
        yield _rule(
            RuleId("dark", threshold.id), threshold, lambda judged: judged.firings.thresholds
        )
    for signal in playbook.signals.values():
        yield _rule(RuleId("signals", signal.id), signal, lambda judged: judged.firings.signals)
    for cause in playbook.causes.values():
        yield from _of_cause(cause)
    for action in playbook.actions.values():
        yield _rule(RuleId("actions", action.id), action, _eligible)
    for guard in playbook.guards.values():
        tests = tuple(comparisons_in(guard.condition))
        fired = partial(_among, guard.id, lambda judged: judged.firings.guards)
        yield WatchedEntry(RuleId("guards", guard.id), guard.span, tests, fired)


def _facts(playbook: Playbook) -> Iterator[Fact]:
    """Yield the facts to watch: all that are read or the file's own, not those of the language."""
    standard, read = str(shipped("rules", "standard.yaml")), names_read(playbook)
    for fact in playbook.facts.values():
        own = fact.span.file == playbook.span.file
        if fact.span.file != standard and (own or RuleId("facts", fact.id) in read):
            yield fact


def _of_fact(fact: Fact) -> Iterator[WatchedEntry]:
    name = RuleId("facts", fact.id)
    if fact.when is not None:
        yield WatchedEntry(
            name, fact.span, tuple(comparisons_in(fact.when)), partial(_derived, fact.id)
        )
    if fact.measure is not None and fact.measure.where is not None:
        tests = tuple(comparisons_in(fact.measure.where))
        measured = partial(_measured, fact.id)
        yield WatchedEntry(name, fact.span, tests, measured, is_rule=False, measure=fact.measure)


def _derived(id: str, judged: Evaluation) -> bool | None:
    given = id in judged.context.facts
    return None if given else judged.firings.derived.get(id) is True


def _measured(id: str, judged: Evaluation) -> bool | None:
    return None if id in judged.prospect.facts else True


def _of_cause(cause: Cause) -> Iterator[WatchedEntry]:
    name = RuleId("causes", cause.id)
    if cause.when is not None:
        tests = tuple(comparisons_in(cause.when))
        considered = partial(_considered, cause.id)
        yield WatchedEntry(name, cause.span, tests, considered, is_rule=False)
    for item in cause.evidence:
        fired = partial(_speaks, cause.id, item.id)
        yield WatchedEntry(
            EvidenceId(cause.id, item.id), item.span, tuple(comparisons_in(item.when)), fired
        )


def _considered(cause: str, judged: Evaluation) -> bool:
    return cause in judged.firings.evidence


def _speaks(cause: str, evidence: str, judged: Evaluation) -> bool | None:
    fired = judged.firings.evidence.get(cause)
    return None if fired is None else evidence in fired


def _rule(
    name: RuleId, rule: Threshold | Signal | Action, firing: Callable[[Evaluation], Iterable[str]]
) -> WatchedEntry:
    tests = tuple(comparisons_in(rule.when))
    return WatchedEntry(name, rule.span, tests, partial(_among, rule.id, firing))


def _among(id: str, firing: Callable[[Evaluation], Iterable[str]], judged: Evaluation) -> bool:
    return id in firing(judged)


def _eligible(judged: Evaluation) -> list[str]:
    """Actions that are recommended or held back: their causes are diagnosed too."""
    recommendation = judged.recommendation
    steps = [*recommendation.steps, *(item.step for item in recommendation.held_back)]
    return [step.action.id for step in steps]

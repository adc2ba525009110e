"""Count which rules, and which comparisons of their conditions, cases have seen both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engine.advice.advisor import Evaluation
from engine.assurance.lint.unused import names_read
from engine.assurance.testing.tested_files import tested_beside
from engine.book.prospect import Row
from engine.language.conditions import Comparison, Ref, Value
from engine.language.model import (
    Action,
    Cause,
    Fact,
    Measure,
    Playbook,
    Signal,
    Table,
    Threshold,
)
from engine.language.package_data import shipped
from engine.language.problem import Span
from engine.language.walk import EvidenceId, RuleId, comparisons_in
from engine.semantics.evaluate_conditions import ValueOf, compare
from engine.semantics.evaluate_measures import cell_or_default
from engine.semantics.firings import value_in
from engine.semantics.normalize_rows import RowNormalizer


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """A rule, or one comparison of its condition.

    Attributes:
        rule: Section and id: `signals.no_next_step`, `causes.busy.evidence.quarter_end`.
        subject: What the comparison reads; None for the rule.
        span: Where it is.
        yes: The number of cases in which it fired or was true.
        no: The number of cases in which it was evaluated and did not fire or was not true.
    """

    rule: str
    subject: str | None
    span: Span
    yes: int = 0
    no: int = 0

    @property
    def seen(self) -> int:
        """How many of its two outcomes the cases have, from 0 to 2."""
        return (self.yes > 0) + (self.no > 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of one playbook: its rules, each followed by its comparisons."""

    items: tuple[CoverageItem, ...]

    @property
    def covered(self) -> int:
        """The number of outcomes that the cases have."""
        return sum(item.seen for item in self.items)

    @property
    def total(self) -> int:
        """The number of all outcomes, two for every item."""
        return 2 * len(self.items)

    @property
    def percent(self) -> float:
        """The percentage of outcomes that the cases have; 100 if there is nothing to cover."""
        return 100.0 * self.covered / self.total if self.items else 100.0

    def missing(self) -> tuple[CoverageItem, ...]:
        """Return the items that had one outcome only, or were never evaluated."""
        return tuple(item for item in self.items if item.seen < 2)

    def merged(self, other: Coverage) -> Coverage:
        """Return the coverage by the cases of both, which must be of the same playbook."""
        return Coverage(
            tuple(
                replace(one, yes=one.yes + two.yes, no=one.no + two.no)
                for one, two in zip(self.items, other.items, strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class WatchedEntry:
    """A condition whose outcomes are counted.

    Attributes:
        name: The rule or piece of evidence that it belongs to.
        span: Where that is.
        tests: The comparisons in it.
        fired: Returns whether the rule fired in a case, None if it was not evaluated.
        is_rule: False for a `where` and for the `when` of a cause, which are only part of a rule.
        measure: The measure of a `where`, which is evaluated for rows.
    """

    name: RuleId | EvidenceId
    span: Span
    tests: tuple[Comparison, ...]
    fired: Callable[[Evaluation], bool | None]
    is_rule: bool = True
    measure: Measure | None = None


class CoverageCounter:
    """Count the outcomes of the rules of ``playbook``, case by case.

    Rules of a file that has a test file beside it are covered by the cases there, so a playbook
    that extends it need not cover them. That is so of every shipped file.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._own = playbook.span.file
        self._tested: dict[str, bool] = {}
        self._watched = tuple(_watched(playbook))
        self._counts = [[[0, 0] for _ in (None, *item.tests)] for item in self._watched]

    def add(self, evaluation: Evaluation) -> None:
        """Count one case."""
        values = partial(value_in, evaluation.context, evaluation.firings)
        for item, (own, *of_tests) in zip(self._watched, self._counts, strict=True):
            fired = item.fired(evaluation)
            if fired is None:
                continue
            own[not fired] += 1
            for test, count in zip(item.tests, of_tests, strict=True):
                for truth in _truths(test, item, evaluation, values):
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
        # By the tests beside it and not by its folder: a copy must count like what it is a copy of.
        if span.file not in self._tested:
            self._tested[span.file] = tested_beside(Path(span.file))
        return span.file == self._own or not self._tested[span.file]


def _truths(
    test: Comparison, item: WatchedEntry, evaluation: Evaluation, values: ValueOf
) -> set[bool]:
    """Return the outcomes of ``test``: one, or for several rows possibly both."""
    now, clock = evaluation.context.now, evaluation.context.clock
    if item.measure is None:
        return {compare(test, values, now, clock) is True}
    table, ahead = item.measure.table, item.measure.ahead
    rows = RowNormalizer(evaluation.playbook).tables(evaluation.prospect.rows, now, clock.zone)
    return {
        compare(test, partial(_cell, table, row), now, clock) is True
        for row in rows.get(table, ())
        if (int(row.get("at", now)) > now) is ahead
    }


def _cell(table: Table, row: Row, subject: Ref) -> Value | None:
    return cell_or_default(table, row, subject.id)


def _watched(playbook: Playbook) -> Iterator[WatchedEntry]:
    """Yield every condition to count, in the order of the sections."""
    for fact in _facts(playbook):
        yield from _of_fact(fact)
    for threshold in playbook.thresholds.values():
        yield _rule(
            RuleId("dark", threshold.id),
            threshold,
            lambda evaluation: evaluation.firings.thresholds,
        )
    for signal in playbook.signals.values():
        yield _rule(
            RuleId("signals", signal.id), signal, lambda evaluation: evaluation.firings.signals
        )
    for cause in playbook.causes.values():
        yield from _of_cause(cause)
    for action in playbook.actions.values():
        yield _rule(RuleId("actions", action.id), action, _eligible)
    standard = str(shipped("rules", "standard.yaml"))
    for guard in playbook.guards.values():
        if guard.span.file == standard:
            continue
        tests = tuple(comparisons_in(guard.condition))
        fired = partial(_among, guard.id, lambda evaluation: evaluation.firings.guards)
        yield WatchedEntry(RuleId("guards", guard.id), guard.span, tests, fired)


def _facts(playbook: Playbook) -> Iterator[Fact]:
    """Yield the facts to count: those of the file itself and those that are read, not standard."""
    standard, read = str(shipped("rules", "standard.yaml")), names_read(playbook)
    for fact in playbook.facts.values():
        own = fact.span.file == playbook.span.file
        if (
            fact.span.file != standard
            and not fact.hidden
            and (own or RuleId("facts", fact.id) in read)
        ):
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


def _derived(id: str, evaluation: Evaluation) -> bool | None:
    given = id in evaluation.context.facts
    return None if given else evaluation.firings.derived.get(id) is True


def _measured(id: str, evaluation: Evaluation) -> bool | None:
    return None if id in evaluation.prospect.facts else True


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


def _considered(cause: str, evaluation: Evaluation) -> bool:
    return cause in evaluation.firings.evidence


def _speaks(cause: str, evidence: str, evaluation: Evaluation) -> bool | None:
    fired = evaluation.firings.evidence.get(cause)
    return None if fired is None else evidence in fired


def _rule(
    name: RuleId, rule: Threshold | Signal | Action, firing: Callable[[Evaluation], Iterable[str]]
) -> WatchedEntry:
    when = rule.shown if isinstance(rule, Threshold) else rule.when
    tests = tuple(comparisons_in(when))
    return WatchedEntry(name, rule.span, tests, partial(_among, rule.id, firing))


def _among(id: str, firing: Callable[[Evaluation], Iterable[str]], evaluation: Evaluation) -> bool:
    return id in firing(evaluation)


def _eligible(evaluation: Evaluation) -> list[str]:
    """Return the actions that are recommended or held back: their causes are diagnosed too."""
    recommendation = evaluation.recommendation
    steps = [*recommendation.steps, *(item.step for item in recommendation.held_back)]
    return [step.action.id for step in steps]

"""Compile measures to Python code: one pass over a prospect's rows of a table for all of them.

`engine.semantics.evaluate_measures` defines them. Only a measure that is bounded by another measure
takes a second pass over its table.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from functools import cached_property

from engine.backends.compiled import codegen as py
from engine.backends.compiled.compile_aggregates import (
    MESSAGE_LOCAL,
    at_is,
    begin,
    count,
    end,
    keep_largest,
    subject_of,
)
from engine.backends.compiled.compile_conditions import NUMERIC, ConditionCompiler, open_time
from engine.backends.compiled.hoist_conditions import hoist_shared_conditions
from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Condition, Ref, Value
from engine.language.durations import Duration
from engine.language.model import TABLES, Fact, Measure, Playbook, Table
from engine.language.parse.symbols import DEFAULT_CELLS
from engine.language.value_rules import fold_case
from engine.language.walk import RuleId, conjuncts, refs_in
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_measures import given_facts, largest_by_type, summed
from engine.semantics.normalize_rows import MESSAGE, RowNormalizer

_SILENCE_COLUMNS = (
    Ref("column", "direction", "choice"),
    Ref("column", "automatic", "boolean"),
    Ref("column", "delivered", "boolean"),
)
"""The columns that decide whether silence begins with a touch."""

Bound = tuple[str, str]
"""`after`, `before` or `silence`, and the id of the time fact that bounds the rows."""
_Part = Condition | Bound | Duration
"""What must hold of a row: a part of `where`, a bound, or that it lies within a duration."""


class CompiledMeasures:
    """The compiled measures of one playbook. Threads may share them."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._defaults = given_facts(playbook, Prospect("", {}))
        self._rows = RowNormalizer(playbook)
        self._run = self._compiled(copies=False)

    def _compiled(self, copies: bool) -> Callable[..., None]:
        scope = {
            "fold": fold_case,
            "summed": summed,
            "largest": largest_by_type,
            "unknown": math.nan,
            "keep_largest": keep_largest,
        }
        body = MeasuresCompiler(self._playbook, copies=copies).body()
        return py.compile_function(("facts", *TABLES, "now", "open_between"), body, scope)

    @cached_property
    def _run_with_copies(self) -> Callable[..., None]:
        """The code for prospects of whom one message is in several rows: few books have any."""
        return self._compiled(copies=True)

    def given(self, prospect: Prospect) -> dict[str, Value]:
        """Return the facts of ``prospect`` before any is measured, defaults included."""
        # A default stands for an empty cell, not for one that cannot be read. Few prospects have
        # one; for all others the defaults are merged in one step.
        if prospect.unreadable:
            return given_facts(self._playbook, prospect)
        return {**self._defaults, **prospect.facts}

    def facts_of(
        self, prospect: Prospect, given: dict[str, Value], now: int, clock: Clock
    ) -> dict[str, Value]:
        """Compute the measured facts and return them together with ``given``.

        Args:
            prospect: Has the rows.
            given: Value by fact id; a measured fact that is given is not computed.
            now: In seconds since 1970 UTC; later rows do not count.
            clock: Business time of the prospect.
        """
        facts = self._rows.facts(given, now, clock.zone)
        rows = self._rows.tables(prospect.rows, now, clock.zone)
        tables = [rows.get(table, ()) for table in TABLES]
        # Marked rows are copies of the original ones, so that most prospects have the same tuple.
        copies = tables[0] is not prospect.rows.get("touches", ()) and any(
            MESSAGE in row for row in tables[0]
        )
        run = self._run_with_copies if copies else self._run
        run(facts, *tables, now, clock.open_between)
        return facts


class MeasuresCompiler:
    """Compile the measures of one playbook to code that adds them to the map ``facts``.

    ``emails: {measure: {count: touches, where: {channel: email, direction: outbound}}}`` and the
    same with ``channel: phone`` for ``calls`` become::

        m0 = 0
        m1 = 0
        for row in touches:
            at = row.get('at', now)
            if at <= now:
                v0 = row.get('channel')
                v1 = row.get('direction')
                if v1 == 'outbound':
                    if v0 == 'email':
                        m0 += 1
                    if v0 == 'phone':
                        m1 += 1
        if 'emails' not in facts:
            facts['emails'] = float(m0)
        if 'calls' not in facts:
            facts['calls'] = float(m1)
    """

    def __init__(self, playbook: Playbook, *, copies: bool = False) -> None:
        self._playbook = playbook
        self._copies = copies
        self._order = dependencies(playbook).measure_order
        self._places = {id: place for place, id in enumerate(self._order)}

    def body(self) -> list[ast.stmt]:
        """Compile a loop for each table and pass, in the order in which bounds become known."""
        ways: dict[tuple[int, Table, bool], list[Fact]] = {}
        depths: dict[str, int] = {}
        for id in self._order:
            fact = self._playbook.facts[id]
            assert fact.measure is not None
            bounds = (fact.measure.after, fact.measure.before)
            depths[id] = 1 + max(depths.get(bound or "", 0) for bound in bounds)
            way = (depths[id], fact.measure.table, fact.measure.ahead)
            ways.setdefault(way, []).append(fact)
        found = [each for way in sorted(ways) for each in self._way(way[1], ways[way])]
        return found or [ast.Pass()]

    def _way(self, table: Table, facts: list[Fact]) -> list[ast.stmt]:
        """Compile one pass over the rows of ``table`` and the facts that it gives."""
        measures = [(fact.id, fact.measure) for fact in facts if fact.measure is not None]
        copies = self._copies and table == "touches"  # rows of other tables are no messages
        columns = {RuleId("columns", column.id): column for column in _columns(measures)}
        tests = ConditionCompiler(self._playbook.calendar.business_day, columns)
        parted = [((id, measure), tuple(_parts(measure))) for id, measure in measures]
        bounds = dict.fromkeys(
            part for _, parts in parted for part in parts if isinstance(part, tuple)
        )
        counting = hoist_shared_conditions(
            parted,
            lambda part: self._holds(part, tests),
            lambda item: (None, count(self._local(item[0]), item[1], tests, copies)),
        )
        cells = [
            py.assign(tests.local(name), _cell(table, column)) for name, column in columns.items()
        ]
        if copies:
            number = py.call_method("row", "get", py.const(MESSAGE))
            cells.append(py.assign(MESSAGE_LOCAL, number))
        # A contact has no instant: it counts as of now.
        past = py.assign("at", py.call_method("row", "get", py.const("at"), py.load_name("now")))
        later = ast.Gt() if measures[0][1].ahead else ast.LtE()
        row = [past, py.if_(at_is(later, py.load_name("now")), [*cells, *counting])]
        return [
            *map(self._bound, bounds),
            *[each for id, measure in measures for each in begin(self._local(id), measure, copies)],
            py.for_each("row", py.load_name(table), row),
            *[end(self._local(id), id, measure, copies) for id, measure in measures],
        ]

    def _holds(self, part: _Part, tests: ConditionCompiler) -> ast.expr:
        if isinstance(part, tuple) and part[0] == "silence":
            return self._begins_silence(part, tests)
        if isinstance(part, tuple):
            return at_is(
                ast.Gt() if part[0] == "after" else ast.Lt(), py.load_name(self._bound_local(part))
            )
        if isinstance(part, Duration):
            length = py.const(part.seconds(tests.business_day))
            age = open_time if part.business else lambda start, end: py.sub(end, start)
            return py.comparison(age(py.load_name("at"), py.load_name("now")), (ast.LtE(), length))
        return tests.compile_definitely(part)

    def _begins_silence(self, bound: Bound, tests: ConditionCompiler) -> ast.expr:
        """Compile whether silence begins with a row, after their last word at ``bound``."""
        last = py.load_name(self._bound_local(bound))
        direction, automatic, delivered = (tests.value(each) for each in _SILENCE_COLUMNS)
        talk = py.and_([_equal(direction, "both"), at_is(ast.GtE(), last)])
        answered = py.and_([at_is(ast.Gt(), last), py.not_(automatic)])
        never = py.comparison(last, (ast.Eq(), py.const(-math.inf)))
        ours = py.and_([_equal(direction, "outbound"), delivered, py.or_([never, answered])])
        return py.or_([talk, ours])

    def _bound(self, bound: Bound) -> ast.stmt:
        """Compile the instant of a bound; if it is unknown, an infinity that excludes no row."""
        side, name = bound
        nothing = py.const(math.inf if side == "before" else -math.inf)
        return py.assign(
            self._bound_local(bound), py.call_method("facts", "get", py.const(name), nothing)
        )

    def _bound_local(self, bound: Bound) -> str:
        return f"{bound[0]}{list(self._playbook.facts).index(bound[1])}"

    def _local(self, id: str) -> str:
        return f"m{self._places[id]}"


def _parts(measure: Measure) -> Iterator[_Part]:
    """Yield what must hold for a row to count, the costliest test last."""
    if measure.where is not None:
        yield from conjuncts(measure.where)
    if measure.after is not None:
        yield "silence" if measure.kind == "silence" else "after", measure.after
    if measure.before is not None:
        yield "before", measure.before
    if measure.within is not None:
        yield measure.within


def _columns(measures: list[tuple[str, Measure]]) -> Iterator[Ref]:
    """Yield the columns that ``measures`` read, possibly several times."""
    for _, measure in measures:
        if measure.where is not None:
            yield from refs_in(measure.where)
        if measure.column is not None:
            yield subject_of(measure.column)
        if measure.kind == "silence":
            yield from _SILENCE_COLUMNS


def _cell(table: Table, subject: Ref) -> ast.expr:
    """Compile a read of a cell of ``row``: its default, NaN or None if it is unknown."""
    default = DEFAULT_CELLS[table].get(subject.id)
    otherwise = [py.load_name("unknown")] if subject.type in NUMERIC else []
    if default is not None:
        otherwise = [py.const(default)]
    return py.call_method("row", "get", py.const(subject.id), *otherwise)


def _equal(value: ast.expr, word: str) -> ast.expr:
    return py.comparison(value, (ast.Eq(), py.const(word)))

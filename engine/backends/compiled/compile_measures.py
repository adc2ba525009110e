"""Compile measures to Python code: one pass over a prospect's rows of a table for all of them.

`engine.semantics.evaluate_measures` defines them. Only a measure that is bounded by another measure
takes a second pass over its table.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from engine.backends.compiled import codegen as py
from engine.backends.compiled.compile_conditions import NUMERIC, ConditionCompiler, open_time
from engine.backends.compiled.hoist_conditions import hoist_shared_conditions
from engine.backends.compiled.liveness import conjuncts
from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Condition, Ref, Value
from engine.language.durations import Duration
from engine.language.model import TABLES, Column, Fact, Measure, Playbook, Table
from engine.language.value_rules import fold_case
from engine.language.walk import RuleId, refs_in
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_measures import given_facts, largest_by_type, summed

Bound = tuple[str, str]
"""`after` or `before`, and the id of the time fact that bounds the rows."""
_Part = Condition | Bound | Duration
"""What must hold of a row: a part of `where`, a bound, or that it lies within a duration."""


class CompiledMeasures:
    """The compiled measures of one playbook. Threads may share them."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._defaults = given_facts(playbook, Prospect("", {}))
        scope = {
            "fold": fold_case,
            "summed": summed,
            "largest": largest_by_type,
            "unknown": math.nan,
        }
        body = MeasuresCompiler(playbook).body()
        self._run = py.compile_function(("facts", *TABLES, "now", "open_between"), body, scope)

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
        facts, rows = dict(given), prospect.rows
        tables = [rows.get(table, ()) for table in TABLES]
        self._run(facts, *tables, now, clock.open_between)
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

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = dependencies(playbook).measure_order
        self._places = {id: place for place, id in enumerate(self._order)}

    def body(self) -> list[ast.stmt]:
        """Compile a loop for each table and pass, in the order in which bounds become known."""
        ways: dict[tuple[int, Table], list[Fact]] = {}
        depths: dict[str, int] = {}
        for id in self._order:
            fact = self._playbook.facts[id]
            assert fact.measure is not None
            bounds = (fact.measure.after, fact.measure.before)
            depths[id] = 1 + max(depths.get(bound or "", 0) for bound in bounds)
            ways.setdefault((depths[id], fact.measure.table), []).append(fact)
        found = [each for way in sorted(ways) for each in self._way(way[1], ways[way])]
        return found or [ast.Pass()]

    def _way(self, table: Table, facts: list[Fact]) -> list[ast.stmt]:
        """Compile one pass over the rows of ``table`` and the facts that it gives."""
        measures = [(fact.id, fact.measure) for fact in facts if fact.measure is not None]
        columns = {RuleId("columns", column.id): column for column in _columns(measures)}
        tests = ConditionCompiler(self._playbook.calendar.business_day, columns)
        parted = [((id, measure), tuple(_parts(measure))) for id, measure in measures]
        bounds = dict.fromkeys(
            part for _, parts in parted for part in parts if isinstance(part, tuple)
        )
        counting = hoist_shared_conditions(
            parted,
            lambda part: self._holds(part, tests),
            lambda item: (None, self._count(*item, tests)),
        )
        cells = [py.assign(tests.local(name), _cell(column)) for name, column in columns.items()]
        # A contact has no instant: it counts as of now.
        past = py.assign("at", py.call_method("row", "get", py.const("at"), py.load_name("now")))
        row = [past, py.if_(_at(ast.LtE(), py.load_name("now")), [*cells, *counting])]
        return [
            *map(self._bound, bounds),
            *[each for id, measure in measures for each in self._begin(id, measure)],
            py.for_each("row", py.load_name(table), row),
            *[self._end(id, measure) for id, measure in measures],
        ]

    def _holds(self, part: _Part, tests: ConditionCompiler) -> ast.expr:
        if isinstance(part, tuple):
            return _at(
                ast.Gt() if part[0] == "after" else ast.Lt(), py.load_name(self._bound_local(part))
            )
        if isinstance(part, Duration):
            length = py.const(part.seconds(tests.business_day))
            age = open_time if part.business else lambda start, end: py.sub(end, start)
            return py.comparison(age(py.load_name("at"), py.load_name("now")), (ast.LtE(), length))
        return tests.compile_definitely(part)

    def _bound(self, bound: Bound) -> ast.stmt:
        """Compile the instant of a bound; if it is unknown, an infinity that excludes no row."""
        side, name = bound
        nothing = py.const(-math.inf if side == "after" else math.inf)
        return py.assign(
            self._bound_local(bound), py.call_method("facts", "get", py.const(name), nothing)
        )

    def _begin(self, id: str, measure: Measure) -> list[ast.stmt]:
        """Compile the initial values, those for no rows, of the variables that a pass changes."""
        name = self._local(id)
        match measure.kind:
            case "count":
                return [py.assign(name, py.const(0))]
            case "any":
                return [py.assign(name, py.const(False))]
            case "distinct":
                return [py.assign(name, py.call_name(py.load_name("set")))]
            case "sum":
                return [py.assign(name, _empty())]
            case "earliest":
                return [py.assign(name, py.const(math.inf))]
            case "latest":
                return [py.assign(name, py.const(-math.inf))]
            case "last":
                return [py.assign(name, py.const(-math.inf)), py.assign(f"{name}_cells", _empty())]

    def _count(self, id: str, measure: Measure, tests: ConditionCompiler) -> list[ast.stmt]:
        """Compile what a row that counts changes."""
        name = self._local(id)
        match measure.kind:
            case "count":
                return [py.add_to(name, py.const(1))]
            case "any":
                return [py.assign(name, py.const(True))]
            case "earliest":
                return [
                    py.if_(_at(ast.Lt(), py.load_name(name)), [py.assign(name, py.load_name("at"))])
                ]
            case "latest":
                return [
                    py.if_(_at(ast.Gt(), py.load_name(name)), [py.assign(name, py.load_name("at"))])
                ]
            case "last":  # several rows may have the latest instant: their largest cell counts
                later = [py.assign(name, py.load_name("at")), py.assign(f"{name}_cells", _empty())]
                known, cell = _known_cell(measure, tests)
                keep = py.statement(py.call_method(f"{name}_cells", "append", cell))
                latest = py.and_([_at(ast.Eq(), py.load_name(name)), known])
                return [py.if_(_at(ast.Gt(), py.load_name(name)), later), py.if_(latest, [keep])]
            case "distinct" | "sum":
                known, cell = _known_cell(measure, tests)
                kept = "add" if measure.kind == "distinct" else "append"
                return [py.if_(known, [py.statement(py.call_method(name, kept, cell))])]

    def _end(self, id: str, measure: Measure) -> ast.stmt:
        """Compile the assignment of the result to the fact, unless the fact was given."""
        name = self._local(id)
        found, is_there = py.load_name(name), py.const(True)
        match measure.kind:
            case "count":
                found = py.call_name(py.load_name("float"), found)
            case "distinct":
                found = py.call_name(
                    py.load_name("float"), py.call_name(py.load_name("len"), found)
                )
            case "sum":  # at once and not by `+=`: rounded once, whatever the order of the rows
                found = py.call_name(py.load_name("summed"), found)
            case "last":
                is_there, found = (
                    py.load_name(f"{name}_cells"),
                    py.call_name(py.load_name("largest"), py.load_name(f"{name}_cells")),
                )
            case "earliest" | "latest":
                nothing = math.inf if measure.kind == "earliest" else -math.inf
                is_there = py.comparison(found, (ast.NotEq(), py.const(nothing)))
            case "any":
                pass
        unset = py.comparison(py.const(id), (ast.NotIn(), py.load_name("facts")))
        return py.if_(py.and_([is_there, unset]), [py.set_item("facts", id, found)])

    def _bound_local(self, bound: Bound) -> str:
        return f"{bound[0]}{list(self._playbook.facts).index(bound[1])}"

    def _local(self, id: str) -> str:
        return f"m{self._places[id]}"


def _parts(measure: Measure) -> Iterator[_Part]:
    """Yield what must hold for a row to count, the costliest test last."""
    if measure.where is not None:
        yield from conjuncts(measure.where)
    if measure.after is not None:
        yield "after", measure.after
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
            yield _subject(measure.column)


def _subject(column: Column) -> Ref:
    return Ref("column", column.name, column.type)


def _cell(subject: Ref) -> ast.expr:
    """Compile a read of a cell of ``row``: NaN or None if it is unknown."""
    unknown = [py.load_name("unknown")] if subject.type in NUMERIC else []
    return py.call_method("row", "get", py.const(subject.id), *unknown)


def _known_cell(measure: Measure, tests: ConditionCompiler) -> tuple[ast.expr, ast.expr]:
    """Compile whether the row has a cell in the measure's column, and that cell."""
    assert measure.column is not None
    subject = _subject(measure.column)
    return tests.known(subject, True), tests.value(subject)


def _at(side: ast.cmpop, other: ast.expr) -> ast.expr:
    return py.comparison(py.load_name("at"), (side, other))


def _empty() -> ast.expr:
    return ast.List(elts=[], ctx=ast.Load())

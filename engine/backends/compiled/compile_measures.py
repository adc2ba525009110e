"""The measures of a playbook turned into Python code: one way through a prospect's rows of a table.

They come out as in `measures`, which defines them. Only a measure that is bounded by another one
needs a second way through.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from engine.backends.compiled.codegen import (
    add_to,
    assign,
    both,
    call,
    compare,
    constant,
    do,
    each_of,
    load,
    method,
    minus,
    put,
    run_of,
    when,
)
from engine.backends.compiled.compile_conditions import NUMERIC, Tests, open_time
from engine.backends.compiled.liveness import required
from engine.backends.compiled.shared_guards import blocks
from engine.book.calendar.calendar import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Condition, Subject, Value, subjects_in
from engine.language.durations import Duration
from engine.language.model import TABLES, Column, Fact, Measure, Playbook, Table
from engine.semantics.dependencies import measured
from engine.semantics.evaluate_conditions import fold
from engine.semantics.evaluate_measures import given_facts, largest, summed

Bound = tuple[str, str]
"""`after` or `before`, and the time fact."""
Part = Condition | Bound | Duration
"""What must hold of a row: a part of `where`, a bound, or that it lies within a duration."""


class CompiledMeasures:
    """Works out the facts of any number of prospects. Threads may share it."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._defaults = given_facts(playbook, Prospect("", {}))
        scope = {"fold": fold, "summed": summed, "largest": largest, "unknown": math.nan}
        body = MeasuresWriter(playbook).body()
        self._run = run_of(("facts", *TABLES, "now", "open_between"), body, scope)

    def given(self, prospect: Prospect) -> dict[str, Value]:
        """As `measures.given_facts`."""
        if prospect.unreadable:
            return given_facts(self._playbook, prospect)
        return {**self._defaults, **prospect.facts}

    def facts_of(
        self, prospect: Prospect, given: dict[str, Value], now: int, clock: Clock
    ) -> dict[str, Value]:
        """As `measures.Measures.facts_of`."""
        facts, rows = dict(given), prospect.rows
        tables = [rows.get(table, ()) for table in TABLES]
        self._run(facts, *tables, now, clock.open_between)
        return facts


class MeasuresWriter:
    """Writes the code of one playbook, which adds to ``facts`` what is measured of the rows."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = measured(playbook)
        self._places = {id: place for place, id in enumerate(self._order)}

    def body(self) -> list[ast.stmt]:
        """A loop for each table and for each way through it."""
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
        """One way through the rows of ``table``, and what comes of it."""
        tests = Tests(self._playbook.calendar.business_day)
        measures = [(fact.id, fact.measure) for fact in facts if fact.measure is not None]
        parted = [((id, measure), tuple(_parts(measure))) for id, measure in measures]
        bounds = dict.fromkeys(
            part for _, parts in parted for part in parts if isinstance(part, tuple)
        )
        counting = blocks(
            parted,
            lambda part: self._holds(part, tests),
            lambda item: (None, self._count(*item, tests)),
        )
        columns = {column.id: column for column in _columns(measures)}
        cells = [assign(tests.local(column.id), _cell(column)) for column in columns.values()]
        past = assign("at", method("row", "get", constant("at"), load("now")))
        row = [past, when(_at(ast.LtE(), load("now")), [*cells, *counting])]
        return [
            *map(self._bound, bounds),
            *[each for id, measure in measures for each in self._begin(id, measure)],
            each_of("row", load(table), row),
            *[self._end(id, measure) for id, measure in measures],
        ]

    def _holds(self, part: Part, tests: Tests) -> ast.expr:
        if isinstance(part, tuple):
            return _at(ast.Gt() if part[0] == "after" else ast.Lt(), load(self._bound_local(part)))
        if isinstance(part, Duration):
            length = constant(part.seconds(tests.business_day))
            age = open_time if part.business else lambda start, end: minus(end, start)
            return compare(age(load("at"), load("now")), (ast.LtE(), length))
        return tests.certainly(part)

    def _bound(self, bound: Bound) -> ast.stmt:
        """The instant of a bound; where it is unknown, one that bounds nothing."""
        side, name = bound
        nothing = constant(-math.inf if side == "after" else math.inf)
        return assign(self._bound_local(bound), method("facts", "get", constant(name), nothing))

    def _begin(self, id: str, measure: Measure) -> list[ast.stmt]:
        """What is told of no rows, in the variables that a way through them changes."""
        name = self._local(id)
        match measure.kind:
            case "count":
                return [assign(name, constant(0))]
            case "any":
                return [assign(name, constant(False))]
            case "distinct":
                return [assign(name, call(load("set")))]
            case "sum":
                return [assign(name, _empty())]
            case "earliest":
                return [assign(name, constant(math.inf))]
            case "latest":
                return [assign(name, constant(-math.inf))]
            case "last":
                return [assign(name, constant(-math.inf)), assign(f"{name}_cells", _empty())]

    def _count(self, id: str, measure: Measure, tests: Tests) -> list[ast.stmt]:
        """What a row changes that counts."""
        name = self._local(id)
        match measure.kind:
            case "count":
                return [add_to(name, constant(1))]
            case "any":
                return [assign(name, constant(True))]
            case "earliest":
                return [when(_at(ast.Lt(), load(name)), [assign(name, load("at"))])]
            case "latest":
                return [when(_at(ast.Gt(), load(name)), [assign(name, load("at"))])]
            case "last":
                later = [assign(name, load("at")), assign(f"{name}_cells", _empty())]
                known, cell = _known_cell(measure, tests)
                keep = do(method(f"{name}_cells", "append", cell))
                latest = both([_at(ast.Eq(), load(name)), known])
                return [when(_at(ast.Gt(), load(name)), later), when(latest, [keep])]
            case "distinct" | "sum":
                known, cell = _known_cell(measure, tests)
                kept = "add" if measure.kind == "distinct" else "append"
                return [when(known, [do(method(name, kept, cell))])]

    def _end(self, id: str, measure: Measure) -> ast.stmt:
        """What was found becomes the fact, unless that was set by hand."""
        name = self._local(id)
        found, is_there = load(name), constant(True)
        match measure.kind:
            case "count":
                found = call(load("float"), found)
            case "distinct":
                found = call(load("float"), call(load("len"), found))
            case "sum":
                found = call(load("summed"), found)
            case "last":
                is_there, found = (
                    load(f"{name}_cells"),
                    call(load("largest"), load(f"{name}_cells")),
                )
            case "earliest" | "latest":
                nothing = math.inf if measure.kind == "earliest" else -math.inf
                is_there = compare(found, (ast.NotEq(), constant(nothing)))
            case "any":
                pass
        unset = compare(constant(id), (ast.NotIn(), load("facts")))
        return when(both([is_there, unset]), [put("facts", id, found)])

    def _bound_local(self, bound: Bound) -> str:
        return f"{bound[0]}{list(self._playbook.facts).index(bound[1])}"

    def _local(self, id: str) -> str:
        return f"m{self._places[id]}"


def _parts(measure: Measure) -> Iterator[Part]:
    """What must hold of a row for it to count, the dearest last."""
    if measure.where is not None:
        yield from required(measure.where)
    if measure.after is not None:
        yield "after", measure.after
    if measure.before is not None:
        yield "before", measure.before
    if measure.within is not None:
        yield measure.within


def _columns(measures: list[tuple[str, Measure]]) -> Iterator[Subject]:
    """The columns that ``measures`` look at; may repeat."""
    for _, measure in measures:
        if measure.where is not None:
            yield from subjects_in(measure.where)
        if measure.column is not None:
            yield _subject(measure.column)


def _subject(column: Column) -> Subject:
    return Subject("column", column.name, column.type)


def _cell(subject: Subject) -> ast.expr:
    """The cell of ``row``, or what stands for an unknown one."""
    unknown = [load("unknown")] if subject.type in NUMERIC else []
    return method("row", "get", constant(subject.id), *unknown)


def _known_cell(measure: Measure, tests: Tests) -> tuple[ast.expr, ast.expr]:
    """Whether the row has a cell in the measure's column, and that cell."""
    assert measure.column is not None
    subject = _subject(measure.column)
    return tests.known(subject, True), tests.value(subject)


def _at(side: ast.cmpop, other: ast.expr) -> ast.expr:
    return compare(load("at"), (side, other))


def _empty() -> ast.expr:
    return ast.List(elts=[], ctx=ast.Load())

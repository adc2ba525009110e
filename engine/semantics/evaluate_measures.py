"""Measures: facts computed from a prospect's rows at or before now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from engine.book.calendar.calendar import Clock
from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.model import Measure, Playbook
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_conditions import evaluate


class Measures:
    """Works out the facts of prospects as this module defines them."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = dependencies(playbook).measure_order

    def given(self, prospect: Prospect) -> dict[str, Value]:
        """As `given_facts`."""
        return given_facts(self._playbook, prospect)

    def facts_of(
        self, prospect: Prospect, given: dict[str, Value], now: int, clock: Clock
    ) -> dict[str, Value]:
        """Every known fact that is not derived: those ``given`` (see `given_facts`), and what is
        measured of the rows of ``prospect`` at or before ``now``. A measured fact among the given
        ones is taken as it stands.
        """
        facts = dict(given)
        past = {
            table: [row for row in rows if int(row.get("at", now)) <= now]
            for table, rows in prospect.rows.items()
        }
        for name in self._order:  # each after those it is bounded by
            fact = self._playbook.facts[name]
            if name not in facts and fact.measure is not None:
                rows = past.get(fact.measure.table, [])
                value = measure_rows(fact.measure, rows, facts, now, clock)
                if value is not None:
                    facts[name] = value
        return facts


def given_facts(playbook: Playbook, prospect: Prospect) -> dict[str, Value]:
    """Return what is given of ``prospect``, and the defaults of what nobody has filled in. A fact
    whose cell could not be read was filled in, and stays unknown.
    """
    return {
        fact.id: fact.default
        for fact in playbook.facts.values()
        if fact.default is not None and fact.id not in prospect.unreadable
    } | dict(prospect.facts)


def measure_rows(
    measure: Measure, rows: Sequence[Row], facts: dict[str, Value], now: int, clock: Clock
) -> Value | None:
    """Return the value of ``measure`` over ``rows`` (none later than now), or None if it is
    unknown.

    `count`, `any`, `distinct` and `sum` of no rows are 0 or false; the others are unknown. Cells
    that are unknown are left out of `distinct` and `sum`.
    """
    chosen = [row for row in rows if _counts(measure, row, facts, now, clock)]
    match measure.kind:
        case "count":
            return float(len(chosen))
        case "any":
            return bool(chosen)
        case "distinct":
            return float(len(set(_cells(measure, chosen))))
        case "sum":
            return summed([float(cell) for cell in _cells(measure, chosen)])
        case "earliest":
            return min((row["at"] for row in chosen), default=None)
        case "latest":
            return max((row["at"] for row in chosen), default=None)
        case "last":
            return _last(measure, chosen)


def _counts(measure: Measure, row: Row, facts: dict[str, Value], now: int, clock: Clock) -> bool:
    """Whether ``row`` lies within the measure's bounds and certainly meets its `where`."""
    after = None if measure.after is None else facts.get(measure.after)
    if after is not None and int(row["at"]) <= int(after):
        return False
    before = None if measure.before is None else facts.get(measure.before)
    if before is not None and int(row["at"]) >= int(before):
        return False
    if measure.within is not None:
        length = measure.within.seconds(clock.business_day)
        if clock.elapsed(int(row["at"]), now, measure.within.business) > length:
            return False
    if measure.where is None:
        return True
    return evaluate(measure.where, lambda subject: row.get(subject.id), now, clock) is True


def _cells(measure: Measure, rows: Sequence[Row]) -> list[Value]:
    name = measure.column.name if measure.column else ""
    return [row[name] for row in rows if name in row]


def summed(numbers: list[float]) -> float:
    """Return the sum rounded once, so that the order of rows cannot show; beyond a double,
    infinite.
    """
    try:
        return math.fsum(numbers)
    except OverflowError:  # of a part of the sum: the whole may still be a double
        exact = sum(map(Fraction, numbers), Fraction())
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _last(measure: Measure, rows: Sequence[Row]) -> Value | None:
    """Return the cell of the latest row; of several rows at that instant, the largest known cell.

    Rows of a table have no order of their own, so the instant alone must not leave a choice open.
    """
    latest = max((row["at"] for row in rows), default=None)
    cells = _cells(measure, [row for row in rows if row["at"] == latest])
    return largest_by_type(cells)


def largest_by_type(cells: Sequence[Value]) -> Value | None:
    """Return the largest of the known cells of one column, or None if there are none."""
    return max(cells, default=None, key=_rank)


def _rank(cell: Value) -> tuple[float, str]:
    return (0.0, cell) if isinstance(cell, str) else (float(cell), "")

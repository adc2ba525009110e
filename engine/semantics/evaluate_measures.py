"""Measures: facts computed from a prospect's rows at or before now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect, Row
from engine.language.conditions import UNREADABLE_PREFIX, Value
from engine.language.model import Measure, Playbook, Table
from engine.language.parse.symbols import DEFAULT_CELLS
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_conditions import evaluate
from engine.semantics.normalize_rows import MESSAGE, RowNormalizer


class Measures:
    """The measures of one playbook, to compute the facts of prospects."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = dependencies(playbook).measure_order
        self._rows = RowNormalizer(playbook)

    def given(self, prospect: Prospect) -> dict[str, Value]:
        """Return the given facts of ``prospect``, with the playbook's defaults for missing ones."""
        return given_facts(self._playbook, prospect)

    def facts_of(
        self, prospect: Prospect, given: dict[str, Value], now: int, clock: Clock
    ) -> dict[str, Value]:
        """Return every known fact that is not derived, by id: the given and the measured ones.

        Args:
            prospect: The prospect, whose rows at or before now are measured.
            given: Its given facts with defaults. A measured fact among them is not computed.
            now: The instant of evaluation, in seconds since 1970 UTC.
            clock: The clock of the prospect's time zone.
        """
        facts = self._rows.facts(given, now, clock.zone)
        tables = self._rows.tables(prospect.rows, now, clock.zone)
        # Rows later than now are dropped once for all measures. Contacts have no instant.
        past = {
            table: [row for row in rows if int(row.get("at", now)) <= now]
            for table, rows in tables.items()
        }
        for name in self._order:  # each after the measured facts that bound it
            fact = self._playbook.facts[name]
            if name not in facts and fact.measure is not None:
                table = fact.measure.table
                rows: Sequence[Row] = past.get(table, [])
                if fact.measure.ahead:
                    rows = [row for row in tables.get(table, ()) if int(row["at"]) > now]
                value = measure_rows(fact.measure, rows, facts, now, clock)
                if value is not None:
                    facts[name] = value
        return facts


def given_facts(playbook: Playbook, prospect: Prospect) -> dict[str, Value]:
    """Return the given facts of ``prospect``, with the playbook's defaults for missing ones.

    A fact whose cell could not be read gets no default and stays unknown: it has some value.
    """
    flags = {
        flag: True
        for id in prospect.unreadable
        if (flag := UNREADABLE_PREFIX + id) in playbook.facts
    }
    return (
        {
            fact.id: fact.default
            for fact in playbook.facts.values()
            if fact.default is not None and fact.id not in prospect.unreadable
        }
        | dict(prospect.facts)
        | flags
    )


def measure_rows(
    measure: Measure, rows: Sequence[Row], facts: dict[str, Value], now: int, clock: Clock
) -> Value | None:
    """Return the value of a measure over rows, or None if it is unknown.

    `count`, `any`, `distinct` and `sum` of no rows are 0 or false; the others are unknown. Cells
    that are unknown are left out of `distinct` and `sum`. Rows of one message count once, and to a
    `sum` they give their largest cell.

    Args:
        measure: The measure.
        rows: The prospect's rows of the measure's table, at or before now.
        facts: The known facts, among them those that bound the measure.
        now: The instant of evaluation, in seconds since 1970 UTC.
        clock: The clock of the prospect's time zone.
    """
    chosen = [row for row in rows if _counts(measure, row, facts, now, clock)]
    match measure.kind:
        case "count":
            return float(len(_messages(chosen)))
        case "any":
            return bool(chosen)
        case "distinct":
            return float(len(set(_cells(measure, chosen))))
        case "sum":
            cells = [_cells(measure, rows) for rows in _messages(chosen)]
            return summed([float(max(each)) for each in cells if each])
        case "earliest" | "silence":
            return min((row["at"] for row in chosen), default=None)
        case "latest":
            return max((row["at"] for row in chosen), default=None)
        case "last":
            return _last(measure, chosen)


def _counts(measure: Measure, row: Row, facts: dict[str, Value], now: int, clock: Clock) -> bool:
    """Return whether ``row`` is within the measure's bounds and certainly meets its `where`."""
    after = None if measure.after is None else facts.get(measure.after)
    if measure.kind == "silence":
        if not _begins_silence(row, after):
            return False
    elif after is not None and int(row["at"]) <= int(after):
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
    # `is True`: a row whose `where` is unknown does not count.
    return (
        evaluate(
            measure.where,
            lambda subject: cell_or_default(measure.table, row, subject.id),
            now,
            clock,
        )
        is True
    )


def cell_or_default(table: Table, row: Row, column: str) -> Value | None:
    """Return the cell of a row, the column's default if it is empty, or None if it is unknown.

    Args:
        table: The table of the row.
        row: The row.
        column: The name of the column.
    """
    return row.get(column, DEFAULT_CELLS[table].get(column))


def _begins_silence(row: Row, last_reply: Value | None) -> bool:
    """Return whether it is their turn from ``row`` on, after their last word at ``last_reply``.

    After a talk nobody owes an answer, so silence begins with it. After a message of theirs it
    begins when a person of ours answers; before their first, with any try that was delivered.
    """
    at, direction = int(row["at"]), row.get("direction")
    if direction == "both":
        return last_reply is None or at >= int(last_reply)
    if direction != "outbound" or cell_or_default("touches", row, "delivered") is False:
        return False
    return last_reply is None or (
        at > int(last_reply) and cell_or_default("touches", row, "automatic") is False
    )


def _messages(rows: Sequence[Row]) -> list[list[Row]]:
    """Return ``rows`` by message: those of one message together, every other row alone."""
    found: dict[object, list[Row]] = {}
    for at, row in enumerate(rows):
        number = row.get(MESSAGE)
        found.setdefault(("row", at) if number is None else number, []).append(row)
    return list(found.values())


def _cells(measure: Measure, rows: Sequence[Row]) -> list[Value]:
    name = measure.column.name if measure.column else ""
    found = (cell_or_default(measure.table, row, name) for row in rows)
    return [cell for cell in found if cell is not None]


def summed(numbers: list[float]) -> float:
    """Return the exact sum rounded once to a double; infinite if it is larger than any double.

    Rounded once so that it does not depend on the order of rows, which is not defined.
    """
    try:
        return math.fsum(numbers)
    except OverflowError:  # of an intermediate sum; the whole may still be a double
        exact = sum(map(Fraction, numbers), Fraction())
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _last(measure: Measure, rows: Sequence[Row]) -> Value | None:
    """Return the cell of the latest row; of several rows at that instant, the largest known cell.

    Rows have no order but their instants, so that a tie must be decided by the values.
    """
    latest = max((row["at"] for row in rows), default=None)
    cells = _cells(measure, [row for row in rows if row["at"] == latest])
    return largest_by_type(cells)


def largest_by_type(cells: Sequence[Value]) -> Value | None:
    """Return the largest of the known cells of one column, or None if ``cells`` is empty."""
    return max(cells, default=None, key=_rank)


def _rank(cell: Value) -> tuple[float, str]:
    return (0.0, cell) if isinstance(cell, str) else (float(cell), "")

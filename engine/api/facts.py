"""Read Python values as facts, by the rules for cells of a book."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.backends.compiled.compile_rules import UNKNOWN
from engine.book.cells import CellError, CellReader
from engine.book.prospect import Row
from engine.book.table_schema import table_schema
from engine.language.conditions import Value
from engine.language.model import Column, Fact, Playbook, Table
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.value_rules import RANGES


class InvalidFacts(ValueError):
    """A fact or column called ``name`` cannot have a value, or does not exist."""

    def __init__(self, name: str, message: str, help: str | None) -> None:
        super().__init__(f"{message}: {help}" if help else message)
        self.name = name


class FactReader:
    """Read the facts of one playbook.

    Args:
        playbook: Declares the facts.
        defaults: The value of each fact that is not given, by id: its default, the value of its
            measure without rows, or NaN or None for unknown.
    """

    def __init__(self, playbook: Playbook, defaults: Mapping[str, Value | None]) -> None:
        self._playbook = playbook
        self._facts = playbook.facts
        self._zone = playbook.calendar.timezone
        self._defaults = defaults

    def read_fact(self, id: str, given: object) -> Value | None:
        """Read ``given`` as the value of the fact ``id``; of None, its default.

        Raises:
            InvalidFacts: It is not a value of that fact.
        """
        if given is None or given is UNKNOWN:
            return self._defaults[id]
        read = self._read_value(_column(self._facts[id]), f"the fact `{id}`", given)
        return self._defaults[id] if read is None else read

    def known(self, facts: Mapping[str, object]) -> dict[str, Value]:
        """Read ``facts`` and leave out those that are unknown.

        Raises:
            InvalidFacts: A name is not that of a fact, or a value is not one of that fact.
        """
        self.refuse_unknown(facts)
        read = {
            id: self._read_value(_column(self._facts[id]), f"the fact `{id}`", given)
            for id, given in facts.items()
            if given is not UNKNOWN
        }
        return {id: value for id, value in read.items() if value is not None}

    def rows(self, table: Table, given: object) -> Iterable[Any]:
        """Return the rows ``given`` for ``table``, not read yet.

        Raises:
            InvalidFacts: They are not iterable.
        """
        if not isinstance(given, Iterable):
            raise InvalidFacts(table, f"`{table}` is not a list of rows", None)
        return given

    def row(self, table: Table, row: Mapping[str, object]) -> Row:
        """Read a row of ``table`` for measures.

        Raises:
            InvalidFacts: A column does not exist, is missing, or cannot have its value.
        """
        if not isinstance(row, Mapping):
            raise InvalidFacts(table, f"`{table}` has a row that is not a map of columns", None)
        layout = table_schema(self._playbook, table)
        found = {}
        for name, given in row.items():
            if name not in layout.columns:
                raise unknown_name(f"column of `{table}`", name, layout.columns)
            value = self._read_value(layout.columns[name], f"`{name}` of `{table}`", given)
            if value is not None:
                found[name] = value
        for name in layout.required:
            if name not in found:
                raise InvalidFacts(name, f"a row of `{table}` has no `{name}`", None)
        return found

    def instant(self, name: str, given: object) -> int:
        """Read ``given`` as seconds since 1970 UTC; ``name`` is the parameter to blame.

        Raises:
            InvalidFacts: It is not an instant.
        """
        read = self._read_value(Column(name, "time"), f"`{name}`", given)
        if not isinstance(read, int):
            raise InvalidFacts(name, f"`{name}` is not an instant", None)
        return read

    def refuse_unknown(self, facts: Mapping[str, object]) -> None:
        """Raise InvalidFacts for the first name in ``facts`` that is not a fact, if any."""
        for name in facts:
            if name not in self._facts:
                raise unknown_name("fact", name, self._facts)

    def _read_value(self, column: Column, what: str, given: object) -> Value | None:
        read = read_value(column, self._zone, given)
        if isinstance(read, CellError):
            raise InvalidFacts(column.name, f"{what}: {read.message}", read.help)
        return read


def _column(fact: Fact) -> Column:
    return Column(fact.id, fact.type, fact.choices)


def unknown_name(kind: str, name: object, known: Mapping[str, Any]) -> InvalidFacts:
    """Return the exception for a name that is unknown, with a suggestion.

    Args:
        kind: What it should name, such as `fact`.
        name: The name.
        known: The names that there are.
    """
    near = did_you_mean(name, known) if isinstance(name, str) else None
    return InvalidFacts(str(name), f"no {kind} {quoted(name)}", near)


def read_value(column: Column, zone: str, given: object) -> Value | CellError | None:
    """Read a value of a column: Python's own types directly, all others as a cell.

    Args:
        column: The name and type.
        zone: The time zone of dates.
        given: A value from a program.

    Returns:
        The value, None if it is unknown, or what is wrong with it.
    """
    match given, column.type:
        case datetime(), "time":
            return _zoned(given)
        case timedelta(), "duration":
            return _elapsed(given // timedelta(seconds=1), given)
        case bool(), "time" | "duration":  # a bool is an int: without this it would be 0 or 1
            pass
        case int(), "duration":
            return _elapsed(given, given)
        case int(), "time":
            return _instant(given, given)
        case date(), "time" if not isinstance(given, datetime):
            given = given.isoformat()
        case float(), "number" if math.isnan(given):
            return CellError("not-a-number", "NaN is not a number", "leave out what is unknown")
        case _:
            pass
    if given is not None and not isinstance(given, str | bool | int | float | Decimal):
        return CellError("not-a-value", f"{quoted(given)} is not the value of a fact")
    cells = CellReader(column, zone)
    read = cells.read(given)
    return _zoneless(given) if cells.zoneless else read


def _zoned(given: datetime) -> int | CellError:
    offset = given.utcoffset()
    if offset is None:
        return _zoneless(given)
    # Not given.timestamp(): a double, which rounds the last microseconds of year 9999 up.
    # The offset last: the first and last datetimes have none in UTC.
    since = given.replace(tzinfo=None) - datetime(1970, 1, 1) - offset  # noqa: DTZ001 - UTC, as what it is subtracted from
    seconds = since // timedelta(seconds=1)
    return _instant(seconds, given)


def _instant(seconds: int, given: object) -> int | CellError:
    first, last = RANGES["time"]
    if first <= seconds <= last:
        return seconds
    help = "give seconds since 1970, or a datetime with a time zone"
    return CellError("not-an-instant", f"{quoted(given)} is not an instant", help)


def _elapsed(seconds: int, given: object) -> int | CellError:
    shortest, longest = RANGES["duration"]
    if shortest <= seconds <= longest:
        return seconds
    return CellError("not-a-duration", f"{quoted(given)} is not a duration", "it is not below 0")


def _zoneless(given: object) -> CellError:
    help = "give it a time zone, such as `tzinfo=UTC` or a `Z` at the end"
    return CellError("no-zone", f"{quoted(given)} has no time zone", help)

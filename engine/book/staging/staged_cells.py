"""Convert cells of Parquet and DuckDB files to values in SQL.

For a column of a file and its type in a playbook there are two expressions: the value of a cell,
and whether `engine.book.cells` certainly returns the same value. Other cells are read there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from engine.book.calendar.business_clock import DAY
from engine.book.cells import normalize_text
from engine.book.readers.duckdb_file import AS_TEXT, WHOLE, WITH_ZONE
from engine.book.sql_nodes import (
    array,
    both,
    call,
    column,
    constant,
    either,
    negated,
    null_if_any_of,
    text,
    whole,
)
from engine.book.sql_types import cast, type_named
from engine.book.staging.connection import STORED
from engine.book.staging.local_times import LocalTimes, local_known
from engine.book.staging.staged_sql import between, floored, in_word_map
from engine.language.conditions import Value
from engine.language.model import Column
from engine.language.value_rules import (
    DATE_LENGTH,
    FALSE_WORDS,
    LINKS,
    PLACEHOLDERS,
    RANGES,
    TRUE_WORDS,
)

EXACT = 2**53
"""Integers up to this one are exact as doubles."""

EXACT_SCALE = 22
"""The largest exponent whose power of ten is exact as a double, so that dividing by it rounds once.
"""

WORDS = frozenset({"varchar", "enum", "uuid"})
FLOATS = frozenset({"float", "double"})
HUGE = frozenset({"hugeint", "uhugeint"})
INTEGERS = (WHOLE | {"integer", "uinteger"}) - HUGE
_LOCAL = frozenset({"timestamp", "timestamp_s", "timestamp_ms", "date"})

LETTER = (
    r"[!-~\x{A1}-\x{2FF}\x{400}-\x{482}\x{48A}-\x{52F}\x{2010}-\x{2027}\x{3041}-\x{3096}"
    r"\x{30A1}-\x{30FF}\x{4E00}-\x{9FFF}\x{AC00}-\x{D7A3}\x{1F300}-\x{1F5FF}]"
)
"""A pattern of one character that is not white space and that NFC does not compose with others."""

NORMALIZED = rf"{LETTER}(({LETTER}|[ \x{{A0}}])*{LETTER})?"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_NUMBER = r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?"


@dataclass(frozen=True, slots=True)
class StagedCell:
    """A cell of ``column`` in the rows with the alias `STORED`.

    ``type`` is DuckDB's name for its type in the file; ``scale`` is the number of digits after the
    decimal point if that is `decimal`.
    """

    column: Column
    type: str
    scale: int = 0

    @property
    def sql(self) -> exp.Expression:
        """The expression for the cell as it is in the file."""
        return column(self.column.name, STORED)

    @property
    def text(self) -> exp.Expression:
        """The expression for the cell as text."""
        if self.type != WITH_ZONE:
            return self.sql if self.type == "varchar" else cast(self.sql, "VARCHAR")
        utc = cast(call("make_timestamp", call("epoch_us", self.sql)), "VARCHAR")
        return exp.DPipe(this=utc, expression=text("Z"))


@dataclass(frozen=True, slots=True)
class TypedCell:
    """Expressions for the ``value`` of a cell and whether it is ``valid``.

    ``value`` is meaningful only where ``valid`` is true, and both only for cells that are not
    empty. ``zoneless``: whether the cell is an instant with a time of day and without a time zone.
    ``day`` is the date, in days since 1970-01-01, of a cell that is a date alone; NULL for others.
    """

    value: exp.Expression
    valid: exp.Expression
    zoneless: exp.Expression = field(default_factory=exp.false)
    day: exp.Expression | None = None


def typed_cell(cell: StagedCell, times: LocalTimes) -> TypedCell:
    """Build the conversion of ``cell``; never `valid` if SQL cannot convert its type at all.

    ``times`` covers the local times of the column.
    """
    found = None
    match cell.column.type:
        case "boolean":
            found = _boolean(cell)
        case "number":
            found = _number(cell)
        case "text":
            found = text_of(cell)
            if found is not None and cell.column.name in LINKS:
                found = replace(found, value=null_if_any_of(found.value, PLACEHOLDERS))
        case "choice":
            found = _choice(cell)
        case "time":
            found = _instant(cell, times)
        case "duration":
            pass  # see `by_dictionary`
    return found or TypedCell(constant(None, cell.column.type), exp.false())


def by_dictionary(cell: StagedCell, words: Mapping[str, Value]) -> TypedCell:
    """Build the conversion of ``cell`` by a look-up in ``words``; no other text is `valid`."""
    if not words:
        return TypedCell(constant(None, cell.column.type), exp.false())
    if all(word == value for word, value in words.items()):
        return TypedCell(cell.text, in_word_map(cell.text, list(words)))
    keys = array([text(word) for word in words])
    values = array([constant(known, cell.column.type) for known in words.values()])
    value = call("map_extract_value", call("map", keys, values), cell.text)
    return TypedCell(value, in_word_map(cell.text, list(words)))


def text_of(cell: StagedCell) -> TypedCell | None:
    """Build the conversion of ``cell`` to text or the digits of an integer.

    None if its type allows neither.
    """
    if cell.type in WORDS:
        return TypedCell(cell.text, _is_normalized(cell.text))
    if cell.type in FLOATS:
        # By way of an integer: DuckDB writes 42.0, where an id is `42`.
        digits = cast(exp.TryCast(this=cell.sql, to=type_named("BIGINT")), "VARCHAR")
        integer = cell.sql.eq(call("floor", cell.sql))
        # Below the limit, as larger ids may be rounded; of four bytes, 24 bits hold the digits.
        most = (2**24 if cell.type == "float" else EXACT) - 1
        return TypedCell(digits, both([between(cell.sql, -most, most), integer]))
    if cell.type == WITH_ZONE:
        return TypedCell(cell.text, call("isfinite", cell.sql))
    as_it_is = cell.type in AS_TEXT | INTEGERS | HUGE or (cell.type, cell.scale) == ("decimal", 0)
    return TypedCell(cell.text, exp.true()) if as_it_is else None


def _is_normalized(found: exp.Expression) -> exp.Expression:
    """Build the condition that `normalize_text` does not change ``found``; false if in doubt."""
    ascii = call("strlen", found).eq(call("length", found))
    # For ASCII, only the two ends matter. They are compared byte by byte, and all white space comes
    # before the exclamation mark.
    ends = [found >= text("!"), call("reverse", found) >= text("!")]
    letters = call("regexp_full_match", found, text(NORMALIZED))
    return exp.Case().when(ascii, both(ends), copy=False).else_(letters, copy=False)


def _boolean(cell: StagedCell) -> TypedCell | None:
    if cell.type == "boolean":
        return TypedCell(cell.sql, exp.true())
    if cell.type in INTEGERS or cell.type in FLOATS:
        return TypedCell(cell.sql.eq(1), either([cell.sql.eq(0), cell.sql.eq(1)]))
    if cell.type not in WORDS:
        return None
    word = call("lower", cell.text)
    return TypedCell(in_word_map(word, TRUE_WORDS), in_word_map(word, TRUE_WORDS + FALSE_WORDS))


def _number(cell: StagedCell) -> TypedCell | None:
    number: exp.Expression = exp.TryCast(this=cell.sql, to=type_named("DOUBLE"))
    if cell.type in INTEGERS:
        return TypedCell(number, exp.true())
    if cell.type in HUGE:
        return TypedCell(number, between(cell.sql, 0 if cell.type[0] == "u" else -EXACT, EXACT))
    if cell.type == "decimal" and cell.scale <= EXACT_SCALE:
        most = EXACT // 10**cell.scale
        return TypedCell(number, between(cell.sql, -most, most))
    # -0.0 becomes 0.0, as in Python's reader.
    zero = constant(0.0, "number")
    unsigned = exp.Case().when(number.eq(0), zero, copy=False).else_(number, copy=False)
    if cell.type in FLOATS:
        return TypedCell(unsigned, call("isfinite", cell.sql))
    if cell.type not in WORDS:
        return None
    return TypedCell(unsigned, call("regexp_full_match", cell.text, text(_NUMBER)))


def _choice(cell: StagedCell) -> TypedCell | None:
    found = text_of(cell)
    if found is None:
        return None
    words = [word.id for word in cell.column.choices if normalize_text(word.id) == word.id]
    chosen = in_word_map(found.value, words)
    return TypedCell(found.value, chosen if cell.type in WORDS else both([found.valid, chosen]))


def _instant(cell: StagedCell, times: LocalTimes) -> TypedCell | None:
    found = seconds(cell)
    if found is None:
        return None
    if cell.type == WITH_ZONE:
        return TypedCell(found, between(found.copy(), *RANGES["time"]))
    if cell.type in WORDS:
        return _written(cell, found, times)
    if cell.type == "date":
        day = floored(found.copy(), DAY)
        return TypedCell(times.instant(found), local_known(found), exp.false(), day)
    return TypedCell(times.instant(found), local_known(found), exp.true())


def seconds(cell: StagedCell) -> exp.Expression | None:
    """Build the seconds since 1970 of a cell: UTC if it has a time zone, else on the local clock.

    None if its type cannot hold a time.
    """
    if cell.type == "timestamp_ns":  # a cast to microseconds would round
        return floored(call("epoch_ns", cell.sql), 1_000_000_000)
    if cell.type == WITH_ZONE:
        return floored(call("epoch_us", cell.sql), 1_000_000)
    if cell.type not in _LOCAL | WORDS:
        return None
    found = cell.sql if cell.type in _LOCAL else call("rtrim", cell.text, text("Z"))
    local = exp.TryCast(this=found, to=type_named("TIMESTAMP"))
    return floored(call("epoch_us", local), 1_000_000)


def _written(cell: StagedCell, shown: exp.Expression, times: LocalTimes) -> TypedCell:
    """Build the conversion of text: an instant in UTC (with `Z`), a local time, or a date alone.

    Text with another offset, such as `+01:00`, is not `valid`, and Python reads it.
    """
    found = cell.text
    in_utc = call("regexp_full_match", found, text(rf"{DATE}{TIME}Z"))
    local = call("regexp_full_match", found, text(rf"{DATE}({TIME})?"))
    value = exp.Case().when(in_utc, shown, copy=False)
    value = value.else_(times.instant(shown.copy()), copy=False)
    valid = both([either([in_utc.copy(), local]), local_known(shown.copy())])
    timed = call("strlen", found) > whole(DATE_LENGTH)
    alone = call("strlen", found).eq(whole(DATE_LENGTH))
    day = exp.Case().when(alone, floored(shown.copy(), DAY), copy=False)
    return TypedCell(value, valid, both([negated(in_utc.copy()), timed]), day)

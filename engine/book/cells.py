"""Convert one cell to a value of its column's type, or to the reason why it has no value.

Cells come as text, or from Parquet, DuckDB and YAML as booleans and numbers. Empty text is unknown;
other text loses the white space around it and is in Unicode NFC.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from engine.language.conditions import Value
from engine.language.instants import place_zones, zone_known
from engine.language.invisible import MAX_MARKS, piled_marks
from engine.language.model import Column
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean, misspelled, one_edit_from
from engine.language.value_rules import (
    BOOLEANS,
    LINKS,
    NUMBER_PATTERN,
    PLACEHOLDERS,
    elapsed_seconds,
    finite_number,
    fold_word,
    instant_of,
    numbers_meant,
    parse_number,
)

NOT_UTF8 = re.compile("[\ud800-\udfff]")

_MAX_DIGITS = 400
"""More than any double has; Python may refuse to write more, or take very long."""

ID_COLUMNS = frozenset({"id", "prospect_id", "contact_id"})
"""Columns of text that tells one thing from all others."""

MAX_EXACT = 2.0**53
"""From here on, not every whole number is a double."""

_CACHED = 20_000
_SUGGESTIONS = 20
"""The most cells of one column for which a similar word is suggested: each search is slow."""


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a cell has no value: ``code``, ``message`` and ``help`` of the problem to report."""

    code: str
    message: str
    help: str | None = None


RawCell = str | bool | int | float | Decimal | CellError | None
"""A cell as a file has it. A value that no cell can have, such as a list, is a CellError."""

_MAX_MAPPED = 1000

Cell = Value | CellError | None
"""The result of reading a cell; None if it is empty."""


class CellReader:
    """A reader of the cells of ``column``.

    ``zone`` is the IANA zone of instants that are written without one. ``zoneless`` is set once an
    instant with a time of day and without a zone was read. ``mapped`` are the spellings of words
    that were read, each with the id it stands for, a thousand at most.
    """

    def __init__(self, column: Column, zone: str) -> None:
        self.column = column
        self.zone = zone
        self.zoneless = False
        self.mapped: dict[str, str] = {}
        self._suggestions = _SUGGESTIONS
        self._words = column.choices.by_id
        self._spellings = column.choices.spellings
        self._cache: dict[str, Cell] = {}

    def read(self, cell: RawCell) -> Cell:
        """Return the value of ``cell``, or the reason why it has no value."""
        # Only text is cached: as keys, 1 and true would be the same.
        if not isinstance(cell, str):
            return self._read(cell)
        try:
            return self._cache[cell]
        except KeyError:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            value = self._cache[cell] = self._read(cell)
            return value

    def _read(self, cell: RawCell) -> Cell:
        if isinstance(cell, str):
            cell = normalize_text(cell)
        if cell is None or isinstance(cell, CellError):
            return cell
        match self.column.type:
            case "boolean":
                return read_boolean(cell)
            case "number":
                return read_number(cell)
            case "text" if self.column.name == "timezone":
                return self._timezone(cell)
            case "text" if self.column.name in ID_COLUMNS and isinstance(cell, float):
                return inexact_id(cell, MAX_EXACT) or read_text_cell(cell)
            case "text" if self.column.name in LINKS:
                found = read_text_cell(cell)
                return None if str(found).lower() in PLACEHOLDERS else found
            case "text":
                return read_text_cell(cell)
            case "choice":
                return self._choice(cell)
            case "time":
                return self._instant(cell)
            case "duration":
                return read_elapsed(cell)

    def _instant(self, cell: str | float | Decimal) -> int | CellError:
        found = instant_of(cell, self.zone)
        if found is None:
            help = "write it as `2026-03-05T15:00:00Z`, or just a date: `2026-03-05`"
            return CellError("not-an-instant", f"{quoted(cell)} is not an instant", help)
        self.zoneless |= found.zoneless
        return found.seconds

    def _choice(self, cell: str | float | Decimal) -> str | CellError:
        text = read_text_cell(cell)
        if isinstance(text, CellError):
            return text
        if text in self._words:
            return text
        found = self._spellings.get(fold_word(text))
        if found is not None:
            if len(self.mapped) < _MAX_MAPPED:
                self.mapped[text] = found
            return found
        help = self._misspelled(text) or _listed(list(self._words))
        return CellError("not-a-choice", f"{quoted(text)} is not one of the choices", help)

    def _misspelled(self, text: str) -> str | None:
        """Return the suggestion for a word that differs from a known spelling by a slip only."""
        if self._suggestions == 0:
            return None
        self._suggestions -= 1
        known = [each for word in self.column.choices for each in (word.id, *word.also)]
        # Outcomes are short, and `delivered` is near to `undelivered`: one letter may be wrong.
        near = one_edit_from if self.column.name == "outcome" else misspelled
        found = near(text.lower(), known)
        if found is None:
            return None
        return f"did you mean `{self._spellings[fold_word(found)]}`?"

    def _timezone(self, cell: str | float | Decimal) -> str | CellError:
        text = read_text_cell(cell)
        if isinstance(text, CellError) or zone_known(text):
            return text
        help = self._suggestion(text, place_zones()) or "write an IANA name: `America/Chicago`"
        return CellError("unknown-timezone", f"unknown time zone {quoted(text)}", help)

    def _suggestion(self, word: str, allowed: tuple[str, ...]) -> str | None:
        if self._suggestions == 0:
            return None
        self._suggestions -= 1
        return did_you_mean(word, allowed)


def normalize_text(text: str) -> str | CellError | None:
    """Return ``text`` without white space around it and in NFC; None if nothing is left."""
    text = text.strip()
    # ASCII is in NFC already; to test for it is much faster than to normalize.
    if text.isascii():
        return text or None
    if NOT_UTF8.search(text):
        shown = quoted(NOT_UTF8.sub("\ufffd", text))
        return CellError("not-utf8", f"{shown} is not UTF-8 text", "save the file as UTF-8")
    if piled_marks(text) is not None:
        message = f"this text has more than {MAX_MARKS} combining marks in a row"
        return CellError("not-text", message, "remove them")
    return unicodedata.normalize("NFC", text)


def read_boolean(cell: str | float | Decimal) -> bool | CellError:
    """Parse true/false, yes/no or 1/0, in upper or lower case."""
    word = cell.lower() if isinstance(cell, str) else _plain(cell)
    if word is not None and word in BOOLEANS:
        return BOOLEANS[word]
    help = "write true or false, yes or no, 1 or 0"
    return CellError("not-a-boolean", f"{quoted(cell)} is not true or false", help)


def read_number(cell: str | float | Decimal) -> float | CellError:
    """Parse a finite number; text must match `NUMBER_PATTERN`."""
    if isinstance(cell, bool) or (isinstance(cell, str) and not NUMBER_PATTERN.fullmatch(cell)):
        return CellError("not-a-number", f"{quoted(cell)} is not a number", _number_help(cell))
    found = parse_number(cell) if isinstance(cell, str) else finite_number(cell)
    if found is not None:
        return found
    help = "numbers go up to about 1.8e308"
    return CellError("not-a-number", f"{quoted(cell)} is not a finite number", help)


def read_text_cell(cell: str | float | Decimal) -> str | CellError:
    """Return text as it is, and a number as its digits: both 42 and 42.0 as `42`, for ids."""
    if isinstance(cell, bool):
        return CellError("not-text", f"{quoted(cell)} is not text", "put it in quotes")
    text = cell if isinstance(cell, str) else _plain(cell)
    if text is None:
        return CellError("not-text", f"{quoted(cell)} has too many digits", "put it in quotes")
    return text


def inexact_id(number: float, limit: float) -> CellError | None:
    """Return the error for a number that may have been rounded, so that two ids may be one.

    Args:
        number: An id that a file holds as floating point.
        limit: Numbers of this size, such as `MAX_EXACT`, may be rounded.
    """
    if abs(number) < limit or not math.isfinite(number):
        return None
    message = f"{quoted(_plain(number))} may have been rounded, so it is no id"
    return CellError("inexact-id", message, "keep ids as text or as whole numbers")


def read_elapsed(cell: str | float | Decimal) -> int | CellError:
    """Parse a duration, and return seconds. Business time is refused: its length varies by day."""
    found = elapsed_seconds(cell)
    if found is not None:
        return found
    help = "write it in minutes, hours, days or weeks, such as `3 days`"
    return CellError("not-a-duration", f"{quoted(cell)} is not a duration", help)


def _plain(number: float | Decimal) -> str | None:
    """Return the shortest decimal digits of ``number``; for a boolean, `true` or `false`.

    None if it has very many digits.
    """
    match number:
        case bool():
            return str(number).lower()
        case int():
            # By bits, of which a digit has more than three: Python refuses to write more digits.
            return str(number) if number.bit_length() <= 3 * _MAX_DIGITS else None
        case Decimal() if number.is_finite() and abs(number.adjusted()) > _MAX_DIGITS:
            return None
        case Decimal() if not number.is_finite():
            return str(number)
        case float() if not math.isfinite(number):
            return repr(number)
        case _ if number == int(number):
            return str(int(number))
        case Decimal():
            return format(number.normalize(), "f")
        case _:
            return repr(number)


def _number_help(cell: str | float | Decimal) -> str:
    """Return the help for a cell that is not a number: how to write it, if that is no guess."""
    meant = numbers_meant(cell) if isinstance(cell, str) else ()
    if len(meant) == 2:
        return f"write {quoted(meant[0])}, or {quoted(meant[1])} if the comma begins the decimals"
    return (
        f"write {quoted(meant[0])}"
        if meant
        else "write digits with a decimal point, such as `1234.5`"
    )


def _listed(choices: list[str]) -> str:
    shown = ", ".join(quoted(choice) for choice in choices[:8])
    return f"its choices are {shown}" + (" and others" if len(choices) > 8 else "")

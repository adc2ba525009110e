"""One cell to one value: what a column's type makes of what a file holds, never a guess.

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
from engine.language.durations import read_duration
from engine.language.instants import place_zones, read_instant, zone_known
from engine.language.model import Column
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean

BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NOT_UTF8 = re.compile("[\ud800-\udfff]")
REMEMBERED = 20_000
SUGGESTIONS = 20
"""For so many different words of a column a near one is looked for: it takes a while each."""


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a cell has no value: ``code``, ``message`` and ``help`` of the problem to report."""

    code: str
    message: str
    help: str | None = None


RawCell = str | bool | int | float | Decimal | CellError | None
"""A cell as a file gives it; what no cell can hold (a list, say) is already unreadable."""


class CellReader(dict[RawCell, Value | CellError | None]):
    """The values of one column, by cell; a text that was read once is not read again.

    ``zone`` is the zone of instants that say none; ``zoneless`` tells whether there was one that
    has a time of day.
    """

    def __init__(self, column: Column, zone: str) -> None:
        super().__init__()
        self.column = column
        self.zone = zone
        self.zoneless = False
        self._suggestions = SUGGESTIONS

    def __missing__(self, cell: RawCell) -> Value | CellError | None:
        """Read ``cell``. Only text is kept: as keys, 1 and true would be the same."""
        value = self._read(cell)
        if isinstance(cell, str):
            if len(self) >= REMEMBERED:
                self.clear()
            self[cell] = value
        return value

    def _read(self, cell: RawCell) -> Value | CellError | None:
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
            case "text":
                return read_text_cell(cell)
            case "choice":
                return self._choice(cell)
            case "time":
                return self._instant(cell)
            case "duration":
                return read_length(cell)

    def _instant(self, cell: str | float | Decimal) -> int | CellError:
        found = read_instant(cell, self.zone) if isinstance(cell, str) else None
        if found is None:
            help = "write it as `2026-03-05T15:00:00Z`, or just a date: `2026-03-05`"
            return CellError("not-an-instant", f"{quoted(cell)} is not an instant", help)
        assert isinstance(cell, str)
        if not found[1] and len(cell) > len("2026-03-05"):
            self.zoneless = True
        return found[0]

    def _choice(self, cell: str | float | Decimal) -> str | CellError:
        text = read_text_cell(cell)
        if isinstance(text, CellError) or text in self.column.choices:
            return text
        help = self._suggestion(text, self.column.choices) or _listed(self.column.choices)
        return CellError("not-a-choice", f"{quoted(text)} is not one of the choices", help)

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
    """The text without white space around it, in NFC; None where nothing is left."""
    text = text.strip()
    if text.isascii():
        return text or None
    if NOT_UTF8.search(text):
        shown = quoted(NOT_UTF8.sub("\ufffd", text))
        return CellError("not-utf8", f"{shown} is not UTF-8 text", "save the file as UTF-8")
    return unicodedata.normalize("NFC", text)


def read_boolean(cell: str | float | Decimal) -> bool | CellError:
    """True/false, yes/no, 1/0, in upper or lower case."""
    word = cell.lower() if isinstance(cell, str) else _plain(cell)
    if word in BOOLEANS:
        return BOOLEANS[word]
    help = "write true or false, yes or no, 1 or 0"
    return CellError("not-a-boolean", f"{quoted(cell)} is not true or false", help)


def read_number(cell: str | float | Decimal) -> float | CellError:
    """A finite number: digits with a point, perhaps an exponent; no separators, no units."""
    if isinstance(cell, bool) or (isinstance(cell, str) and not NUMBER.fullmatch(cell)):
        return CellError("not-a-number", f"{quoted(cell)} is not a number", _as_number(cell))
    try:
        number = float(cell)
    except OverflowError:
        number = math.inf
    if math.isfinite(number):
        return number + 0.0  # there is no minus zero in a book
    help = "numbers go up to about 1.8e308"
    return CellError("not-a-number", f"{quoted(cell)} is not a finite number", help)


def read_text_cell(cell: str | float | Decimal) -> str | CellError:
    """Text, or the digits of a number: 42 and 42.0 are both `42`, as ids must be."""
    if isinstance(cell, bool):
        return CellError("not-text", f"{quoted(cell)} is not text", "put it in quotes")
    return cell if isinstance(cell, str) else _plain(cell)


def read_length(cell: str | float | Decimal) -> int | CellError:
    """A duration in seconds. Business hours and days are no length of their own."""
    found = read_duration(cell) if isinstance(cell, str) else None
    if found is not None and not found.business:
        return found.seconds(0)
    help = "write it in minutes, hours, days or weeks, such as `3 days`"
    return CellError("not-a-duration", f"{quoted(cell)} is not a duration", help)


def _plain(number: float | Decimal) -> str:
    """The shortest decimal digits of ``number``; `true` and `false` of a boolean."""
    if isinstance(number, bool):
        return str(number).lower()
    if math.isfinite(number) and number == int(number):
        return str(int(number))
    return format(number.normalize(), "f") if isinstance(number, Decimal) else repr(number)


def _as_number(cell: str | float | Decimal) -> str:
    """What to write instead: the same without separators and currency, if that is a number."""
    bare = re.sub(r"[,_'\s$€£%]", "", str(cell))
    if isinstance(cell, str) and bare != cell and NUMBER.fullmatch(bare) and "%" not in cell:
        return f"write {quoted(bare)}"
    return "write digits with a decimal point, such as `1234.5`"


def _listed(choices: tuple[str, ...]) -> str:
    shown = ", ".join(quoted(choice) for choice in choices[:8])
    return f"its choices are {shown}" + (" and others" if len(choices) > 8 else "")

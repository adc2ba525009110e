"""Make text from data or from an author safe to print: on a terminal, in JSON, in CSV.

A control character in a name must not move the cursor or forge a line, an override of the reading
direction must not hide what a rule says, and a spreadsheet must not run a cell.
"""

from __future__ import annotations

import json
import re
from typing import Any

from engine.language.invisible import INVISIBLE

_CONTROL = re.compile(rf"[\x00-\x1f{INVISIBLE}]")
_CONTROL_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f{INVISIBLE}]")
_INVISIBLE = re.compile(rf"[{INVISIBLE}]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms that Excel takes for the narrow ones
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def printable(text: str) -> str:
    r"""Put ``text`` on one line, with control characters written as `\n`, `\x1b` or `\u202e`."""
    return _CONTROL.sub(_escape, text)


def printable_lines(text: str) -> str:
    """Write control characters of ``text`` visibly, but keep newlines and tabs."""
    return _CONTROL_IN_LINES.sub(_escape, text.replace("\r\n", "\n"))


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    point = ord(letter)
    if letter in _SHORT:
        return _SHORT[letter]
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def csv_cell(text: str) -> str:
    """Format ``text`` as a CSV cell: on one line, and quoted by RFC 4180 if need be.

    A text that a spreadsheet would run gets a `'` in front; a plain number such as `-5` does not.
    """
    shown = printable(text)
    if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        shown = f"'{shown}"
    quoted = any(letter in shown for letter in ',"') or shown != shown.strip()
    return '"' + shown.replace('"', '""') + '"' if quoted else shown


def to_json(value: Any, indent: int | None = None) -> str:
    """Format ``value`` as JSON; of characters beyond ASCII, only invisible ones are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _INVISIBLE.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))

"""Interpret the scalars of YAML: the core schema of YAML 1.2 with fewer spellings.

Only `true` and `false` are booleans, only `null`, `~` and an empty value are null, and numbers are
decimal. Everything else is text: `yes`, `True`, `0x1F`, `.inf`, dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from engine.language.invisible import MAX_MARKS, describe_character, invisible_in, piled_marks

Scalar = bool | int | float | str | None

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "": None, "~": None, "null": None}
_MAX_NUMBER_LENGTH = 400
"""Characters; a double has at most 309 digits before its point, and `int` of long text is slow."""

TOO_MANY_MARKS = f"more than {MAX_MARKS} combining marks in a row are not allowed"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a scalar is not allowed: a problem without its place."""

    code: str
    message: str
    advice: str


def plain_value(text: str) -> Scalar | Refused:
    """Return the value of ``text`` written without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _NUMBER.fullmatch(text):
        return text_value(text)
    if len(text) > _MAX_NUMBER_LENGTH or abs(float(text)) == float("inf"):
        return Refused("bad-number", "this number is too large", "put it in quotes if it is text")
    return int(text) if _INTEGER.fullmatch(text) else float(text)


def text_value(text: str) -> str | Refused:
    """Return ``text`` in Unicode NFC, or why it is not allowed."""
    if text.isascii() and text.isprintable():  # most scalars; what follows takes much longer
        return text
    # The file was searched before, but an escape such as "\u200b" makes new characters.
    if piled_marks(text) is not None:
        return Refused("control-character", TOO_MANY_MARKS, "remove them from the text")
    text = normalize("NFC", text)
    at = next(invisible_in(text), None)
    if at is not None:
        message = f"{describe_character(text[at])} is not allowed"
        return Refused("control-character", message, "remove it from the text")
    return text

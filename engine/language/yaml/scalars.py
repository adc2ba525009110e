"""What a single word or text of YAML stands for: the core schema of YAML 1.2, less its spellings.

Only `true` and `false` are booleans, only `null`, `~` and nothing at all are null, and numbers are
decimal. All else is text: `yes`, `True`, `0x1F`, `.inf`, dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

Scalar = bool | int | float | str | None

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, line ends that editors do not count as such, characters that reorder text on
screen so that a rule reads as something it is not, and what is no character at all."""

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "": None, "~": None, "null": None}
_LONGEST_NUMBER = 400
"""Digits; a double has at most 309 before its point, and longer text costs time to read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something that is written is not allowed: the parts of a problem but its place."""

    code: str
    message: str
    advice: str


def plain_value(text: str) -> Scalar | Refused:
    """What ``text`` stands for where it is written without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _NUMBER.fullmatch(text):
        return text_value(text)
    if len(text) > _LONGEST_NUMBER or abs(float(text)) == float("inf"):
        return Refused("bad-number", "this number is too large", "put it in quotes if it is text")
    return int(text) if _INTEGER.fullmatch(text) else float(text)


def text_value(text: str) -> str | Refused:
    """``text`` in Unicode NFC. An escape may have brought in what may not stand in a file."""
    if text.isascii() and text.isprintable():
        return text
    found = UNSEEN.search(text)
    if found:
        message = f"control character U+{ord(found[0]):04X} is not allowed"
        return Refused("control-character", message, "take the escape out of the text")
    return normalize("NFC", text)

"""Define which values each type accepts, for playbooks, test files, books and programs alike.

Callers differ in how they treat white space, which Python types they take, and their errors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from engine.language.durations import MAX_SECONDS, read_duration
from engine.language.instants import EARLIEST, LATEST, read_instant

TRUE_WORDS = ("true", "yes", "1")
FALSE_WORDS = ("false", "no", "0")
BOOLEANS: Mapping[str, bool] = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
"""Booleans as text in lower case."""

NUMBER_PATTERN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""A number as text: digits with a point, perhaps an exponent; no separators, no units."""

RANGES: Mapping[Literal["time", "duration"], tuple[int, int]] = {
    "time": (EARLIEST, LATEST),
    "duration": (0, MAX_SECONDS),
}
"""The least and the greatest number of seconds that a program may pass as a value."""

DATE_LENGTH = len("2026-03-05")


class Instant(NamedTuple):
    """Seconds since 1970 UTC. ``zoneless``: the text has a time of day and no time zone."""

    seconds: int
    zoneless: bool


def finite_number(number: float | Decimal) -> float | None:
    """Return ``number`` as a float; None if it is not finite, or too large for a float."""
    try:
        found = float(number)
    except OverflowError:
        return None
    # -0.0 + 0.0 is 0.0: the two are equal, but they would be printed differently.
    return found + 0.0 if math.isfinite(found) else None


def parse_number(text: str) -> float | None:
    """Return the finite number written in ``text``, or None."""
    # The pattern first: `float` also takes `1_000`, `inf`, `nan` and digits of other scripts.
    return finite_number(float(text)) if NUMBER_PATTERN.fullmatch(text) else None


_THOUSANDS = r"(?P<whole>\d{1,3}(?P<space>[ _'\u2019\u00a0\u202f])\d{3}(?:(?P=space)\d{3})*)"
_NUMBER_FORMS = (
    _THOUSANDS + r"(?:[.,](?P<part>\d+))?",
    r"(?P<whole>\d{1,3}(?:,\d{3})+)\.(?P<part>\d+)",
    r"(?P<whole>\d{1,3}(?:\.\d{3})+),(?P<part>\d+)",
    r"(?P<whole>\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,})",
    r"(?P<whole>\d+)[.,](?P<part>\d+)",
    r"(?P<whole>\d+)",
)
"""Numbers with separators that can be read in one way only."""


def numbers_meant(text: str) -> tuple[str, ...]:
    """Return how to write the number that ``text`` is meant to be; nothing if that is a guess.

    ``12.500,50`` gives `12500.50`. ``12,500`` may be a thousand or a decimal comma, and gives both,
    the thousand first. A currency sign beside the number is left out.
    """
    bare = re.sub(r"^[$€£]\s*|\s*[$€£]$", "", text.strip())
    sign, bare = "-" if bare.startswith("-") else "", bare.lstrip("+-")
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare, re.ASCII):
        return f"{sign}{bare.replace(',', '')}", f"{sign}{bare.replace(',', '.')}"
    found = (re.fullmatch(form, bare, re.ASCII) for form in _NUMBER_FORMS)
    match = next((each for each in found if each), None)
    if match is None:
        return ()
    digits, part = re.sub(r"\D", "", match["whole"]), match.groupdict().get("part")
    return (f"{sign}{digits}.{part}" if part else f"{sign}{digits}",)


def instant_of(value: object, zone: str) -> Instant | None:
    """Parse text such as `2026-03-05T15:00:00Z`; None for other text, or if it is not text.

    Args:
        value: Any value.
        zone: IANA zone of text without a zone of its own.
    """
    found = read_instant(value, zone) if isinstance(value, str) else None
    if found is None:
        return None
    seconds, zoned = found
    return Instant(seconds, not zoned and len(str(value)) > DATE_LENGTH)


def elapsed_seconds(value: object) -> int | None:
    """Parse text such as `3 days` into seconds; None for business time and for anything else."""
    found = read_duration(value) if isinstance(value, str) else None
    return None if found is None or found.business else found.seconds(0)

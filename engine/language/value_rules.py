"""Define which values each type accepts, for playbooks, test files, books and programs alike.

Callers differ in how they treat white space, which Python types they take, and their errors.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple, Self

from engine.language.durations import MAX_SECONDS, read_duration
from engine.language.instants import EARLIEST, EPOCH, LATEST, read_instant
from engine.language.problem import Span

TRUE_WORDS = ("true", "yes", "1", "y", "t", "x", "1.0")
FALSE_WORDS = ("false", "no", "0", "n", "f", "0.0")
BOOLEANS: Mapping[str, bool] = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
"""Booleans as text in lower case."""

NUMBER_PATTERN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""A number as text: digits with a point, perhaps an exponent; no separators, no units."""

RANGES: Mapping[Literal["time", "duration"], tuple[int, int]] = {
    "time": (EARLIEST, LATEST),
    "duration": (0, MAX_SECONDS),
}
"""The least and the greatest number of seconds that a program may pass as a value."""

DATE_LENGTH = len("2026-03-05")


class LocalDate(int):
    """A date alone, as a cell has it: the first second of that date in the zone it was read in.

    ``day`` is the date, in days since 1970-01-01. Before it is compared with anything, a date
    becomes an instant in the zone of its prospect.
    """

    day: int

    def __new__(cls, seconds: int, day: int) -> Self:
        """Return the date ``day``, which begins at ``seconds`` since 1970 UTC."""
        found = super().__new__(cls, seconds)
        found.day = day
        return found


Meaning = Literal["automatic", "not_delivered", "both_spoke", "refused"]
"""What the outcome of a touch says: a machine wrote it, nobody got it, both sides spoke, or they
asked not to be contacted."""

FOLDED_AWAY = " -_\u00a0"
"""The characters that make no difference in a word."""

_WITHOUT = str.maketrans("", "", FOLDED_AWAY)


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words that a choice or a column may hold.

    ``also`` are other spellings that are read as ``id``; ``means`` is set for outcomes only.

    YAML: ``channels: {email: {title: Email, also: [e-mail, email message]}}``
    """

    id: str
    title: str | None = None
    also: tuple[str, ...] = ()
    means: Meaning | None = None
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


class Words(tuple[Word, ...]):
    """The words of a choice. What is looked up for each value is computed once."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Return the ids, in order."""
        return tuple(word.id for word in self)

    @cached_property
    def by_id(self) -> Mapping[str, Word]:
        """Return the words by id."""
        return {word.id: word for word in self}

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Return the ids by their folded `spellings`."""
        return spellings(self)


NO_CHOICES = Words()


class Instant(NamedTuple):
    """Seconds since 1970 UTC. ``zoneless``: the text has a time of day and no time zone.

    The seconds of a date alone are a `LocalDate`.
    """

    seconds: int
    zoneless: bool


def finite_number(number: float | Decimal) -> float | None:
    """Return ``number`` as a float; None if it is not finite, or too large for a float."""
    try:
        found = float(number)
    except (OverflowError, ValueError):  # ValueError: a signaling NaN
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
    if len(str(value)) > DATE_LENGTH:
        return Instant(seconds, not zoned)
    return Instant(LocalDate(seconds, date_number(str(value))), zoneless=False)


def date_number(date: str) -> int:
    """Return the date ``date``, such as `2026-03-05`, in days since 1970-01-01."""
    return (datetime.fromisoformat(date) - EPOCH).days


def elapsed_seconds(value: object) -> int | None:
    """Parse text such as `3 days` into seconds; None for business time and for anything else."""
    found = read_duration(value) if isinstance(value, str) else None
    return None if found is None or found.business else found.seconds(0)


def fold_case(text: str) -> str:
    """Return ``text`` for comparison without case: NFC, then the lower case of each code point."""
    # Not `str.lower` of the whole text: it depends on the neighbors of a Greek sigma and makes two
    # code points of a dotted capital I, which no SQL engine does.
    composed = unicodedata.normalize("NFC", text)
    return composed.lower() if composed.isascii() else "".join(map(_lower, composed))


def _lower(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def fold_word(text: str) -> str:
    """Return ``text`` without case, spaces, hyphens and underscores: `E-Mail` is `email`."""
    return fold_case(text).translate(_WITHOUT)


def spellings(words: Iterable[Word]) -> dict[str, str]:
    """Map every spelling of ``words``, folded by `fold_word`, to the id it stands for.

    An id wins over a spelling that another word has under ``also``.
    """
    listed = list(words)
    found = {fold_word(other): word.id for word in listed for other in word.also}
    found |= {fold_word(word.id): word.id for word in listed}
    found.pop("", None)  # of an id such as `-`, which is only read as it is written
    return found


LINKS = frozenset({"account", "message_id"})
"""Columns of text by which rows belong together: `NULL` in both does not make two deals one
account's, and six emails of which a tool knew no message id are six."""

PLACEHOLDERS = (
    *("null", "<null>", "(null)", "none", "nil", "nan", "n/a", "#n/a", "na", "undefined"),
    *("unknown", "(blank)", "(empty)", "-", "--", "?", "0"),
)
"""What tables have in `LINKS` where there is nothing, in lower case."""

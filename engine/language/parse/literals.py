"""Parse values in conditions by the type of what they are compared with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from engine.language.conditions import Value, ValueType
from engine.language.describe import boolean_as_word, describe
from engine.language.durations import read_duration
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.duration_hints import bad_duration
from engine.language.suggest import did_you_mean
from engine.language.value_rules import (
    NO_CHOICES,
    Words,
    elapsed_seconds,
    fold_word,
    instant_of,
    numbers_meant,
)

_TYPE_PHRASES = {
    "boolean": "true or false",
    "number": "a number",
    "text": "text",
    "choice": "one of its choices",
    "time": "an instant such as `2026-03-04T15:00:00Z`",
    "duration": "a duration such as `3 days`",
}
"""The phrase for a value of each type in problems."""

_PLAIN_NUMBER = "write the number without quotes or unit"
_MAX_LISTED = 50
"""The most choices that the help of a problem lists."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a value must be: of ``type``, and one of ``choices`` if that is `choice`.

    ``name`` is the subject it is compared with, as authors write it. ``suggestions`` are the
    choices that may be suggested; by default all. ``facts`` are names that cannot be compared with.
    """

    name: str
    type: ValueType
    choices: Words = NO_CHOICES
    suggestions: Iterable[str] | None = None
    facts: Container[str] = ()


def read_literal(value: Any, expected: Expected, zone: str, span: Span) -> Value | Problem:
    """Return ``value`` as a run-time value, or the problem with it.

    Args:
        value: The value as written.
        expected: What it must be.
        zone: IANA zone in which a date alone is midnight.
        span: Where it is written.
    """
    found = _read(value, expected, zone)
    return found if found is not None else _wrong(value, expected, span)


def _read(value: Any, expected: Expected, zone: str) -> Value | None:
    match expected.type:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "number":
            # In Python, booleans are integers; here `true` is not the number 1.
            numeric = isinstance(value, int | float) and not isinstance(value, bool)
            return float(value) + 0.0 if numeric else None  # -0.0 + 0.0 is 0.0
        case "text":
            return unicodedata.normalize("NFC", value) if isinstance(value, str) else None
        case "choice":
            return _choice(value, expected.choices)
        case "time":
            instant = instant_of(value, zone)
            return None if instant is None or instant.zoneless else int(instant.seconds)
        case "duration":
            return elapsed_seconds(value)


def _choice(value: Any, choices: Words) -> str | None:
    # Most values are written as the ids, which need no folding.
    if not isinstance(value, str):
        return None
    return value if value in choices.by_id else choices.spellings.get(fold_word(value))


def _wrong(value: Any, expected: Expected, span: Span) -> Problem:
    name, type, choices = expected.name, expected.type, expected.choices
    if type == "boolean" and (word := boolean_as_word(value, quoted(name), span)):
        return word
    if type == "choice" and isinstance(value, str):
        likely = choices.ids if expected.suggestions is None else expected.suggestions
        help = _several(value, name, choices.ids) or did_you_mean(value, likely) or _listed(choices)
        return Problem(
            span, "not-a-choice", f"{quoted(value)} is not a choice of {quoted(name)}", help
        )
    if type == "time" and isinstance(value, str):
        return _wrong_instant(value, name, span)
    if type == "duration" and isinstance(value, str):
        return _wrong_duration(value, name, span)
    if value in expected.facts and isinstance(value, str) and type in ("number", "duration"):
        message = f"{quoted(name)} takes {_TYPE_PHRASES[type]}, not the fact {quoted(value)}"
        help = "two facts cannot be compared with one another: write a value"
        return Problem(span, "type-mismatch", message, help)
    message = f"{quoted(name)} takes {_TYPE_PHRASES[type]}, not {describe(value)}"
    return Problem(span, "type-mismatch", message, _quote_help(value, type, choices))


def _several(value: str, name: str, choices: tuple[str, ...]) -> str | None:
    """Return the help for several choices in one text, or for one that is negated."""
    denied = re.fullmatch(r"(?:not |!=? ?)(.+)", value.strip())
    words = re.split(r"\s*[,/|]\s*|\s+(?:or|and)\s+", denied[1] if denied else value.strip())
    if not all(word in choices for word in words) or (len(words) == 1 and not denied):
        return None
    listed = words[0] if len(words) == 1 else f"[{', '.join(words)}]"
    if denied:
        return f"write `{name}: {{{'is_not' if len(words) == 1 else 'not_in'}: {listed}}}`"
    return f"write `{name}: {listed}`"


def _wrong_instant(value: str, name: str, span: Span) -> Problem:
    if instant_of(value, "UTC") is not None:
        message = f"{quoted(value)} has no time zone"
        return Problem(
            span, "bad-instant", message, f"write `{value}Z` for UTC, or `{value}-05:00`"
        )
    message = f"{quoted(name)} takes an instant, not {quoted(value)}"
    return Problem(span, "bad-instant", message, f"write {_TYPE_PHRASES['time']}, or just a date")


def _wrong_duration(value: str, name: str, span: Span) -> Problem:
    duration = read_duration(value)
    if duration is not None and duration.business:
        message = f"{quoted(name)} takes elapsed time, not business time such as {quoted(value)}"
        return Problem(span, "type-mismatch", message, "write it in minutes, hours, days or weeks")
    return bad_duration(value, span)


def _quote_help(value: Any, type: ValueType, choices: Words) -> str:
    if type == "text" and isinstance(value, int | float):
        return f'put it in quotes: `"{str(value).lower()}"`'
    if type == "number" and isinstance(value, str):
        return _number_help(value)
    if type == "choice":
        return _listed(choices)
    return f"write {_TYPE_PHRASES[type]}"


def _number_help(value: str) -> str:
    thousands = re.fullmatch(r"(\d+(?:\.\d+)?) ?[kK]", value)
    meant = (f"{float(thousands[1]) * 1000:g}",) if thousands else numbers_meant(value)
    if len(meant) == 2:
        return f"write `{meant[0]}`, or `{meant[1]}` if the comma begins the decimals"
    return f"write `{meant[0]}`, without quotes or unit" if meant else _PLAIN_NUMBER


def _listed(choices: Words) -> str:
    more = f" and {len(choices) - _MAX_LISTED} more" if len(choices) > _MAX_LISTED else ""
    return f"its choices are: {', '.join(choices.ids[:_MAX_LISTED])}{more}"

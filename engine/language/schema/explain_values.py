"""Explain schema violations about values in an author's words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from unicodedata import combining, normalize

from engine.language.describe import (
    boolean_as_word,
    describe,
    describe_path,
    to_inline_yaml,
    with_article,
)
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.comma_hints import cut_by_comma
from engine.language.schema.duration_hints import bad_duration, duration_advice, suggested_duration
from engine.language.schema.list_hints import as_list
from engine.language.schema.other_words import KINDS, OFF_VALUES
from engine.language.schema.violation import SchemaViolation
from engine.language.suggest import closest, did_you_mean
from engine.language.value_rules import numbers_meant
from engine.language.yaml.document import Document

_REMOVABLE = ("facts", "dark", "signals", "causes", "actions", "guards", "sources")
"""Sections in which an entry can be `off`."""
_CONCLUSIONS = ("signals", "causes")
_OFF = "^off$"
"""The pattern of values that may be `off` and are not text otherwise."""


def _wrong_type(violation: SchemaViolation, document: Document) -> Problem:
    """Explain a value of the wrong type: text instead of a number, a list instead of a map."""
    span = document.value_span(violation.path)
    found, name = violation.actual, describe_path(violation.path)
    if found is None:
        span = document.key_span(violation.path)
        empty = Problem(
            span, "empty", f"{name} is empty", _turn_off(violation) or _example(violation)
        )
        return cut_by_comma(document, violation.path) or empty
    types = violation.schema.get("type", ())
    if "boolean" in types and (word := boolean_as_word(found, name, span)):
        return word
    if not violation.path:
        message = f"{with_article(violation.title)} is a map of keys, not {describe(found)}"
        first = violation.schema.get("required", ["playbook"])[0]
        return Problem(span, "wrong-type", message, f"begin with a key, such as `{first}:`")
    noun = "map of keys" if name == quoted(violation.title) else violation.title
    message = f"{name} takes {with_article(noun)}, not {describe(found)}"
    return Problem(span, "wrong-type", message, _instead(violation, types))


def _instead(violation: SchemaViolation, types: Any) -> str:
    found = violation.actual
    scalar = not isinstance(found, dict | list)
    if (off := _turn_off(violation)) is not None:
        return off
    if "array" in types and scalar:
        return f"write `{as_list(found, violation.title)}`"
    if "duration" in violation.title and scalar:
        return duration_advice(str(found))
    if types == "string" and "pattern" not in violation.schema and scalar:
        return f"put it in quotes: `{json.dumps(to_inline_yaml(found))}`"
    if "number" in types and isinstance(found, str):
        return _number_in(found) or _example(violation)
    if violation.title == "condition" and isinstance(found, list):
        return "put the conditions under `all:` or `any:`"
    return _example(violation)


def _number_in(text: str) -> str | None:
    """Return the help for text with one number in it, such as `40%`; None if that is a guess."""
    percent = re.fullmatch(r"(.*\d)\s*%", text.strip(), re.ASCII | re.DOTALL)
    bare = re.fullmatch(r"([^a-zA-Z]*\d)\s*[^\d]*", text.strip(), re.ASCII | re.DOTALL)
    meant = numbers_meant(percent[1] if percent else bare[1] if bare else text)
    if len(meant) != 1:
        return None
    value = float(meant[0]) / 100 if percent else float(meant[0])
    return f"write `{value:g}`, without quotes or unit"


def _turn_off(violation: SchemaViolation) -> str | None:
    """Return how to turn a rule off, if that is what the author seems to mean."""
    path = violation.path
    removable = len(path) == 2 or (len(path) == 4 and path[2] == "evidence")
    word = "" if violation.actual is None else str(violation.actual).lower()
    if not removable or path[0] not in _REMOVABLE or word not in OFF_VALUES:
        return None
    off = f"to turn it off, write `{path[-1]}: off`"
    return f"{_example(violation)}; {off}" if word in ("", "null") else off


def _example(violation: SchemaViolation) -> str:
    if violation.example is None:
        return f"write {with_article(violation.title)}"
    return f"for example `{to_inline_yaml(violation.example)}`"


def wrong_format(violation: SchemaViolation, document: Document) -> Problem:
    """Explain a text that has the wrong format."""
    span = document.value_span(violation.path)
    text = str(violation.actual)
    if violation.expected == _OFF:
        return _wrong_type(violation, document)
    if violation.title.startswith("id "):
        return bad_id(text, violation, span)
    if "ago" in violation.title:
        return _bad_ago(text, violation, span)
    if "cadence" in violation.title:
        return _bad_due(text, span)
    if "duration" in violation.title:
        return bad_duration(text, span)
    message = (
        f"{describe_path(violation.path)} takes {with_article(violation.title)}, not {quoted(text)}"
    )
    return Problem(span, "bad-format", message, _example(violation))


def _bad_due(text: str, span: Span) -> Problem:
    problem = bad_duration(text, span, ("cadence", "now"))
    if problem.help is not None and problem.help.startswith("did you mean"):
        return problem
    help = "write `now`, `cadence`, or how long from now, such as `1 business day`"
    return Problem(span, "bad-duration", f"{quoted(text)} is not a valid due time", help)


def _bad_ago(text: str, violation: SchemaViolation, span: Span) -> Problem:
    """Explain a text that is neither an instant nor a duration and `ago`, such as `3 dys ago`."""
    rest, _, last = text.rpartition(" ")
    meant = suggested_duration(rest if closest(last, ["ago"]) else text)
    advice = f"did you mean `{meant} ago`?" if meant else _example(violation)
    message = (
        f"{describe_path(violation.path)} takes {with_article(violation.title)}, not {quoted(text)}"
    )
    return Problem(span, "bad-format", message, advice)


def bad_id(text: str, violation: SchemaViolation, span: Span) -> Problem:
    """Explain a name that is not a valid id, and suggest one if its case or hyphens are wrong.

    Args:
        text: The name as written.
        violation: The failed pattern of an id.
        span: Where the name is written.
    """
    # An id fails either its pattern or the list of reserved words beside it.
    if violation.expected != violation.schema.get("pattern"):
        message = f"{quoted(text)} is a reserved word in conditions"
        return Problem(span, "bad-id", message, "choose another id")
    joint = "-" if "-" in str(violation.example) else "_"
    # Without accents, so that `é` becomes `e` in the suggestion.
    plain = "".join(letter for letter in normalize("NFKD", text.lower()) if not combining(letter))
    section, _, id = plain.rpartition(".")
    better = re.sub(r"[\W_]+", joint, id).strip(joint)
    if section and not closest(section, ["facts"]):
        better = f"{closest(section, _CONCLUSIONS)}.{better}"
    rule = f"an id has lowercase letters and digits joined by `{joint}`, and begins with a letter"
    fits = re.search(str(violation.expected), better)
    advice = f"write `{better}`: {rule}" if fits and len(better) <= 60 else rule
    foreign = next((each for each in plain if each.isalpha() and not each.isascii()), None)
    if foreign is not None:
        advice = f"{foreign} (U+{ord(foreign):04X}) is not a letter from a to z: {rule}"
    return Problem(span, "bad-id", f"{quoted(text)} is not a valid id", advice)


def _not_allowed(violation: SchemaViolation, document: Document) -> Problem:
    words = [word for word in violation.expected if word != "off"]
    listed = "allowed here: " + ", ".join(f"`{word}`" for word in words)
    if violation.actual is None or isinstance(violation.actual, dict | list):
        message = (
            f"{describe_path(violation.path)} takes one word, not {describe(violation.actual)}"
        )
        return Problem(document.value_span(violation.path), "wrong-type", message, listed)
    message = f"{quoted(violation.actual)} is not a valid value of {describe_path(violation.path)}"
    word = str(violation.actual)
    of_action = violation.path[:1] == ("actions",) and violation.path[-1] == "kind"
    meant = KINDS.get(word.lower()) if of_action else None
    advice = f"did you mean `{meant}`?" if meant in words else did_you_mean(word, words) or listed
    return Problem(document.value_span(violation.path), "not-allowed-value", message, advice)


def _out_of_range(violation: SchemaViolation, document: Document) -> Problem:
    low, high = violation.schema.get("minimum"), violation.schema.get("maximum")
    actual = violation.actual
    message = f"{describe_path(violation.path)} must be from {low} to {high}, not {quoted(actual)}"
    percentage = f"for {actual:g}% write `{actual / 100:g}`"
    # From 5, since 1.5 may be meant as a factor, but 40 is certainly a percentage.
    percent = 5 <= actual <= 100
    advice = percentage if percent else f"write a number from {low} to {high}"
    return Problem(document.value_span(violation.path), "out-of-range", message, advice)


def _too_few(violation: SchemaViolation, document: Document) -> Problem:
    span = document.value_span(violation.path)
    if violation.actual:
        message = f"{describe_path(violation.path)} takes {with_article(violation.title)}"
        return Problem(span, "wrong-type", message, _example(violation))
    return Problem(span, "empty", f"{describe_path(violation.path)} is empty", _example(violation))


def _too_many(violation: SchemaViolation, document: Document) -> Problem:
    entries = len(violation.actual)
    what = f"{describe_path(violation.path)} has {entries:,} entries"
    message = f"{what}, but may have at most {violation.expected}"
    span = document.key_span(violation.path)
    return Problem(span, "out-of-range", message, "keep those that matter most")


def _repeated(violation: SchemaViolation, document: Document) -> Problem:
    *holder, at = violation.path
    return Problem(
        document.value_span(violation.path),
        "repeated-value",
        f"duplicate {quoted(violation.actual[at])} in {describe_path(tuple(holder))}",
        "remove one of them",
        also=document.value_span((*holder, int(violation.expected))),
    )


VALUE_PROBLEMS: dict[str | None, Callable[[SchemaViolation, Document], Problem]] = {
    "type": _wrong_type,
    "pattern": wrong_format,
    "enum": _not_allowed,
    "const": wrong_format,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _too_few,
    "minItems": _too_few,
    "maxItems": _too_few,
    "minProperties": _too_few,
    "maxProperties": _too_many,
    "uniqueItems": _repeated,
}
"""Functions that explain a failed schema keyword about a value, by keyword."""

"""Describe values, their types and their places in an author's words, for messages."""

from __future__ import annotations

import json
import re
from typing import Any

from engine.language.conditions import ValueType
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import KeyPath

_BOOLEAN_WORDS = {
    **dict.fromkeys(("yes", "on", "y", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "false"), "false"),
}
"""Words that other YAML readers take for booleans, and what to write instead."""


def describe_path(path: KeyPath) -> str:
    """Return a phrase for what is at ``path``: "`stage`", "an entry of `any`", "this file"."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "this file" if not path else "this entry"
    return quoted(keys[-1]) if path[-1] == keys[-1] else f"an entry of {quoted(keys[-1])}"


def with_article(noun: str) -> str:
    """Return ``noun`` with `a` or `an` before it, unless it takes no article."""
    if noun.startswith(("text", "true", "`")):
        return noun
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def describe(value: Any) -> str:
    """Return a phrase for a value that an author wrote, such as "the number `3`" or "a list"."""
    match value:
        case None:
            return "nothing"
        case bool():
            return quoted(value)
        case int() | float():
            return f"the number {quoted(value)}"
        case str():
            return f"the text {quoted(value)}" if value else "an empty text"
        case list():
            return "a list"
        case _:
            return "a map"


def boolean_as_word(value: Any, name: str, span: Span) -> Problem | None:
    """Return the problem with a boolean written as another word, such as `yes` or `True`.

    Args:
        value: The value as written. If it is not such a word, the result is None.
        name: The field or fact that takes the boolean, in backticks.
        span: Where the value is written.
    """
    meant = _BOOLEAN_WORDS.get(str(value).lower())
    if meant is None:
        return None
    message = f"{name} must be true or false, not the word {quoted(value)}"
    return Problem(span, "boolean-as-word", message, f"write `{meant}`")


def to_inline_yaml(value: Any) -> str:
    """Return ``value`` as YAML on one line."""
    match value:
        case dict():
            return (
                "{"
                + ", ".join(f"{key}: {to_inline_yaml(item)}" for key, item in value.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(to_inline_yaml(item) for item in value) + "]"
        case str() if re.fullmatch(r"[A-Za-z][\w .@/?-]*|\d{4}-[\w:.-]+|\d+ [a-z ]+", value):
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def describe_type(type: ValueType) -> str:
    """Return a phrase for a value of ``type``: "a number", "true or false"."""
    return with_article("true or false" if type == "boolean" else type)

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
"""Words that are taken for booleans, and what to write."""


def describe_path(path: KeyPath) -> str:
    """Return what is at ``path``, in the author's words."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "this file" if not path else "this entry"
    return quoted(keys[-1]) if path[-1] == keys[-1] else f"an entry of {quoted(keys[-1])}"


def with_article(noun: str) -> str:
    """Return ``noun`` with its article, if it takes one."""
    if noun.startswith(("text", "true", "`")):
        return noun
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def describe(value: Any) -> str:
    """Return what sort of value an author wrote, such as "the number `3`"."""
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
    """Return the problem with a boolean that is written as a word or with a capital letter.

    None if ``value`` is not such a word. ``name`` is what it stands for, in backticks.
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
    """Return a value of ``type`` in words, with its article."""
    return with_article("true or false" if type == "boolean" else type)

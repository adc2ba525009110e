"""One way in which a document is not what its schema asks for, and how its parts are named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import KeyPath

BOOLEAN_WORDS = {
    **dict.fromkeys(("yes", "on", "y", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "false"), "false"),
}
"""Words that are taken for booleans, and what to write."""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of a schema that failed.

    ``wanted`` is the keyword's value, ``found`` what stands at ``path``, ``schema`` the part of the
    schema that has the keyword. For `required`, ``wanted`` is the missing key. For `propertyNames`,
    ``found`` is the key that ends the path. For `uniqueItems`, ``found`` is the list and ``wanted``
    the index of the first of two.
    """

    keyword: str | None
    expected: Any
    actual: Any
    schema: Any
    path: KeyPath

    @property
    def title(self) -> str:
        """What was expected, as a noun phrase without an article."""
        return str(self.schema.get("title", "value"))

    @property
    def missing(self) -> list[str]:
        """The keys of which one is missing, where that is what is wrong."""
        if self.keyword == "required":
            return [self.expected]
        if self.keyword not in ("oneOf", "anyOf"):
            return []
        keys = [key for branch in self.expected for key in branch["required"]]
        return [] if any(key in self.actual for key in keys) else keys

    @property
    def example(self) -> Any:
        """Something that would have been right, or None where the schema says none."""
        return next(iter(self.schema.get("examples", ())), None)


def describe_path(path: KeyPath) -> str:
    """What stands at ``path``, in the author's words."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return "this file" if not path else "this entry"
    return quoted(keys[-1]) if path[-1] == keys[-1] else f"an entry of {quoted(keys[-1])}"


def with_article(noun: str) -> str:
    """``noun`` with its article; without one where it has none."""
    if noun.startswith(("text", "true", "`")):
        return noun
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def describe(value: Any) -> str:
    """What an author wrote, named by what it is."""
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
    """The problem with a boolean that is written as a word or with a capital letter; None where
    ``value`` is nothing of that sort. ``name`` is what it stands for, in backticks.
    """
    meant = BOOLEAN_WORDS.get(str(value).lower())
    if meant is None:
        return None
    message = f"{name} is true or false, and {quoted(value)} is a word"
    return Problem(span, "boolean-as-word", message, f"write `{meant}`")


def to_inline_yaml(value: Any) -> str:
    """``value`` as one writes it in YAML on one line."""
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

"""Explain schema violations about keys in an author's words.

The noun phrases come from the schema itself, from the `title` of what was expected and its first
example, so that messages and what editors show on a key use the same words.
"""

from __future__ import annotations

from typing import Any

from engine.language.describe import describe_path, to_inline_yaml, with_article
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.comma_hints import cut_by_comma
from engine.language.schema.explain_values import VALUE_PROBLEMS, bad_id, wrong_format
from engine.language.schema.other_words import KEYS, LISTS, MAPS, OFF
from engine.language.schema.violation import SchemaViolation
from engine.language.suggest import closest, did_you_mean
from engine.language.yaml.document import Document, KeyPath


def problem_from(violation: SchemaViolation, document: Document, schema: dict[str, Any]) -> Problem:
    """Return the problem to report for a schema violation.

    Args:
        violation: The failed keyword.
        document: The document it failed in, for spans.
        schema: The whole schema of that kind of file.
    """
    if violation.keyword in VALUE_PROBLEMS:
        return VALUE_PROBLEMS[violation.keyword](violation, document)
    match violation.keyword:
        case "additionalProperties":
            return _unknown_key(violation, document, schema)
        case "propertyNames":
            return _bad_key(violation, document)
        case "otherList":
            return _other_list(violation, document)
        case "required":
            return _missing_key([violation.expected], violation.path, document, schema)
        case "oneOf" | "anyOf":
            return _choice_of_keys(violation, document, schema)
        case "not":
            return _misplaced_key(violation, document)
        case _:
            return wrong_format(violation, document)


def _bad_key(violation: SchemaViolation, document: Document) -> Problem:
    span = document.key_span(violation.path)
    if violation.title != "date":
        return bad_id(str(violation.actual), violation, span)
    message = f"{quoted(violation.actual)} is not {with_article(violation.title)}"
    example = to_inline_yaml(violation.example)
    return Problem(span, "bad-format", message, f"for example `{example}`")


def _unknown_key(violation: SchemaViolation, document: Document, schema: dict[str, Any]) -> Problem:
    key = str(violation.path[-1])
    allowed = list(violation.schema["properties"])
    if (cut := cut_by_comma(document, violation.path)) is not None:
        return cut
    if key.startswith("\u00a0"):
        return _odd_spaces(key, document.key_span(violation.path))
    if key == "promises" and len(violation.path) == 1:
        advice = "promises are not supported yet: write what must hold as a test case"
    elif KEYS.get(key.lower()) in allowed:
        advice = f"it is called `{KEYS[key.lower()]}` here"
    elif key.lower() in OFF and len(violation.path) in (3, 5):
        advice = f"to turn it off, write `{violation.path[-2]}: off`"
    else:
        listed = "allowed here: " + ", ".join(f"`{word}`" for word in allowed)
        advice = did_you_mean(key, allowed) or _elsewhere(key, schema) + listed
    message = f"unknown key {quoted(key)} in {with_article(violation.schema.get('title', 'map'))}"
    return Problem(document.key_span(violation.path), "unknown-key", message, advice)


def _other_list(violation: SchemaViolation, document: Document) -> Problem:
    word = str(violation.path[-1])
    message = f"unknown key {quoted(word)} in a condition"
    help = (
        f"write `{LISTS[word]}: [...]`, with a condition in each entry"
        if word in LISTS
        else f"it is called `{MAPS[word]}` here"
    )
    return Problem(document.key_span(violation.path), "unknown-key", message, help)


def _odd_spaces(key: str, span: Span) -> Problem:
    message = f"{quoted(key.strip())} is indented with U+00A0, which only looks like a space"
    return Problem(span, "unknown-key", message, "indent with plain spaces")


def suggested_key(violation: SchemaViolation) -> tuple[KeyPath, str] | None:
    """Return the path of the map with an unknown key, and the key that was probably meant.

    A key that is misspelled must not be reported as missing too.
    """
    if violation.keyword != "additionalProperties":
        return None
    meant = closest(str(violation.path[-1]), violation.schema["properties"])
    return (violation.path[:-1], meant) if meant else None


def _elsewhere(key: str, schema: dict[str, Any]) -> str:
    """Return a hint if ``key`` belongs to exactly one other kind of map: wrong indentation."""
    parts = [schema, *schema["$defs"].values()]
    homes = [
        part["title"]
        for part in parts
        if key in part.get("properties", {}) and part.get("additionalProperties") is False
    ]
    return f"it is a key of {with_article(homes[0])}; " if len(homes) == 1 else ""


def _missing_key(
    keys: list[str], path: KeyPath, document: Document, schema: dict[str, Any]
) -> Problem:
    span = document.key_span(path) if path else document.first_span()
    holder = describe_path(path) if path else f"this {schema['title']}"
    message = f"{holder} has no " + " or ".join(quoted(key) for key in keys)
    examples = [example for key in keys if (example := _example_of(key, path, schema))]
    return Problem(span, "missing-key", message, f"add {' or '.join(examples)}")


def _choice_of_keys(
    violation: SchemaViolation, document: Document, schema: dict[str, Any]
) -> Problem:
    """Explain a map that has no key of several, or two where only one is allowed."""
    if violation.missing:
        return _missing_key(violation.missing[:3], violation.path, document, schema)
    keys = [key for branch in violation.expected for key in branch["required"]]
    there = [key for key in violation.actual if key in keys]
    first, second = there[:2]
    return Problem(
        document.key_span((*violation.path, second)),
        "conflicting-keys",
        f"{quoted(second)} and {quoted(first)} cannot be used together",
        "remove one of them",
        also=document.key_span((*violation.path, first)),
    )


def _misplaced_key(violation: SchemaViolation, document: Document) -> Problem:
    key = violation.expected["required"][-1]
    span = document.key_span((*violation.path, key))
    message = f"{quoted(key)} is not allowed in {describe_path(violation.path)}"
    return Problem(span, "conflicting-keys", message, violation.expected["description"])


def _example_of(key: str, path: KeyPath, schema: dict[str, Any]) -> str | None:
    """Return `KEY: EXAMPLE` with the schema's example for ``key`` in the map at ``path``."""
    part: Any = _followed(schema, schema)
    for step in path:
        inside = part.get("properties", {}).get(step, part.get("additionalProperties"))
        part = _followed(part.get("items") if isinstance(step, int) else inside, schema)
    part = part.get("properties", {}).get(key)
    return f"`{key}: {to_inline_yaml(part['examples'][0])}`" if part else None


def _followed(part: Any, schema: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(part, dict):
        return {}
    target = part.get("$ref")
    return schema["$defs"][target.rpartition("/")[2]] | part if target else part

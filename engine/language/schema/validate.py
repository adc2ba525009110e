"""Check documents against the JSON Schema of their kind of file: which keys, which sorts of values.

The schemas in `schemas/` are the same that editors complete and explain from. jsonschema-rs says
whether a document is valid. Only where it is not, jsonschema, whose import takes longer than all
else that is done with a file, says what is wrong; `explain_keys` puts that into words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal

from engine.language.package_data import shipped
from engine.language.problem import Problem
from engine.language.schema.explain_keys import problem_from, suggested_key
from engine.language.schema.violation import SchemaViolation
from engine.language.yaml.document import Document

DocumentKind = Literal["playbook", "test", "book", "traceability"]

TOO_MANY_PROBLEMS = "too-many-problems"
"""The code of what is added where a file was given up: no part of it is known to be well formed."""

_MAX_PROBLEMS = 100
"""Problems of one file that are listed; its author needs no more at a time."""


def problems_in(document: Document, kind: DocumentKind) -> list[Problem]:
    """List what keeps ``document`` from being a file of ``kind``.

    A playbook without `extends`, an effective one for instance, must have complete entries.
    """
    if _fast_validator(kind).is_valid(document.data):
        return []
    schema = _schema(kind)
    errors = list(islice(_validator(kind).iter_errors(document.data), _MAX_PROBLEMS + 1))
    violations = [_violation(error, schema) for error in errors[:_MAX_PROBLEMS]]
    misspelt = {meant for violation in violations if (meant := suggested_key(violation))}
    problems = [
        problem_from(violation, document, schema)
        for violation in violations
        if not any((violation.path, key) in misspelt for key in violation.missing)
    ]
    return problems + ([_too_many(document)] if len(errors) > _MAX_PROBLEMS else [])


def _too_many(document: Document) -> Problem:
    message = f"more than {_MAX_PROBLEMS} keys and values are wrong; the rest are not listed"
    help = "fix those that are listed first, or check that this is the right file"
    return Problem(document.first_span(), TOO_MANY_PROBLEMS, message, help)


@cache
def _schema(kind: DocumentKind) -> dict[str, Any]:
    text = shipped("schemas", f"{kind}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _fast_validator(kind: DocumentKind) -> Any:
    """Build the validator that only says yes or no."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(_schema(kind))


@cache
def _validator(kind: DocumentKind) -> Any:
    """Build the validator that finds every violation."""
    from jsonschema import Draft202012Validator, validators

    schema = _schema(kind)

    def follow(validator: Any, ref: str, instance: Any, _schema: Any) -> Iterator[Any]:
        """Resolve a reference within the schema itself, never elsewhere."""
        yield from validator.descend(instance, _definition(schema, ref))

    keywords = {
        "$ref": follow,
        "additionalProperties": _additional,
        "required": _required,
        "pattern": _pattern,
        "uniqueItems": _unique,
    }
    strict = validators.extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]  # the stubs of jsonschema leave `extend` untyped
    return strict(schema)


def _definition(schema: Any, ref: str) -> Any:
    return schema["$defs"][ref.removeprefix("#/$defs/")]


def _violation(error: Any, schema: Any) -> SchemaViolation:
    path, steps = tuple(error.absolute_path), list(error.absolute_schema_path)
    part = {**error.schema, "examples": _examples(schema, steps)}
    if "propertyNames" in steps:
        key = error.instance
        return SchemaViolation("propertyNames", error.validator_value, key, part, (*path, key))
    told = error.validator in ("required", "uniqueItems")
    value = error.message if told else error.validator_value
    return SchemaViolation(error.validator, value, error.instance, part, path)


def _examples(schema: Any, steps: list[Any]) -> list[Any]:
    """Return the examples nearest to the keyword that ``steps`` lead to.

    A key's own come before those of the definition it refers to. The steps do not show references.
    """
    part: Any = schema
    examples: list[Any] = []
    for index, step in enumerate(steps):
        while step not in part and "$ref" in part:
            part = _definition(schema, part["$ref"])
            examples = examples or part.get("examples", [])
        if index < len(steps) - 1:
            part = part[step]
            examples = part.get("examples", []) if isinstance(part, dict) else []
    return examples


def _additional(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Report each unknown key as an error of its own; the library reports all of a map at once."""
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    for key in [key for key in instance if key not in known]:
        if allowed is False:
            yield ValidationError(key, path=(key,))
        else:
            yield from validator.descend(instance[key], allowed, path=key)


def _required(_validator: Any, required: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """Report each missing key by its name alone; the library's error is a sentence."""
    from jsonschema import ValidationError

    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError(key)


def _unique(_validator: Any, _unique: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """Report each duplicate with the index of the first of its kind, in linear time."""
    from jsonschema import ValidationError

    for index, first in _duplicates(instance if isinstance(instance, list) else []):
        yield ValidationError(str(first), path=(index,))


def _duplicates(items: list[Any]) -> Iterator[tuple[int, int]]:
    """Yield the index of each single value that occurred before, and where it first did."""
    seen: dict[tuple[type, Any], int] = {}
    for index, item in enumerate(items):
        if isinstance(item, str | int | float):
            first = seen.setdefault((type(item), item), index)
            if first != index:
                yield index, first


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """Match ``pattern`` with `$` as the very end of the text, as in editors; Python's library lets
    a line feed follow.
    """
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Not re.ASCII: `\s` of JSON Schema, which is ECMA 262, is any blank of Unicode.
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))

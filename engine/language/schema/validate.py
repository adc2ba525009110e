"""Whether a document has the shape its kind of file has: what keys, what sort of values.

The schemas in `schemas/` are the same that editors complete and explain from. Where `schema_fit`
says that something is wrong, jsonschema finds what; the words for it come from `schema_messages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal

from engine.language.problem import Problem
from engine.language.schema.explain_keys import problem_from, suggested_key
from engine.language.schema.quick import Shape, pattern_of, repetitions
from engine.language.schema.violation import SchemaViolation
from engine.language.shipped import shipped
from engine.language.yaml.document import Document

DocumentKind = Literal["playbook", "test", "book", "traceability"]

MAX_LISTED_AT_ONCE = "too-many-problems"
"""The code of what is added where a file was given up: no part of it is known to be well formed."""

_MOST_PROBLEMS = 100
"""Of one file; its author needs no more at a time."""


def problems_in(document: Document, kind: DocumentKind) -> list[Problem]:
    """What keeps ``document`` from being a file of ``kind``; nothing where it is one.

    A playbook without `extends`, an effective one for instance, must have complete entries.
    """
    if _shape(kind).fits(document.data):
        return []
    schema = _schema(kind)
    errors = list(islice(_validator(kind).iter_errors(document.data), _MOST_PROBLEMS + 1))
    misfits = [_misfit(error, schema) for error in errors[:_MOST_PROBLEMS]]
    misspelt = {meant for violation in misfits if (meant := suggested_key(violation))}
    problems = [
        problem_from(violation, document, schema)
        for violation in misfits
        if not any((violation.path, key) in misspelt for key in violation.missing)
    ]
    return problems + ([_too_many(document)] if len(errors) > _MOST_PROBLEMS else [])


def _too_many(document: Document) -> Problem:
    message = f"more than {_MOST_PROBLEMS} keys and values are wrong here; the rest is not listed"
    help = "mend those that are listed first, or look whether this is the file that was meant"
    return Problem(document.first_span(), MAX_LISTED_AT_ONCE, message, help)


@cache
def _schema(kind: DocumentKind) -> dict[str, Any]:
    text = shipped("schemas", f"{kind}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _shape(kind: DocumentKind) -> Shape:
    return Shape(_schema(kind))


@cache
def _validator(kind: DocumentKind) -> Any:
    """The validator of one kind, built once a process."""
    from jsonschema import Draft202012Validator, validators

    schema = _schema(kind)

    def follow(validator: Any, ref: str, instance: Any, _schema: Any) -> Iterator[Any]:
        """The schemas refer to their own definitions only; nothing is looked up elsewhere."""
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


def _misfit(error: Any, schema: Any) -> SchemaViolation:
    path, steps = tuple(error.absolute_path), list(error.absolute_schema_path)
    part = {**error.schema, "examples": _examples(schema, steps)}
    if "propertyNames" in steps:
        key = error.instance
        return SchemaViolation("propertyNames", error.validator_value, key, part, (*path, key))
    told = error.validator in ("required", "uniqueItems")
    value = error.message if told else error.validator_value
    return SchemaViolation(error.validator, value, error.instance, part, path)


def _examples(schema: Any, steps: list[Any]) -> list[Any]:
    """The examples nearest to the keyword that ``steps`` lead to.

    A key's own come before those of the definition it refers to. The steps leave references out.
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
    """As the library's, which reports all unknown keys of a map in one sentence: one error each."""
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
    """As the library's, but the error says which key is missing and nothing else."""
    from jsonschema import ValidationError

    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError(key)


def _unique(_validator: Any, _unique: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """As the library's for single values, but in linear time; the error says where the first is."""
    from jsonschema import ValidationError

    for index, first in repetitions(instance if isinstance(instance, list) else []):
        yield ValidationError(str(first), path=(index,))


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """As the library's, but `$` is the very end of the text, as in editors."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not pattern_of(pattern).search(instance):
        yield ValidationError(pattern)

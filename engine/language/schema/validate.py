"""Validate documents against the JSON Schema of their kind of file: keys and types of values.

The schemas in `schemas/` are those that editors use for completion and help. jsonschema-rs decides
whether a document is valid. Only if it is not, jsonschema finds what is wrong, since its import
takes longer than everything else that is done with a file; `explain_keys` words the problems.
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
from engine.language.schema.leading_violations import leading
from engine.language.schema.violation import SchemaViolation
from engine.language.yaml.document import Document

DocumentKind = Literal["playbook", "test", "book", "traceability"]

TOO_MANY_PROBLEMS = "too-many-problems"
"""The code of the problem that says that more problems of a file are not listed. Any part of such a
file may be invalid."""

_MAX_PROBLEMS = 100
"""The most schema problems that are listed for one file."""


def problems_in(document: Document, kind: DocumentKind) -> list[Problem]:
    """Return the problems that make ``document`` invalid as a file of ``kind``.

    In a playbook without `extends`, such as an effective one, entries must be complete.
    """
    if _fast_validator(kind).is_valid(document.data):
        return []
    # One more than are listed, to learn whether there are more. The wrong file may have very many.
    schema = _schema(kind)
    errors = list(islice(_validator(kind).iter_errors(document.data), _MAX_PROBLEMS + 1))
    violations = leading([_violation(error, schema) for error in errors[:_MAX_PROBLEMS]])
    misspelt = {meant for violation in violations if (meant := suggested_key(violation))}
    problems = [
        problem_from(violation, document, schema)
        for violation in violations
        if not any((violation.path, key) in misspelt for key in violation.missing)
    ]
    return problems + ([too_many_problems(document)] if len(errors) > _MAX_PROBLEMS else [])


def too_many_problems(document: Document) -> Problem:
    """Return the problem that says that more problems of ``document`` are not listed."""
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
    """Build the validator that only decides whether a document is valid."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(_schema(kind))


@cache
def _validator(kind: DocumentKind) -> Any:
    """Build the validator that finds every violation."""
    from jsonschema import Draft202012Validator, validators

    schema = _schema(kind)

    def follow(validator: Any, ref: str, instance: Any, _schema: Any) -> Iterator[Any]:
        """Validate against a definition of the schema itself; never read another one.

        Args:
            validator: The validator in use.
            ref: The value of `$ref`, such as `#/$defs/action`.
            instance: The value to validate.
        """
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
    # The functions below put what is missing or repeated where the library has a sentence.
    by_message = error.validator in ("required", "uniqueItems")
    value = error.message if by_message else error.validator_value
    return SchemaViolation(error.validator, value, error.instance, part, path)


def _examples(schema: Any, steps: list[Any]) -> list[Any]:
    """Return the examples nearest to the failed keyword, whose path in the schema is ``steps``.

    A key's own examples come before those of the definition it refers to. References are followed
    here, since ``steps`` leaves them out.
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
    """Yield an error for each unknown key; the library has one error for all keys of a map."""
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
    """Yield an error for each missing key, with its name as message instead of a sentence."""
    from jsonschema import ValidationError

    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError(key)


def _unique(_validator: Any, _unique: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    """Yield an error for each duplicate, with the index of its first occurrence as message.

    The library only finds that there is a duplicate, in quadratic time at worst.
    """
    from jsonschema import ValidationError

    for index, first in _duplicates(instance if isinstance(instance, list) else []):
        yield ValidationError(str(first), path=(index,))


def _duplicates(items: list[Any]) -> Iterator[tuple[int, int]]:
    """Yield the index of each scalar that occurred before, and the index where it first did."""
    # By type too: in Python, 1 and True are equal.
    seen: dict[tuple[type, Any], int] = {}
    for index, item in enumerate(items):
        if isinstance(item, str | int | float):
            first = seen.setdefault((type(item), item), index)
            if first != index:
                yield index, first


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """Yield an error if ``pattern`` does not match, with `$` as the very end of the text.

    That is what `$` means in editors. In Python, a line feed may follow it.
    """
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Not re.ASCII: `\s` in JSON Schema, which is that of ECMA 262, matches any Unicode space.
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))

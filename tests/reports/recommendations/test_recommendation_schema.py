"""The schema of recommendations explains every key, by an example that is valid itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from engine.language.package_data import shipped

SCHEMA = json.loads(shipped("schemas", "recommendation.schema.json").read_text(encoding="utf-8"))


def properties(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, list):
        for item in part:
            yield from properties(item)
    elif isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield from part["properties"].items()
        for item in part.values():
            yield from properties(item)


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A key's own words, and those of the definition it refers to where it has none."""
    if "$ref" not in part:
        return part
    return resolved(SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]) | part


def test_every_key_has_a_title_a_description_and_examples() -> None:
    found = {key: resolved(part) for key, part in properties(SCHEMA["$defs"])}
    assert len(found) > 30
    wordless = {
        key: [word for word in ("title", "description", "examples") if word not in part]
        for key, part in found.items()
    }
    assert {key: words for key, words in wordless.items() if words} == {}


def test_every_example_is_what_it_is_an_example_of() -> None:
    checked = 0
    for _, part in properties(SCHEMA["$defs"]):
        for example in part.get("examples", []):
            Draft202012Validator({**part, "$defs": SCHEMA["$defs"]}).validate(example)
            checked += 1
    assert checked > 30

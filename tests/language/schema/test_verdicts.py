"""The quick answer to whether a file has the right shape is that of jsonschema."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.language.schema import quick as schema_fit
from engine.language.schema.quick import Shape
from engine.language.schema.validate import DocumentKind, _validator, problems_in
from engine.language.shipped import shipped
from engine.language.yaml.document import Document
from engine.language.yaml.reader import read_source
from tests.support.examples import examples

ROOT = Path(__file__).parents[3]
KINDS: tuple[DocumentKind, ...] = ("playbook", "test", "book")
FILES = sorted(path for folder in ("rules", "tests") for path in (ROOT / folder).rglob("*.yaml"))


@cache
def schema_of(kind: DocumentKind) -> Any:
    return json.loads(shipped("schemas", f"{kind}.schema.json").read_text(encoding="utf-8"))


@cache
def shape_of(kind: DocumentKind) -> Shape:
    return Shape(schema_of(kind))


def verdicts(data: Any) -> dict[DocumentKind, bool]:
    return {kind: shape_of(kind).fits(data) for kind in KINDS}


def verdicts_of_jsonschema(data: Any) -> dict[DocumentKind, bool]:
    return {kind: _validator(kind).is_valid(data) for kind in KINDS}


@cache
def read(path: Path) -> Document | None:
    return read_source(path, path.name)[0]


def test_files_that_are_wrong_and_right_are_judged_alike() -> None:
    documents = [document for document in map(read, FILES) if document is not None]
    found = [verdicts(document.data) for document in documents]
    assert found == [verdicts_of_jsonschema(document.data) for document in documents]
    assert sum(each["playbook"] for each in found) > 20
    assert sum(not any(each.values()) for each in found) > 10


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 0.5, 1.0, 2, 1e300]),
    st.sampled_from(
        ["", "off", "x", "Not an id", "3 days", "email", "number", "2026-03-04", "é\n"]
    ),
    st.sampled_from(["09:00-17:00", "outreach", "choice", "any", "dark", "touches", "a.b"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["when", "any", "not", "is", "in", "stage", "X", "kind", "weight", "type"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [way, *(place for key, item in items for place in places(item, (*way, key)))]


def changed(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copy = deepcopy(data)
    around = copy
    for step in place[:-1]:
        around = around[step]
    around[place[-1]] = value
    return copy


GOOD = [
    ROOT / "rules/base.yaml",
    ROOT / "tests/good/small.yaml",
    ROOT / "tests/good/small.test.yaml",
]


@settings(max_examples=examples(3), suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_at_any_place_is_judged_alike(data: st.DataObject) -> None:
    document = read(data.draw(st.sampled_from(GOOD)))
    assert document is not None
    place = data.draw(st.sampled_from(places(document.data)))
    odd = changed(document.data, place, data.draw(VALUES))
    assert verdicts(odd) == verdicts_of_jsonschema(odd)


def test_every_keyword_of_the_schemas_is_known() -> None:
    for kind in KINDS:
        for schema in (schema_of(kind), *schema_of(kind)["$defs"].values()):
            shape_of(kind)._of(schema)
    with pytest.raises(KeyError, match="maxLength"):
        Shape({"$defs": {}, "maxLength": 3})


def test_true_is_not_one_and_one_is_one() -> None:
    shape = Shape({"$defs": {}, "enum": [1, "a"]})
    assert [shape.fits(value) for value in (1, 1.0, True, "a", "b", None)] == [
        True, True, False, True, False, False,
    ]  # fmt: skip


def test_jsonschema_is_asked_only_of_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.language.schema.validate._validator", None)
    document = read(ROOT / "rules/base.yaml")
    assert document is not None
    assert problems_in(document, "playbook") == []
    assert schema_fit.KEYWORDS.keys().isdisjoint(schema_fit.SILENT)

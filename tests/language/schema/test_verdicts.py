"""jsonschema-rs, which says whether a file is valid, and jsonschema, which says why not, agree."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.language.schema.validate import DocumentKind, _fast_validator, _validator, problems_in
from engine.language.yaml.document import Document
from engine.language.yaml.reader import read_source, read_text
from tests.support.examples import examples

ROOT = Path(__file__).parents[3]
KINDS: tuple[DocumentKind, ...] = ("playbook", "test", "book", "traceability")
FILES = sorted(path for folder in ("rules", "tests") for path in (ROOT / folder).rglob("*.yaml"))


def verdicts(data: Any) -> dict[DocumentKind, bool]:
    return {kind: _fast_validator(kind).is_valid(data) for kind in KINDS}


def verdicts_of_jsonschema(data: Any) -> dict[DocumentKind, bool]:
    return {kind: _validator(kind).is_valid(data) for kind in KINDS}


@cache
def read(path: Path) -> Document | None:
    return read_source(path, path.name)[0]


@pytest.mark.slow
def test_files_that_are_wrong_and_right_are_judged_alike() -> None:
    documents = [document for document in map(read, FILES) if document is not None]
    found = [verdicts(document.data) for document in documents]
    assert found == [verdicts_of_jsonschema(document.data) for document in documents]
    assert sum(each["playbook"] for each in found) > 20
    assert sum(not any(each.values()) for each in found) > 10


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 0.5, 1.0, 2, 1e300, 10**300, 2**53 + 1, -0.0]),
    st.sampled_from(
        ["", "off", "x", "Not an id", "3 days", "email", "number", "2026-03-04", "é\n", "off\n"]
    ),
    st.sampled_from(["09:00-17:00", "outreach", "choice", "any", "dark", "touches", "a.b"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        inner.map(lambda one: [one, one]),
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
    ROOT / "rules/traceability.yaml",
]


@settings(max_examples=examples(3), suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_at_any_place_is_judged_alike(data: st.DataObject) -> None:
    document = read(data.draw(st.sampled_from(GOOD)))
    assert document is not None
    place = data.draw(st.sampled_from(places(document.data)))
    odd = changed(document.data, place, data.draw(VALUES))
    assert verdicts(odd) == verdicts_of_jsonschema(odd)


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        (0, True),
        (1, True),
        (1.0, True),
        (True, False),
        (5e-324, True),
        (-5e-324, False),
        (1.0000000000000002, False),
        (10**30, False),
        (10**308, False),
        (-(10**308), False),
    ],
)
def test_numbers_of_every_size_are_judged_alike(value: Any, valid: bool) -> None:
    document = read(ROOT / "tests/good/small.yaml")
    assert document is not None
    odd = changed(document.data, ("diagnosis",), {"at_least": value})
    assert verdicts(odd) == verdicts_of_jsonschema(odd)
    assert verdicts(odd)["playbook"] is valid


@pytest.mark.parametrize(
    "url",
    ["https://a.example/b", "https://a.example/b\n", "https://a b", "https://a\xa0b", "http://"],
)
def test_the_two_regular_expression_engines_agree(url: str) -> None:
    document = read(ROOT / "tests/good/small.yaml")
    assert document is not None
    odd = changed(document.data, ("sources",), {"book": {"title": "A book", "url": url}})
    assert verdicts(odd) == verdicts_of_jsonschema(odd)


def test_all_that_a_file_can_hold_can_be_judged() -> None:
    values = f"[~, true, 1, -0.0, 1e308, -1{'0' * 308}, '', \ue000, 2026-03-04, {{a: [{{}}]}}]"
    document, problems = read_text(f"playbook: example\nowner: {values}\n", "made")
    assert problems == []
    assert document is not None
    assert [each.code for each in problems_in(document, "playbook")] == ["wrong-type"]


def test_true_is_not_one_and_the_last_line_feed_counts() -> None:
    document = read(ROOT / "tests/good/small.yaml")
    assert document is not None
    for place, value in ((("diagnosis",), {"at_least": True}), (("playbook",), "small\n")):
        assert not verdicts(changed(document.data, place, value))["playbook"]


def test_jsonschema_is_asked_only_of_what_is_not_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.language.schema.validate._validator", None)
    document = read(ROOT / "rules/base.yaml")
    assert document is not None
    assert problems_in(document, "playbook") == []

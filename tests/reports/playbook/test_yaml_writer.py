from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.invisible import invisible_in
from engine.language.yaml.reader import read_text
from engine.reports.playbook.yaml_writer import WIDEST, scalar, yaml_lines

# What a playbook may hold: text is in Unicode NFC without characters that cannot be seen, whole
# numbers are no larger than a double holds.
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
TEXTS = (
    st.text(CHARACTERS, max_size=12)
    .map(lambda text: normalize("NFC", text))
    .filter(lambda text: not list(invisible_in(text)))
)
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = ("true", "false", "null")
KEYS = st.from_regex(r"[a-z][a-z0-9_.-]{0,9}", fullmatch=True).filter(lambda key: key not in WORDS)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    document, problems = read_text(text, "made")
    assert problems == []
    assert document is not None
    return document.data


def written(data: dict[str, Any]) -> str:
    return "".join(f"{line.text}\n" for line in yaml_lines(data))


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_as_the_same(data: dict[str, Any]) -> None:
    assert read(written(data)) == data


@given(
    st.dictionaries(
        st.sampled_from(["facts", "causes", "tables", "x"]), VALUES, min_size=1, max_size=4
    )
)
def test_sections_that_are_merged_read_as_the_same(data: dict[str, Any]) -> None:
    assert read(written(data)) == data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (3, "3"),
        (0.25, "0.25"),
        ("proposal", "proposal"),
        ("2 business days", "2 business days"),
        ("yes", '"yes"'),
        ("off", '"off"'),
        ("2026-03-04", '"2026-03-04"'),
        ("a: b", '"a: b"'),
        ("", '""'),
        ('say "no"\n', r'"say \"no\"\n"'),
        ("\u202e", r'"\u202e"'),
        ("a\u200bb", r'"a\u200bb"'),
        ("می\u200cخواهم", '"می\u200cخواهم"'),  # noqa: RUF001 - the characters are what is tested
    ],
)
def test_text_is_quoted_where_it_could_be_read_as_something_else(value: Any, text: str) -> None:
    assert scalar(value) == text


def test_small_conditions_stay_on_a_line_and_entries_do_not() -> None:
    data = {"signals": {"quiet": {"when": {"stage": ["demo", "proposal"], "any": [{"a": True}]}}}}
    assert written(data) == (
        "signals:\n  quiet:\n    when: {stage: [demo, proposal], any: [{a: true}]}\n"
    )


def test_what_is_too_wide_for_a_line_goes_over_several() -> None:
    data = {"signals": {"quiet": {"when": {"any": [{"name": "x" * 40}, {"name": "y" * 40}]}}}}
    lines = written(data).splitlines()
    assert max(map(len, lines)) <= WIDEST
    assert f"        - {{name: {'x' * 40}}}" in lines

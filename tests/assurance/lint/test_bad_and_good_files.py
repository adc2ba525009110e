"""The files in tests/bad and tests/good: what is bad gives the code it is named for, where it is
marked; what is good gives nothing. A new file there is a new test.

A file is called `CODE[-variant].yaml`, or `.test.yaml`. A folder of that name holds several files,
of which `playbook.yaml`, `playbook.test.yaml` or `traceability.yaml` is checked.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.lint.code_pages import codes
from tests.support.expected_problems import assert_gives, assert_gives_nothing, marked_lines

TESTS = Path(__file__).parents[2]
ENTRIES = ("playbook.yaml", "playbook.test.yaml", "traceability.yaml")


def entries(kind: str) -> list[Path]:
    """The files to check: each file, and of each folder its entry."""
    folder = TESTS / kind
    files = [path for path in folder.glob("*.yaml") if path.is_file()]
    inside = [path for name in ENTRIES for path in folder.glob(f"*/{name}")]
    return sorted(files + inside)


def name_of(entry: Path) -> str:
    return entry.parent.name if entry.name in ENTRIES else entry.name.partition(".")[0]


def code_of(entry: Path) -> str:
    """The longest code that the name begins with."""
    name = name_of(entry)
    found = [code for code in codes() if name == code or name.startswith(f"{code}-")]
    assert found, f"{name} begins with no code"
    return max(found, key=len)


@pytest.mark.parametrize("entry", entries("bad"), ids=name_of)
def test_what_is_bad_gives_its_code_where_it_is_marked(entry: Path) -> None:
    marked = marked_lines(entry.parent if entry.name in ENTRIES else entry)
    assert_gives(entry, code_of(entry), marked)


@pytest.mark.parametrize("entry", entries("good"), ids=name_of)
def test_what_is_good_gives_nothing(entry: Path) -> None:
    assert_gives_nothing(entry)


def test_every_fixture_is_a_test() -> None:
    assert len(entries("bad")) >= 100
    assert len(entries("good")) >= 10

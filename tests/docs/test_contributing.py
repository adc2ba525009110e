"""The page for contributors: following its recipe changes the files it names, and no others."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.console import CHECKOUT
from tests.support.source_tree import long_modules
from tests.test_layout import MAX_MODULE_LINES

PAGE = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CONDITIONS = "engine/language/conditions.py"
PARSER = "engine/language/parse/parse_conditions.py"
"""Maps words of the file to nodes: no type says that a node is missing there."""
OF_RANGES = {"engine/language/intervals.py"}
"""What only an operator that is true of one range of numbers must be known to."""


NODE = '''\
@dataclass(frozen=True, slots=True)
class Odd(ComparisonBase):
    """The value is odd in a sense that takes a line, and perhaps a second one, to say in words that
    somebody understands.

    YAML: ``amount: {{odd: 5}}``
    """

    {}


'''
"""A node as its neighbors are written."""


def files_in_the_recipe() -> set[str]:
    """The modules of the engine that `Add an operator` names."""
    recipe = PAGE.partition("## Add an operator")[2].partition("\n## ")[0]
    return set(re.findall(r"`(engine/[\w/]+\.py)`", recipe))


def test_an_operator_is_added_by_changing_six_modules() -> None:
    files = files_in_the_recipe()
    assert len(files - OF_RANGES) == 6
    assert {CONDITIONS, PARSER} | OF_RANGES <= files
    assert [name for name in files if not (CHECKOUT / name).is_file()] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "field", "of_others"),
    [
        ("TextComparison", "pattern: str", OF_RANGES),
        ("Comparison", "factor: float", OF_RANGES),
        ("RangeComparison", "bound: float", set()),
    ],
)
def test_the_recipe_names_what_must_learn_a_new_operator(
    family: str, field: str, of_others: set[str], tmp_path: Path
) -> None:
    copy_with_an_operator(tmp_path, family, field)
    expected = files_in_the_recipe() - {CONDITIONS, PARSER} - of_others
    assert files_with_errors(tmp_path) == expected


def copy_with_an_operator(folder: Path, family: str, field: str) -> None:
    """The engine in ``folder``, where conditions have a node that nothing knows yet."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "engine", folder / "engine", ignore=ignored)
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    if (CHECKOUT / ".mypy_cache").is_dir():  # most of the work is done there
        shutil.copytree(CHECKOUT / ".mypy_cache", folder / ".mypy_cache")
    path = folder / CONDITIONS
    text = path.read_text(encoding="utf-8")
    before_all = "@dataclass(frozen=True, slots=True)\nclass All:"
    assert before_all in text
    text = text.replace(before_all, NODE.format(field) + before_all)
    union = rf"^({family} = (?:\(\n    )?)"
    text, changed = re.subn(union, r"\1Odd | ", text, flags=re.MULTILINE)
    assert changed == 1
    path.write_text(text, encoding="utf-8")
    assert long_modules([path], MAX_MODULE_LINES) == []  # there is room for one more


def files_with_errors(folder: Path) -> set[str]:
    done = subprocess.run(
        (sys.executable, "-m", "mypy", "--cache-dir", ".mypy_cache", "engine"),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return set(re.findall(r"^(engine/\S+?):\d+: error: ", done.stdout, flags=re.MULTILINE))

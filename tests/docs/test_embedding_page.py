"""What the page on embedding shows is run, and must print what it shows."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path

import engine

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"


def test_what_the_page_shows_is_what_is_printed() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted >= 10
    assert results.failed == 0


def test_the_page_speaks_of_all_that_is_there() -> None:
    text = re.sub(
        r"^```.*?^```$", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", text))))
    assert set(engine.__all__) <= words
    given = inspect.signature(engine.LoadedPlaybook.evaluate).parameters.keys() - {"self"}
    told = {name for name in vars(engine.Advice) if not name.startswith("_")}
    assert given | told | set(engine.NextStep._fields) | set(engine.HeldBack._fields) <= words

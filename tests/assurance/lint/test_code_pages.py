"""Every code has a page, every page's code is raised, and its examples are what they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.assurance.lint.code_pages import codes, page
from engine.assurance.lint.run_checks import load_checked
from engine.book.book import open_book
from engine.book.book_problem import BookProblem
from tests.support.expected_problems import (
    assert_gives,
    assert_gives_nothing,
    marked_lines,
    severity_of,
)

ENGINE = Path(__file__).parents[3] / "engine"
PARTS = ["Why", "Wrong", "Right"]
BLOCK = re.compile(
    r"(?:^`(?P<name>[^`]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SAID_IN_WORDS = {
    "repeated-playbook",
    "column-type",
    "long-cell",
    "no-such-file",
    "not-utf8",
    "too-large",
    "too-many-files",
    "too-many-problems",
    "unreadable-file",
}
"""Codes whose wrong example is a command: what is wrong is no text that could stand on a page."""
SHOWN = [code for code in codes() if code not in SAID_IN_WORDS]
CODE = r"[a-z]+(-[a-z0-9]+)+"
ENCODINGS = {"utf-8", "utf-8-sig", "utf-16-be"}


def parts_of(code: str) -> dict[str, str]:
    return dict(
        zip(PARTS, re.split(r"^## \w+\n\n", page(code), flags=re.MULTILINE)[1:], strict=True)
    )


def example(code: str, part: str, folder: Path) -> tuple[Path, Path | None]:
    """Write the files of an example into a folder inside ``folder``: the one to be checked, which
    is the first, and the book where there is one.
    """
    folder = folder / "here"
    written = []
    for block in BLOCK.finditer(parts_of(code)[part]):
        written.append(folder / (block["name"] or "playbook.yaml"))
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        written[-1].write_text(block["text"], encoding="utf-8")
    books = [path for path in (folder / "book", folder / "book.yaml") if path.exists()]
    return written[0], books[0] if books else None


def row_problems(playbook: Path, book: Path) -> list[BookProblem]:
    """What reading all of ``book`` finds."""
    reading = load_checked(playbook)
    assert reading.playbook is not None, reading.problems
    opened = open_book(book, reading.playbook, now=1_772_636_400)  # 2026-03-04
    list(opened.prospects())
    return opened.problems


def raised_codes() -> set[str]:
    """Every code that stands in the engine as a literal."""
    return {code for path in ENGINE.rglob("*.py") for code in _codes_in(path)}


def _codes_in(path: Path) -> Iterator[str]:
    """Text that looks like a code where codes stand: in a call, by place or as ``code=``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            named = [word.value for word in node.keywords if word.arg == "code"]
            texts = [
                str(item.value) for item in [*node.args, *named] if isinstance(item, ast.Constant)
            ]
            yield from (text for text in texts if re.fullmatch(CODE, text))


@pytest.mark.parametrize("code", codes())
def test_a_page_says_why_what_is_wrong_and_what_is_right(code: str) -> None:
    assert page(code).startswith(f"# {code}\n\nSeverity: ")
    assert list(parts_of(code)) == PARTS
    sentences = re.findall(r"[.!?](?:\s|$)", re.sub(r"`[^`]*`", "", parts_of(code)["Why"]))
    assert 2 <= len(sentences) <= 5


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gives_the_code_where_it_is_marked(code: str, tmp_path: Path) -> None:
    entry, book = example(code, "Wrong", tmp_path)
    if book is None:
        assert_gives(entry, code, marked_lines(tmp_path))
        return
    found = row_problems(entry, book)
    assert {problem.code for problem in found} == {code}
    assert {problem.severity for problem in found} == {severity_of(code)}
    if book.suffix == ".yaml":
        assert {(book.name, problem.row) for problem in found} == marked_lines(tmp_path)


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_gives_nothing(code: str, tmp_path: Path) -> None:
    entry, book = example(code, "Right", tmp_path)
    assert_gives_nothing(entry)
    assert book is None or row_problems(entry, book) == []


def test_every_code_the_engine_raises_has_a_page() -> None:
    raised = raised_codes()
    assert raised - ENCODINGS - set(codes()) == set()
    assert raised >= {"missing-template", "asks-why-silent", "ragged-row"}


def test_there_are_pages_for_what_an_author_meets() -> None:
    assert len(codes()) >= 45


def test_a_code_that_is_none_has_no_page() -> None:
    with pytest.raises(KeyError):
        page("../pages")

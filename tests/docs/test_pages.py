"""The pages agree with what they speak of: schemas, rules, files, and each other."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from docs.console import CHECKOUT, Block, Comment, blocks_and_comments
from docs.make_reference import PAGES as GENERATED
from docs.make_reference import with_tables
from engine.assurance.check_file import check_file
from engine.assurance.testing.run_cases import run_file
from engine.language.problem import errors_in

VOCABULARY = Path(__file__).with_name("vocabulary.yaml")
WRITTEN = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docs/decisions/*.md")
    for path in CHECKOUT.glob(pattern)
)


@pytest.mark.parametrize("name", GENERATED)
def test_the_tables_are_those_that_would_be_made_now(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert text == with_tables(text), "`python docs/make_reference.py` makes them anew"


def fragments() -> list[Block]:
    """The YAML on the page of the language that no file is made of."""
    text = (CHECKOUT / "docs/language.md").read_text(encoding="utf-8")
    return [
        part
        for part in blocks_and_comments(text.splitlines())
        if isinstance(part, Block) and part.language == "yaml"
    ]


def as_file(fragment: str, folder: Path) -> Path:
    """``fragment`` as a file that can be checked: whole as it is, else with what it lacks."""
    if fragment.startswith("prospects:"):
        path = folder / "book.yaml"
    elif re.search(r"^cases:", fragment, re.MULTILINE):
        path = folder / "page.test.yaml"
    else:
        path = folder / "page.yaml"
        fragment = _whole(fragment)
        shutil.copy(VOCABULARY, folder)
    path.write_text(fragment, encoding="utf-8")
    return path


def _whole(fragment: str) -> str:
    if fragment.startswith("when:"):
        condition = fragment.replace("\n", "\n    ").rstrip(" ")
        fragment = f"actions:\n  example:\n    kind: internal\n    {condition}"
    base = "" if "extends:" in fragment else f"extends: [{VOCABULARY.name}]\n"
    return f"playbook: page\n{base}{fragment}"


@pytest.mark.parametrize("block", fragments(), ids=lambda block: f"line-{block.at}")
def test_what_the_page_of_the_language_shows_is_right(block: Block, tmp_path: Path) -> None:
    path = as_file(block.text, tmp_path)
    assert not errors_in(check_file(path, path.name))
    if path.name.endswith(".test.yaml"):
        assert run_file(path, path.name, "meaning").passed


def test_no_block_of_the_page_is_taken_for_a_file() -> None:
    text = (CHECKOUT / "docs/language.md").read_text(encoding="utf-8")
    parts = blocks_and_comments(text.splitlines())
    assert not [part for part in parts if isinstance(part, Comment)]


def anchors(page: Path) -> set[str]:
    """What links can point at within ``page``, by GitHub's rule for headings."""
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", _text(page), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links_within() -> list[tuple[str, str]]:
    """Every page and every link on it that does not lead out of the project."""
    return [
        (str(page.relative_to(CHECKOUT)), link)
        for page in WRITTEN
        for link in sorted(set(re.findall(r"\]\(([^)\s]+)\)", _text(page))))
        if not re.match(r"[a-z]+:", link)
    ]


@pytest.mark.parametrize(("name", "link"), links_within())
def test_every_link_within_the_project_leads_somewhere(name: str, link: str) -> None:
    page = CHECKOUT / name
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    assert path.exists()
    assert path.is_relative_to(CHECKOUT)
    assert not anchor or anchor in anchors(path)


def test_every_page_of_the_documentation_can_be_reached_from_the_first() -> None:
    first = CHECKOUT / "README.md"
    reached, pending = {first}, [first]
    while pending:
        page = pending.pop()
        for link in re.findall(r"\]\(([^)\s#]+\.md)", _text(page)):
            path = (page.parent / link).resolve()
            if path not in reached and path.is_file():
                reached.add(path)
                pending.append(path)
    assert {first, CHECKOUT / "docs" / "cli.md"} < {first, *CHECKOUT.glob("docs/*.md")} <= reached


def keys_in(node: Any) -> set[str]:
    """Every key that an object described by the schema ``node`` may have."""
    if isinstance(node, list):
        return {key for item in node for key in keys_in(item)}
    if not isinstance(node, dict):
        return set()
    own = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return own | {key for item in node.values() for key in keys_in(item)}


def test_every_key_of_a_recommendation_is_spoken_of() -> None:
    schema = json.loads(_text(CHECKOUT / "schemas/recommendation.schema.json"))
    words = set(re.findall(r"`(\w+)`", _text(CHECKOUT / "docs/cli.md")))
    assert {"next_steps", "facts"} < keys_in(schema) <= words

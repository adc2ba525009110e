"""What is wrong with a file, whatever kind of file it is: a playbook, a test file or a book."""

from __future__ import annotations

from pathlib import Path

from engine.assurance.checks import checked
from engine.assurance.playtest import problems_of
from engine.language.document import Document
from engine.language.problem import Problem, ordered
from engine.language.schema import Kind, problems_in
from engine.language.source import read_source

TEST_NAMES = (".test.yaml", ".test.yml")


def check_file(path: Path, name: str | None = None) -> list[Problem]:
    """Every problem of the file at ``path``, which they call ``name``."""
    shown = name or str(path)
    document, problems = read_source(path, shown)
    if document is None:
        return list(ordered(problems))
    match kind_of(document):
        case "test":
            return list(problems_of(path, shown))
        case "book":
            return list(ordered(problems + problems_in(document, "book")))
        case "playbook":
            return list(checked(path, shown).problems)


def kind_of(document: Document) -> Kind:
    """The kind of file ``document`` is, by its name or by keys that only one kind has."""
    keys = document.data if isinstance(document.data, dict) else ()
    if document.name.endswith(TEST_NAMES) or "cases" in keys:
        return "test"
    return "book" if "prospects" in keys and "playbook" not in keys else "playbook"

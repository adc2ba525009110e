"""What is wrong with a file, whatever kind of file it is: a playbook, a test file or a book."""

from __future__ import annotations

from pathlib import Path

from engine.assurance.checks import checked
from engine.assurance.playtest import problems_of
from engine.language.locate import kind_by
from engine.language.problem import Problem, ordered
from engine.language.schema import problems_in
from engine.language.source import read_source


def check_file(path: Path, name: str | None = None) -> list[Problem]:
    """Every problem of the file at ``path``, which they call ``name``."""
    shown = name or str(path)
    document, problems = read_source(path, shown)
    if document is None:
        return list(ordered(problems))
    match kind_by(shown, document.data if isinstance(document.data, dict) else ()):
        case "test":
            return list(problems_of(path, shown))
        case "book":
            return list(ordered(problems + problems_in(document, "book")))
        case "playbook":
            return list(checked(path, shown).problems)

"""Check a file of any kind."""

from __future__ import annotations

from pathlib import Path

from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.run_cases import problems_of
from engine.assurance.traceability import read_traceability
from engine.language.files.locate import kind_by
from engine.language.files.resolve import link_problem
from engine.language.problem import Problem, ordered
from engine.language.schema.validate import problems_in
from engine.language.yaml.reader import read_source


def check_file(path: Path, name: str | None = None) -> list[Problem]:
    """Return every problem of the file at ``path``, which problems call ``name``."""
    shown = name or str(path)
    link = link_problem(path, shown)
    document, problems = (None, [link]) if link else read_source(path, shown)
    if document is None:
        return list(ordered(problems))
    match kind_by(shown, document.data if isinstance(document.data, dict) else ()):
        case "test":
            return list(problems_of(path, shown))
        case "book":
            return list(ordered(problems + problems_in(document, "book")))
        case "traceability":
            return list(read_traceability(path, shown).problems)
        case "playbook":
            return list(load_checked(path, shown).problems)

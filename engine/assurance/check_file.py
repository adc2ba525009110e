"""Check files of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.run_cases import problems_of
from engine.assurance.traceability import read_traceability
from engine.language.files.locate import InputFile, kind_by, kind_of
from engine.language.problem import Problem, Span, ordered
from engine.language.quoting import quoted
from engine.language.schema.validate import problems_in
from engine.language.yaml.reader import read_source


@dataclass(frozen=True, slots=True)
class Checked:
    """The problems of files, and notes: what is told and is no problem."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def check_files(files: Iterable[InputFile]) -> Checked:
    """Check ``files``. Each problem is there once, though several may extend the file that has it.

    Two playbooks of one id are a problem: reports and scores name a playbook by its id.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    ids: dict[str, Span] = {}
    for file in files:
        found, told = _check(file.path, file.name)
        problems += found
        notes += told
        named = _id_of(file)
        if named is not None and ids.setdefault(named[0], named[1]) != named[1]:
            problems.append(_repeated(*named, ids[named[0]]))
    return Checked(ordered(problems), ordered(notes))


def _repeated(id: str, span: Span, first: Span) -> Problem:
    message = f"two playbooks are called {quoted(id)}"
    help = "give each a name of its own"
    return Problem(span, "repeated-playbook", message, help, severity="warning", also=first)


def _id_of(file: InputFile) -> tuple[str, Span] | None:
    """Return the id of a playbook and where it is written; None for any other file."""
    if kind_of(file.path) != "playbook":
        return None
    document, _ = read_source(file.path, file.name)
    id = document.data.get("playbook") if document and isinstance(document.data, dict) else None
    if document is None or not isinstance(id, str):
        return None
    return id, document.value_span(("playbook",))


def check_file(path: Path, name: str | None = None) -> list[Problem]:
    """Return every problem of the file at ``path``, which problems call ``name``."""
    return _check(path, name or str(path))[0]


def _check(path: Path, name: str) -> tuple[list[Problem], tuple[Problem, ...]]:
    """Return the problems of a file, and its notes."""
    document, problems = read_source(path, name)
    if document is None:
        return list(ordered(problems)), ()
    match kind_by(name, document.data if isinstance(document.data, dict) else ()):
        case "test":
            return list(problems_of(path, name)), ()
        case "book":
            return list(ordered(problems + problems_in(document, "book"))), ()
        case "traceability":
            return list(read_traceability(path, name).problems), ()
        case "playbook":
            loaded = load_checked(path, name)
            return list(loaded.problems), loaded.notes

"""Check files of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.run_cases import problems_of
from engine.assurance.traceability import read_traceability
from engine.language.files.locate import InputFile, kind_by, kind_of
from engine.language.problem import Problem, Span, ordered
from engine.language.quoting import quoted
from engine.language.schema.validate import problems_in
from engine.language.yaml.reader import read_source


def check_files(files: Iterable[InputFile]) -> tuple[Problem, ...]:
    """Return every problem of ``files``, each once, though several may extend the file that has it.

    Playbooks of one id are told apart by nobody: reports and scores name a playbook by its id.
    """
    found: list[Problem] = []
    ids: dict[str, Span] = {}
    for file in files:
        found += check_file(file.path, file.name)
        named = _id_of(file)
        if named is not None and ids.setdefault(named[0], named[1]) != named[1]:
            id, span = named
            message = f"two playbooks are called {quoted(id)}"
            help = "give each a name of its own"
            found.append(
                Problem(span, "repeated-playbook", message, help, severity="warning", also=ids[id])
            )
    return ordered(found)


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
    shown = name or str(path)
    document, problems = read_source(path, shown)
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

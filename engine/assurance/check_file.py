"""Check files of any kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from engine.assurance.ignored_problems import idle_comments, without_ignored
from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.run_cases import problems_of
from engine.assurance.traceability import read_traceability
from engine.language.files.locate import InputFile, kind_by
from engine.language.files.resolve import link_problem
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.quoting import quoted
from engine.language.schema.validate import problems_in
from engine.language.yaml.document import Document, IgnoreComment
from engine.language.yaml.reader import SUFFIXES, read_source


@dataclass(frozen=True, slots=True)
class Checked:
    """The problems of files, and notes: what is told and is no problem.

    ``ignored`` is how many problems comments ask to ignore; they are not among ``problems``.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    ignored: int


def check_files(
    files: Iterable[InputFile],
    beside: Callable[[str], AbstractContextManager[object]] = nullcontext,
    today: date | None = None,
) -> Checked:
    """Check ``files``. Each problem is there once, though several may extend the file that has it.

    Two playbooks of one id are a problem: reports and scores name a playbook by its id.

    Args:
        files: The files.
        beside: Makes a context from the name of a file, in which that file is checked. One that
            suppresses an exception leaves the file out.
        today: The day on which comments that ignore a problem may have run out; None is today.
    """
    today = datetime.now().astimezone().date() if today is None else today
    problems: list[Problem] = []
    notes: list[Problem] = []
    ids: dict[str, Span] = {}
    own: dict[str, Sequence[IgnoreComment]] = {}
    sound: set[str] = set()
    for file in files:
        with beside(file.name):
            found = _check(file.path, file.name)
            own[file.name] = found.ignores
            sound |= set() if errors_in(list(found.problems)) else {file.name}
            problems += found.problems
            notes += found.notes
            if found.id is not None and ids.setdefault(*found.id) != found.id[1]:
                problems.append(_repeated(*found.id, ids[found.id[0]]))
    idle = idle_comments(problems, own, sound, today)
    kept = without_ignored(problems, {**_ignores_beside(problems, own), **own}, today)
    return Checked(ordered(kept + idle), ordered(notes), len(set(problems)) - len(set(kept)))


def _ignores_beside(
    problems: Iterable[Problem], own: Collection[str]
) -> dict[str, Sequence[IgnoreComment]]:
    """Return the comments in the files that have problems and are not among ``own``."""
    names = {problem.span.file for problem in problems if problem.severity != "error"}
    found: dict[str, Sequence[IgnoreComment]] = {}
    for name in names:
        if name not in own and name.endswith(SUFFIXES):
            document, _ = read_source(Path(name), name)
            found[name] = () if document is None else document.ignores
    return found


def _repeated(id: str, span: Span, first: Span) -> Problem:
    message = f"two playbooks are called {quoted(id)}"
    help = "give each a name of its own"
    return Problem(span, "repeated-playbook", message, help, severity="warning", also=first)


def check_file(path: Path, name: str | None = None) -> list[Problem]:
    """Return every problem of the file at ``path``, which problems call ``name``."""
    return list(check_files([InputFile(path, name or str(path), explicit=True)]).problems)


@dataclass(frozen=True, slots=True)
class _Found:
    """The problems of one file, the comments in it, and the id of a playbook with its place."""

    problems: Sequence[Problem]
    ignores: Sequence[IgnoreComment] = ()
    notes: Sequence[Problem] = ()
    id: tuple[str, Span] | None = None


def _check(path: Path, name: str) -> _Found:
    link = link_problem(path, name)
    document, problems = (None, [link]) if link else read_source(path, name)
    if document is None:
        return _Found(ordered(problems))
    ignores = document.ignores
    match kind_by(name, document.data if isinstance(document.data, dict) else ()):
        case "test":
            return _Found(problems_of(path, name), ignores)
        case "book":
            return _Found(ordered(problems + problems_in(document, "book")), ignores)
        case "traceability":
            return _Found(read_traceability(path, name).problems, ignores)
        case "playbook":
            loaded = load_checked(path, name)
            return _Found(loaded.problems, ignores, loaded.notes, _id_in(document))


def _id_in(document: Document) -> tuple[str, Span] | None:
    """Return the id of a playbook and where it is written, if it has one."""
    id = document.data.get("playbook") if isinstance(document.data, dict) else None
    return (id, document.value_span(("playbook",))) if isinstance(id, str) else None

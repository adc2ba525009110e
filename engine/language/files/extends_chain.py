"""Find and read a playbook file and all files that it extends, in the order they are merged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.language.files.merge import MERGE_DEPTH, NOT_INHERITED
from engine.language.files.resolve import (
    find_playbook,
    link_problem,
    outside,
    playbooks_near,
    with_suffix,
)
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.validate import too_many_problems
from engine.language.suggest import closest, did_you_mean
from engine.language.yaml.document import Document
from engine.language.yaml.reader import is_file, read_source, resolve_links

MAX_FILES = 50
"""The most files of a playbook, so that a folder of files that extend one another is read in time
that grows with their number, and not with its square."""

_MAX_PROBLEMS = 100
"""After so many files that cannot be followed, no more are searched."""

_MAX_NAMED = 10
"""The most playbooks that a problem lists."""

_MAX_UNKNOWN = 100
"""The most unknown keys of a file that are compared with the names of sections."""


@dataclass(slots=True)
class _Opened:
    """A file on the stack of the depth-first search.

    ``here`` is its path without links; ``pending`` yields what it extends and was not visited yet.
    """

    path: Path
    here: Path
    name: str
    document: Document
    pending: Iterator[tuple[str, Span]]


class ExtendsChain:
    """A playbook file and all files it extends, directly or through others.

    ``documents`` are in order from the furthest to the nearest, without duplicates, each before
    every file that extends it. ``problems`` are those of reading and finding the files.
    ``incomplete``: what the playbook declares is not known, since one of the files, or a whole
    section of one, is missing or cannot be read.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.incomplete = False
        self._seen: set[Path] = set()
        self._way: dict[Path, _Opened] = {}
        self._refused = 0
        self._near: dict[Path, list[str]] = {}
        self._open(path, name)
        while self._way:
            file = next(reversed(self._way.values()))
            wanted = next(file.pending, None)
            if wanted is None:
                self.documents.append(file.document)
                del self._way[file.here]
            else:
                self._follow(*wanted, file)

    def _open(self, path: Path, name: str) -> None:
        here = resolve_links(path)
        self._seen.add(here)
        link = link_problem(path, name)
        document, problems = (None, [link]) if link else read_source(path, name)
        self.problems += problems
        if document is None:
            self.incomplete = True
        else:
            self.incomplete |= _lacks_section(document.data)
            pending = iter(extended_by(document))
            self._way[here] = _Opened(path, here, name, document, pending)

    def _follow(self, wanted: str, span: Span, file: _Opened) -> None:
        found = find_playbook(wanted, file.path, file.name)
        if found is None:
            self.incomplete = True
            self._refuse(self._missing(wanted, file.path, span), file)
            return
        target = resolve_links(found[0])
        # Only a file on the stack closes a loop; any other one is extended twice, which is fine.
        if target in self._way:
            self._refuse(_loop(target, list(self._way), span), file)
        elif target not in self._seen and len(self._seen) >= MAX_FILES:
            message = f"this playbook is made of more than {MAX_FILES} files"
            self._give_up(Problem(span, "too-many-files", message, "merge some of them into one"))
        elif target not in self._seen:
            self._open(*found)

    def _refuse(self, problem: Problem, file: _Opened) -> None:
        """Report a file that ``file`` cannot extend."""
        self.problems.append(problem)
        self._refused += 1
        if self._refused == _MAX_PROBLEMS:
            self._give_up(too_many_problems(file.document))

    def _give_up(self, problem: Problem) -> None:
        """Report why no more files are searched."""
        self.incomplete = True
        self.problems.append(problem)
        for file in self._way.values():
            file.pending = iter(())

    def _missing(self, wanted: str, path: Path, span: Span) -> Problem:
        if path not in self._near:
            self._near[path] = playbooks_near(path)
        return _missing(wanted, path, span, self._near[path])

    @property
    def extending(self) -> frozenset[str]:
        """The names of the files that extend others: their entries may be incomplete."""
        return frozenset(each.name for each in self.documents if extends_others(each))


def _lacks_section(data: Any) -> bool:
    """Return whether a section of a file is not a map, or is misspelled."""
    if not isinstance(data, dict):
        return True
    sections = [section for section, depth in MERGE_DEPTH.items() if depth > 1]
    if any(not isinstance(data.get(section, {}), dict) for section in sections):
        return True
    unknown = [key for key in data if key not in MERGE_DEPTH and key not in NOT_INHERITED]
    # With very many keys it is the wrong file, whose names need no comparing.
    return len(unknown) > _MAX_UNKNOWN or any(closest(key, sections) for key in unknown)


def extends_others(document: Document) -> bool:
    """Return whether the file has the key `extends`."""
    return isinstance(document.data, dict) and "extends" in document.data


def extended_by(document: Document) -> list[tuple[str, Span]]:
    """Return the names that a document has under `extends`, each with its span."""
    written = document.data.get("extends", []) if isinstance(document.data, dict) else []
    if isinstance(written, str):
        return [(written, document.value_span(("extends",)))]
    first: dict[str, int] = {}  # the schema reports those that are repeated
    for index, name in enumerate(written if isinstance(written, list) else []):
        if isinstance(name, str):
            first.setdefault(name, index)
    return [(name, document.value_span(("extends", index))) for name, index in first.items()]


def _missing(wanted: str, path: Path, span: Span, playbooks: list[str]) -> Problem:
    """Word the problem that ``path`` extends a file that is not there.

    Args:
        wanted: The name as written.
        path: The file that names it.
        span: Where it does.
        playbooks: The names of the playbooks that it could extend.
    """
    if Path(wanted).is_absolute():
        message = (
            f"`extends` takes a path relative to this file, not the absolute path {quoted(wanted)}"
        )
        return Problem(span, "missing-extends", message, "write the path relative to this file")
    asked = path.parent / with_suffix(wanted)
    if is_file(asked) and outside(asked, path):
        message = f"{quoted(wanted)} is outside the git repository of this file"
        return Problem(span, "missing-extends", message, "copy it into the repository")
    near = did_you_mean(with_suffix(wanted).name, playbooks)
    few = ", ".join(playbooks[:_MAX_NAMED]) + (", ..." if len(playbooks) > _MAX_NAMED else "")
    message = f"no playbook {quoted(wanted)} next to this file or shipped with Relight"
    return Problem(span, "missing-extends", message, near or f"available: {few}")


def _loop(target: Path, stack: list[Path], span: Span) -> Problem:
    loop = [f"`{path.name}`" for path in [*stack[stack.index(target) :], target]]
    if len(loop) == 2:
        message = f"{loop[0]} extends itself"
    else:
        message = f"files extend each other in a loop: {' → '.join(loop)}"
    return Problem(span, "extends-loop", message, "remove one of these `extends`")

"""Find and read all files that a playbook extends, directly or through others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.language.files.resolve import find_playbook, outside, playbooks_near, with_suffix
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document
from engine.language.yaml.reader import is_file, read_source, resolve_links

_MAX_NAMED = 10
"""The most playbooks that a problem lists."""


@dataclass(frozen=True, slots=True)
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
    """

    def __init__(self, path: Path, name: str) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self._seen: set[Path] = set()
        self._way: list[_Opened] = []
        self._open(path, name)
        # No recursion: a chain of files may be longer than Python's recursion limit.
        while self._way:
            file = self._way[-1]
            wanted = next(file.pending, None)
            if wanted is None:
                self.documents.append(self._way.pop().document)
            else:
                self._follow(*wanted, file)

    def _open(self, path: Path, name: str) -> None:
        here = resolve_links(path)
        self._seen.add(here)
        document, problems = read_source(path, name)
        self.problems += problems
        if document is not None:
            self._way.append(_Opened(path, here, name, document, iter(extended_by(document))))

    def _follow(self, wanted: str, span: Span, file: _Opened) -> None:
        found = find_playbook(wanted, file.path, file.name)
        if found is None:
            self.problems.append(_missing(wanted, file.path, span))
            return
        target = resolve_links(found[0])
        # Only a file on the stack closes a loop; any other one is extended twice, which is fine.
        stack = [(each.here, each.name) for each in self._way]
        if target in (here for here, _ in stack):
            self.problems.append(_loop(target, stack, span))
        elif target not in self._seen:
            self._open(*found)

    @property
    def extending(self) -> frozenset[str]:
        """The names of the files that extend others: their entries may be incomplete."""
        return frozenset(each.name for each in self.documents if extends_others(each))


def extends_others(document: Document) -> bool:
    """Return whether the file has the key `extends`."""
    return isinstance(document.data, dict) and "extends" in document.data


def extended_by(document: Document) -> list[tuple[str, Span]]:
    """Return the names that a document has under `extends`, each with its span."""
    written = document.data.get("extends", []) if isinstance(document.data, dict) else []
    if isinstance(written, str):
        return [(written, document.value_span(("extends",)))]
    names = written if isinstance(written, list) else []
    return [
        (name, document.value_span(("extends", index)))
        for index, name in enumerate(names)
        if isinstance(name, str)
    ]


def _missing(wanted: str, path: Path, span: Span) -> Problem:
    if Path(wanted).is_absolute():
        message = (
            f"`extends` takes a path relative to this file, not the absolute path {quoted(wanted)}"
        )
        return Problem(span, "missing-extends", message, "write the path relative to this file")
    asked = path.parent / with_suffix(wanted)
    if is_file(asked) and outside(asked, path):
        message = f"{quoted(wanted)} is outside the git repository of this file"
        return Problem(span, "missing-extends", message, "copy it into the repository")
    playbooks = playbooks_near(path)
    near = did_you_mean(with_suffix(wanted).name, playbooks)
    few = ", ".join(playbooks[:_MAX_NAMED]) + (", ..." if len(playbooks) > _MAX_NAMED else "")
    message = f"no playbook {quoted(wanted)} next to this file or shipped with Relight"
    return Problem(span, "missing-extends", message, near or f"available: {few}")


def _loop(target: Path, stack: list[tuple[Path, str]], span: Span) -> Problem:
    start = next(index for index, (path, _) in enumerate(stack) if path == target)
    loop = [f"`{path.name}`" for path, _ in stack[start:]] + [f"`{target.name}`"]
    if len(loop) == 2:
        message = f"{loop[0]} extends itself"
    else:
        message = f"files extend each other in a loop: {' → '.join(loop)}"
    return Problem(span, "extends-loop", message, "remove one of these `extends`")

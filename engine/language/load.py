"""A playbook file to the typed tree: read, check, merge, parse; every problem in one go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.language.document import Document
from engine.language.document import Path as Place
from engine.language.extend import Family, Merge
from engine.language.model import Playbook
from engine.language.parse import parse
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.schema import problems_in
from engine.language.shipped import shipped
from engine.language.source import read_source


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a playbook. ``playbook`` is None where one of ``problems`` is an error.

    ``document`` is the effective playbook as plain data with the place of every field, None where
    no file could be read; ``files`` are all files read, furthest first; ``removed`` the entries
    turned off, with the place that did it. ``parts`` is the tree of all that could be read, errors
    or not: for looking at, never for evaluating.
    """

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    document: Document | None
    files: tuple[str, ...]
    removed: dict[Place, Span]
    parts: Playbook | None = None


def load(path: Path, name: str | None = None) -> Reading:
    """Read the playbook at ``path`` with all it extends; problems call the file ``name``."""
    family = Family(path, name or str(path))
    problems = list(family.problems)
    if not family.documents or family.documents[-1].name != (name or str(path)):
        return Reading(None, ordered(problems), None, (), {})
    merge = Merge()
    for document in family.documents:
        merge.lay(document)
    nearest = family.documents[-1]
    merge.data.pop("extends", None)
    merge.add_missing(_standard(), "facts")
    effective = merge.document(nearest.name, nearest.spans[()])
    problems += merge.problems
    if len(family.documents) > 1:
        problems += problems_in(effective, "playbook")
    parts = None
    if isinstance(nearest.data, dict):
        parts, found = parse(effective, broken_entries(effective, problems))
        problems += found
    playbook = None if errors_in(problems) else parts
    files = tuple(document.name for document in family.documents)
    return Reading(playbook, ordered(problems), effective, files, merge.removed, parts)


def broken_entries(document: Document, problems: list[Problem]) -> frozenset[Place]:
    """The entries (section, id) or whole sections in which one of ``problems`` lies.

    What is declared there counts as declared, but is not read further: a second problem about the
    same text would only be noise.
    """
    places = [place for place in document.spans if 1 <= len(place) <= 2]
    found = set()
    for problem in problems:
        inside = [place for place in places if _holds(document, place, problem.span)]
        if inside and problem.severity == "error":
            found.add(max(inside, key=len))
    return frozenset(found)


def _holds(document: Document, place: Place, span: Span) -> bool:
    key, value = document.key_spans.get(place), document.spans[place]
    if key is None or key.file != span.file:
        return False
    start, end = (key.line, key.column), (value.end_line, value.end_column)
    return start <= (span.line, span.column) and (span.end_line, span.end_column) <= max(end, start)


def _standard() -> Document:
    """The facts the language itself speaks of; a playbook that does not declare them gets them."""
    path = shipped("rules", "standard.yaml")
    document, problems = read_source(path, str(path))
    if document is None or problems:
        raise RuntimeError(f"the shipped {path.name} cannot be read")
    return document

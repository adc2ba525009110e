"""A playbook file to the typed tree: read, check, merge, parse; every problem in one go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.language.files.merge import (
    MERGE_DEPTH,
    NOT_INHERITED,
    ExtendsChain,
    Merge,
    extends_others,
)
from engine.language.model import Playbook
from engine.language.parse.parse_playbook import parse
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.recover import without_invalid
from engine.language.schema.validate import TOO_MANY_PROBLEMS, problems_in
from engine.language.shipped import shipped
from engine.language.yaml.document import Document, KeyPath
from engine.language.yaml.reader import read_source

_STANDARD = "standard.yaml"


@dataclass(frozen=True, slots=True)
class LoadResult:
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
    removed: dict[KeyPath, Span]
    partial: Playbook | None = None


def load(path: Path, name: str | None = None) -> LoadResult:
    """Read the playbook at ``path`` with all it extends; problems call the file ``name``."""
    family = ExtendsChain(path, name or str(path))
    problems = list(family.problems)
    if not family.documents or family.documents[-1].name != (name or str(path)):
        return LoadResult(None, ordered(problems), None, (), {})
    merge = Merge()
    for document in family.documents:
        merge.apply(document)
    nearest = family.documents[-1]
    merge.data.pop("extends", None)
    merge.add_missing(_standard(), "facts")
    effective = merge.document(nearest.name, nearest.spans[()])
    problems += merge.problems + _misshapen(family, effective)
    parts = None
    given_up = any(problem.code == TOO_MANY_PROBLEMS for problem in problems)
    if isinstance(nearest.data, dict) and not given_up:
        parts, found = parse(*without_invalid(effective, problems))
        problems += found
    playbook = None if errors_in(problems) else parts
    files = tuple(document.name for document in family.documents)
    return LoadResult(playbook, ordered(problems), effective, files, merge.removed, parts)


def _misshapen(family: ExtendsChain, effective: Document) -> list[Problem]:
    """What has the wrong shape: in each file as it stands, and in what it adds to the files it
    extends once it is laid over them, since only then an entry must be complete.

    Nothing is looked at twice: of the effective playbook only the entries that a file with
    `extends` has a hand in, and of the nearest file, all of which is in them, its own keys. Where
    a file is missing, nobody can say what is complete.
    """
    *others, nearest = family.documents
    whole = isinstance(nearest.data, dict) and not family.problems
    if not extends_others(nearest) or not whole:
        return [each for file in family.documents for each in problems_in(file, "playbook")]
    own = {key: value for key, value in nearest.data.items() if key in NOT_INHERITED}
    shapes = [
        *others,
        replace(nearest, data=own),
        replace(effective, data=_added(family, effective)),
    ]
    return [each for shape in shapes for each in problems_in(shape, "playbook")]


def _added(family: ExtendsChain, effective: Document) -> dict[str, Any]:
    """The parts of the effective playbook that files with `extends` have a hand in."""
    added: dict[str, Any] = {}
    for section, value in effective.data.items():
        if MERGE_DEPTH.get(section, 0) > 1 and isinstance(value, dict):
            ours = [id for id in value if _file(effective, (section, id)) in family.extending]
            added[section] = {id: value[id] for id in ours}
        else:
            added[section] = value
    return {section: value for section, value in added.items() if value != {}}


def _file(document: Document, place: KeyPath) -> str:
    return document.key_span(place).file


def _standard() -> Document:
    """The facts the language itself speaks of; a playbook that does not declare them gets them."""
    path = shipped("rules", _STANDARD)
    document, problems = read_source(path, str(path))
    if document is None or problems:
        raise RuntimeError(f"the shipped {path.name} cannot be read")
    return document

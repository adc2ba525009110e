"""Load a playbook file as the typed tree: read, check, merge, parse; every problem in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.language.files.extends_chain import ExtendsChain, extends_others
from engine.language.files.merge import MERGE_DEPTH, NOT_INHERITED, QUIET, Merge
from engine.language.files.misplaced_sections import without_misplaced
from engine.language.files.misspelled_overrides import misspelled_overrides
from engine.language.files.requirements import UNMET, requirement_problems
from engine.language.model import Playbook
from engine.language.package_data import shipped
from engine.language.parse.parse_playbook import parse
from engine.language.parse.turned_off import TurnedOff, without_rules
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.schema.recover import without_invalid
from engine.language.schema.validate import TOO_MANY_PROBLEMS, problems_in
from engine.language.yaml.document import Document, KeyPath
from engine.language.yaml.reader import read_source

_STANDARD = "standard.yaml"
_VOCABULARIES = ("channels", "outcomes")
"""Sections of the standard playbook that every other one extends; its facts can only be
replaced."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The outcome of loading a playbook. ``playbook`` is None if one of ``problems`` is an error.

    ``document`` is the effective playbook as plain data with the place of every field, or None if
    no file could be read. ``files`` are the names of all files read, furthest first. ``removed``
    maps each entry that is `off` to where that is written, ``replaced`` each value that overrides
    another to the one before, ``silenced`` each rule that never fires because of one that is `off`
    to that one. ``notes`` tell what follows from an `off` and is no problem. ``partial`` is the
    tree of everything that could be read despite errors: for display, never for evaluation. It is
    None if a file is missing, as everything could then depend on that file.
    """

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    document: Document | None
    files: tuple[str, ...]
    removed: dict[KeyPath, Span]
    partial: Playbook | None = None
    replaced: Mapping[KeyPath, Any] = field(default_factory=dict)
    silenced: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()


def load(path: Path, name: str | None = None) -> LoadResult:
    """Load the playbook at ``path`` with all it extends.

    Args:
        path: The nearest file.
        name: What problems call that file; by default its path.
    """
    chain = ExtendsChain(path, name or str(path))
    problems = [*chain.problems, *requirement_problems(chain.documents)]
    nearest = chain.documents[-1] if chain.documents else None
    unmet = [problem for problem in problems if problem.code == UNMET]
    if unmet or nearest is None or nearest.name != (name or str(path)):
        return LoadResult(None, ordered(unmet or problems), None, (), {})
    standard = _standard()
    merge = _merged(chain, standard)
    effective = merge.document(nearest.name, nearest.spans[()])
    problems += _problems_of_files(chain, effective)
    # What a missing file declares is unknown: whatever names it would be a problem of its own.
    problems += [] if chain.incomplete else merge.problems
    turned_off = None
    # Beyond the limit, errors are not listed, so that `without_invalid` cannot remove their parts.
    if not chain.incomplete and all(problem.code != TOO_MANY_PROBLEMS for problem in problems):
        parts, found = parse(*without_invalid(effective, problems))
        problems += without_misplaced(found, chain.documents)
        turned_off = without_rules(parts, frozenset(merge.removed))
    unused = _off_of_nothing(merge, turned_off)
    problems += [] if chain.incomplete else unused
    # What is wrong in the standard playbook only follows from a fact that is declared differently.
    problems = [each for each in problems if each.span.file != standard.name] or problems
    partial = None if turned_off is None else turned_off.playbook
    return LoadResult(
        playbook=None if errors_in(problems) else partial,
        problems=ordered(problems),
        document=effective,
        files=tuple(document.name for document in chain.documents),
        removed=merge.removed,
        partial=partial,
        replaced=merge.replaced,
        silenced={} if turned_off is None else turned_off.silenced,
    )


def _merged(chain: ExtendsChain, standard: Document) -> Merge:
    """Merge the files of a playbook, and what the standard one adds."""
    merge = Merge()
    merge.apply(_only(standard, _VOCABULARIES))
    for document in chain.documents:
        merge.apply(document)
    merge.data.pop("extends", None)
    merge.add_missing(standard, "facts")
    merge.add_missing(standard, "guards")
    return merge


def _off_of_nothing(merge: Merge, turned_off: TurnedOff | None) -> list[Problem]:
    """Return the problems with what is `off` and nowhere defined, and forget what nobody uses.

    A signal, cause or action that some rule uses may be off though no file defines it: the merged
    playbook is such a file.
    """
    used = frozenset[KeyPath]() if turned_off is None else turned_off.used
    for place in merge.removed:
        if place not in used and place[0] in QUIET and len(place) == 2:
            merge.forget(place)
    unused = {place: one for place, one in merge.off_of_nothing.items() if place not in used}
    for place in unused:
        merge.removed.pop(place, None)
    return list(unused.values())


def _problems_of_files(chain: ExtendsChain, effective: Document) -> list[Problem]:
    """Return the misspelled overrides and the schema problems."""
    misspelled = [] if chain.incomplete else list(misspelled_overrides(chain.documents))
    # An entry that was meant to change another one is not incomplete.
    places = {problem.span for problem in misspelled}
    return misspelled + [
        problem
        for problem in _schema_problems(chain, effective)
        if problem.code != "missing-key" or problem.span not in places
    ]


def _schema_problems(chain: ExtendsChain, effective: Document) -> list[Problem]:
    """Return the schema problems of each file, and of the merged entries.

    An entry must be complete only after merging. To report no problem twice, the nearest file is
    checked only for the keys that are not inherited, and the effective playbook only for entries
    that a file with `extends` contributes to. If a file or a section is missing, completeness is
    unknown, so that each file is checked by itself.
    """
    *others, nearest = chain.documents
    whole = not chain.incomplete and not errors_in(chain.problems)
    if not extends_others(nearest) or not whole:
        return [each for file in chain.documents for each in problems_in(file, "playbook")]
    own = {key: value for key, value in nearest.data.items() if key in NOT_INHERITED}
    shapes = [
        *others,
        replace(nearest, data=own),
        replace(effective, data=_added(chain, effective)),
    ]
    return [each for shape in shapes for each in problems_in(shape, "playbook")]


def _added(chain: ExtendsChain, effective: Document) -> dict[str, Any]:
    """Return the parts of the effective playbook that files with `extends` contribute to."""
    added: dict[str, Any] = {}
    for section, value in effective.data.items():
        if MERGE_DEPTH.get(section, 0) > 1 and isinstance(value, dict):
            ours = [id for id in value if _file(effective, (section, id)) in chain.extending]
            added[section] = {id: value[id] for id in ours}
        else:
            added[section] = value
    return {section: value for section, value in added.items() if value != {}}


def _file(document: Document, place: KeyPath) -> str:
    return document.key_span(place).file


def _standard() -> Document:
    """Return the standard facts, which are added to every playbook that does not declare them."""
    path = shipped("rules", _STANDARD)
    document, problems = read_source(path, str(path))
    if document is None or problems:
        raise RuntimeError(f"the shipped {path.name} cannot be read")
    return document


def _only(document: Document, sections: tuple[str, ...]) -> Document:
    return replace(document, data={key: document.data[key] for key in sections})

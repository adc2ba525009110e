"""Find entries that were meant to change an inherited one, and whose id has a slip in it.

`dark: {after_demos: {silent_for: 3 days}}` over a playbook with `after_demo` would be a threshold
for everybody, since it has no condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.language.files.extends_chain import extends_others
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.suggest import one_edit_from
from engine.language.yaml.document import Document, KeyPath

_OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "facts": ("type", "measure", "when"),
    "dark": ("when",),
    "signals": ("when",),
    "causes": ("evidence", "when"),
    "actions": ("kind", "when"),
    "guards": ("blocks", "while", "unless"),
    "sources": ("title",),
    "evidence": ("when",),
}
"""Fields that make an entry one of its own; with none of them, it only changes another."""


def misspelled_overrides(documents: Sequence[Document]) -> Iterator[Problem]:
    """Report each entry whose id is one edit from an inherited one, and that is none of its own.

    Args:
        documents: The files, each before those that extend it.
    """
    known: dict[KeyPath, set[str]] = {}
    for document in documents:
        found = list(_entries(document.data))
        for kind, place, entry in found:
            inherited = known.get(place[:-1], set())
            own = any(field in entry for field in _OWN_FIELDS[kind])
            if extends_others(document) and not own and place[-1] not in inherited:
                meant = one_edit_from(str(place[-1]), inherited)
                if meant is not None:
                    yield _misspelled(document, place, meant)
        for _, place, _ in found:
            known.setdefault(place[:-1], set()).add(str(place[-1]))


def _entries(data: Any) -> Iterator[tuple[str, KeyPath, Mapping[str, Any]]]:
    """Yield each entry and piece of evidence: what it is, its path, and its fields."""
    for section in _OWN_FIELDS if isinstance(data, dict) else ():
        for id, entry in _maps(data.get(section)):
            yield section, (section, id), entry
            for evidence, fields in _maps(entry.get("evidence") if section == "causes" else None):
                yield "evidence", (section, id, "evidence", evidence), fields


def _maps(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for id, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, dict):
            yield id, value


def _misspelled(document: Document, place: KeyPath, meant: str) -> Problem:
    id = str(place[-1])
    return Problem(
        document.key_span(place),
        "misspelled-override",
        f"{quoted(id)} changes nothing that is inherited, and is not a separate entry",
        f"did you mean `{meant}`? for a separate entry, add its `when`, or choose another id",
    )

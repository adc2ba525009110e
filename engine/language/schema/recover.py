"""Remove invalid parts of a document so that the rest can still be parsed and all errors are
reported in one run.

An entry that cannot be read without the removed part counts as declared but is not read: a second
problem about the same text would only be noise.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from engine.language.problem import Problem, Span
from engine.language.schema.validate import problems_in
from engine.language.yaml.document import Document, KeyPath

SETTINGS = ("calendar", "cadence", "diagnosis")
"""Sections whose keys are fields and not ids of entries."""

_REQUIRED_FIELDS = {"facts": None, "tables": None, "actions": ("kind",), "guards": ("blocks",)}
"""Fields without which an entry of a section cannot be read; None: any field."""


def without_invalid(
    document: Document, problems: Iterable[Problem]
) -> tuple[Document, frozenset[KeyPath]]:
    """Return ``document`` without its invalid parts, and the paths of what must not be read.

    Those paths are entries (section, id) or whole sections (section,).
    """
    places = _places(document, problems)
    invalid = frozenset(filter(None, map(_invalid_entry, places)))
    # A copy, since documents are cached and shared.
    data = deepcopy(document.data) if places else document.data
    # Deepest first, so that the path of a place still exists when its turn comes.
    for place in sorted(places, key=len, reverse=True):
        if _invalid_entry(place) is None:
            _remove(data, place)
    rest = replace(document, data=data)
    if places:
        # Once a part is removed, what is around it may be invalid in its turn.
        left = [each for each in problems_in(rest, "playbook") if each.code != "missing-key"]
        invalid |= invalid_entries(document, left) | _without_required(data)
    return rest, invalid


def _without_required(data: Any) -> frozenset[KeyPath]:
    return frozenset(
        (section, id)
        for section, required in _REQUIRED_FIELDS.items()
        for id, entry in _entries(data.get(section))
        if isinstance(entry, dict) and any(field not in entry for field in required or ())
    )


def _entries(section: Any) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) else ()


def invalid_entries(document: Document, problems: Iterable[Problem]) -> frozenset[KeyPath]:
    """Return the paths of entries (section, id), or of whole sections, that have an error."""
    return frozenset(place[:2] for place in _places(document, problems))


def _places(document: Document, problems: Iterable[Problem]) -> set[KeyPath]:
    found = [place_of(document, each.span) for each in problems if each.severity == "error"]
    return {place for place in found if place is not None}


def place_of(document: Document, span: Span) -> KeyPath | None:
    """Return the longest path whose key or value contains ``span``; None if there is none."""
    around = [place for place in document.key_spans if _holds(document, place, span)]
    return max(around, key=len, default=None)


def _holds(document: Document, place: KeyPath, span: Span) -> bool:
    key, value = document.key_spans[place], document.spans[place]
    if key.file != span.file:
        return False
    start, end = (key.line, key.column), (value.end_line, value.end_column)
    return start <= (span.line, span.column) and (span.end_line, span.end_column) <= max(end, start)


def _invalid_entry(place: KeyPath) -> KeyPath | None:
    """Return the path of the entry or section that cannot be read without ``place``, if any."""
    section = str(place[0])
    if section in SETTINGS:
        return place if len(place) == 1 else None
    if len(place) <= 2:
        return place
    required = _REQUIRED_FIELDS.get(section, ())
    return place[:2] if required is None or place[2] in required else None


def _remove(data: Any, place: KeyPath) -> None:
    """Delete the value at ``place``, and a comparison or map of weights that this leaves empty."""
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    holder.pop(place[-1], None)
    if not holder and len(place) > 4 and isinstance(place[-2], str):
        _remove(data, place[:-1])

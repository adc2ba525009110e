"""What of a document can still be read beside its errors, so that one run tells all of them.

What has the wrong shape is taken out, and the rest is read as if it had never stood there. Where an
entry cannot be made sense of without it, the entry counts as declared but is not read: a second
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
"""Fields without which an entry of a section cannot be read; None: all of them."""


def without_invalid(
    document: Document, problems: Iterable[Problem]
) -> tuple[Document, frozenset[KeyPath]]:
    """``document`` without what its errors lie in, and the entries (section, id) or whole sections
    that are not to be read.
    """
    places = _places(document, problems)
    broken = frozenset(filter(None, map(_broken, places)))
    data = deepcopy(document.data) if places else document.data
    for place in sorted(places, key=len, reverse=True):
        if _broken(place) is None:
            _take_out(data, place)
    rest = replace(document, data=data)
    if places:
        # Once something is taken out, what is around it may have the wrong shape in its turn.
        left = [each for each in problems_in(rest, "playbook") if each.code != "missing-key"]
        broken |= invalid_entries(document, left) | _without_vital(data)
    return rest, broken


def _without_vital(data: Any) -> frozenset[KeyPath]:
    return frozenset(
        (section, id)
        for section, vital in _REQUIRED_FIELDS.items()
        for id, entry in _entries(data.get(section))
        if isinstance(entry, dict) and any(field not in entry for field in vital or ())
    )


def _entries(section: Any) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) else ()


def invalid_entries(document: Document, problems: Iterable[Problem]) -> frozenset[KeyPath]:
    """The entries (section, id), or whole sections, that an error lies in."""
    return frozenset(place[:2] for place in _places(document, problems))


def _places(document: Document, problems: Iterable[Problem]) -> set[KeyPath]:
    found = [_place(document, each.span) for each in problems if each.severity == "error"]
    return {place for place in found if place is not None}


def _place(document: Document, span: Span) -> KeyPath | None:
    """The deepest key of a map that ``span`` lies in, with its value."""
    around = [place for place in document.key_spans if _holds(document, place, span)]
    return max(around, key=len, default=None)


def _holds(document: Document, place: KeyPath, span: Span) -> bool:
    key, value = document.key_spans[place], document.spans[place]
    if key.file != span.file:
        return False
    start, end = (key.line, key.column), (value.end_line, value.end_column)
    return start <= (span.line, span.column) and (span.end_line, span.end_column) <= max(end, start)


def _broken(place: KeyPath) -> KeyPath | None:
    """The entry or section that cannot be read without what stands at ``place``, if any."""
    section = str(place[0])
    if section in SETTINGS:
        return place if len(place) == 1 else None
    if len(place) <= 2:
        return place
    vital = _REQUIRED_FIELDS.get(section, ())
    return place[:2] if vital is None or place[2] in vital else None


def _take_out(data: Any, place: KeyPath) -> None:
    """Delete what stands at ``place``, and with it a test or a list of weights it leaves empty."""
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    holder.pop(place[-1], None)
    if not holder and len(place) > 4 and isinstance(place[-2], str):
        _take_out(data, place[:-1])

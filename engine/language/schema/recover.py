"""Remove invalid parts of a document so that the rest can still be parsed and all errors are
reported in one run.

An entry that cannot be read without the removed part counts as declared but is not read: a second
problem about the same text would only be noise.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import replace
from operator import itemgetter
from typing import Any

from engine.language.problem import Problem, Span
from engine.language.schema.validate import problems_in
from engine.language.yaml.document import Document, KeyPath

SETTINGS = ("calendar", "cadence", "diagnosis")
"""Sections whose keys are fields and not ids of entries."""

_REQUIRED_FIELDS = {"facts": None, "tables": None, "actions": ("kind",), "guards": ("blocks",)}
"""Fields without which an entry of a section cannot be read; None: any field."""

_NEEDED = {
    "facts": (("type", "when", "measure"),),
    "actions": (("kind",),),
    "guards": (("blocks",),),
}
"""Of each group of fields, an entry of a section must have one to be read."""


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
        invalid |= invalid_entries(document, left)
    # Even without an error here: an entry that a file only overrides may be declared in a file that
    # could not be read.
    return rest, invalid | _incomplete(data)


def _incomplete(data: Any) -> frozenset[KeyPath]:
    return frozenset(
        (section, id)
        for section, groups in _NEEDED.items()
        for id, entry in _entries(data.get(section))
        if isinstance(entry, dict)
        and not all(any(field in entry for field in group) for group in groups)
    )


def _entries(section: Any) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) else ()


def invalid_entries(document: Document, problems: Iterable[Problem]) -> frozenset[KeyPath]:
    """Return the paths of entries (section, id), or of whole sections, that have an error."""
    return frozenset(place[:2] for place in _places(document, problems))


def _places(document: Document, problems: Iterable[Problem]) -> set[KeyPath]:
    found = places_of(document, [each.span for each in problems if each.severity == "error"])
    return {place for place in found if place is not None}


def places_of(document: Document, spans: Collection[Span]) -> list[KeyPath | None]:
    """Return, for each of ``spans``, the longest path whose key or value contains it, or None."""
    if not spans:
        return []
    keys = _keys_in_order(document)
    return [_place(document, keys.get(span.file, []), span) for span in spans]


_Keys = list[tuple[tuple[int, int], KeyPath]]
"""The paths of one file, each with the line and column of its key, in the order of the text."""


def _keys_in_order(document: Document) -> dict[str, _Keys]:
    found: dict[str, _Keys] = {}
    for place, key in document.key_spans.items():
        found.setdefault(key.file, []).append(((key.line, key.column), place))
    for keys in found.values():
        keys.sort(key=itemgetter(0))
    return found


def _place(document: Document, keys: _Keys, span: Span) -> KeyPath | None:
    # It is the last key that begins before the span, or one that this is below.
    at = bisect_right(keys, (span.line, span.column), key=itemgetter(0))
    place = keys[at - 1][1] if at else ()
    while place and not (place in document.key_spans and _holds(document, place, span)):
        place = place[:-1]
    return place or None


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

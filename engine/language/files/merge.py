"""Merge files into one effective document in which every field knows its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.language.problem import Problem, Span
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document, KeyPath

NOT_INHERITED = ("playbook", "title", "description", "requires", "extends")
"""Keys that describe one file and are not inherited."""

MERGE_DEPTH = dict.fromkeys(
    ("facts", "dark", "signals", "causes", "actions", "guards", "sources", "channels", "outcomes"),
    2,
) | {"tables": 3, "calendar": 1, "cadence": 1, "diagnosis": 1}
"""How many levels of maps are merged key by key, the section itself being the first; a value below
them replaces the inherited one as a whole."""

_MAX_SUGGESTIONS = 20
"""After so many problems none suggests a name: to compare many names with many takes minutes."""
QUIET = ("signals", "causes", "actions")
"""Sections whose entries may be `off` while others use them: they never fire then."""

_NESTED_MAPS = ("evidence", "for", "choices")
"""Fields of an entry that are maps of entries of their own and merge id by id."""

_REGIONS = ("calendar", "regions")
"""The map of regions, which merges by id, and each region by key."""


class Merge:
    """The effective document, built by applying files in order from the furthest to the nearest.

    ``data``, ``spans`` and ``key_spans`` are as in `Document`; ``removed`` maps what is `off` to
    the span of its key, ``replaced`` what was overridden with another value, or choices that got
    more, to the value before, ``off_of_nothing`` each rule of a section in `QUIET` that is `off`
    and was not defined to the problem with it, unless others use it. A rule of these that is `off`
    stays in ``data`` as that word.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.spans: dict[KeyPath, Span] = {}
        self.key_spans: dict[KeyPath, Span] = {}
        self.removed: dict[KeyPath, Span] = {}
        self.replaced: dict[KeyPath, Any] = {}
        self.off_of_nothing: dict[KeyPath, Problem] = {}
        self.problems: list[Problem] = []

    def apply(self, document: Document) -> None:
        """Merge ``document``, the nearest file so far, which overrides all files before it."""
        for own in NOT_INHERITED:
            self._drop((own,))
        if isinstance(document.data, dict):
            self._apply_map(document, (), self.data)

    def _apply_map(self, document: Document, at: KeyPath, target: dict[str, Any]) -> None:
        for key, value in _value_at(document.data, at).items():
            place = (*at, key)
            if value == "off" and _removable(place):
                self._remove(document, place, target)
            # A map merges only with a map: it replaces a value that is not one as a whole.
            elif (
                isinstance(value, dict)
                and isinstance(target.get(key), dict)
                and merged_by_key(place)
            ):
                if key == "choices":
                    self.replaced[place] = dict(target[key])
                self._name(document, place)
                self._apply_map(document, place, target[key])
            else:
                if key in target and target[key] != value:
                    self.replaced[place] = target[key]
                self._drop(place)
                self._put(document, place, target)
                if isinstance(value, dict) and merged_by_key(place):
                    self._apply_map(document, place, target[key])

    def _put(self, document: Document, place: KeyPath, target: dict[str, Any]) -> None:
        value = _value_at(document.data, place)
        nested = isinstance(value, dict) and merged_by_key(place)
        target[str(place[-1])] = {} if nested else value
        self.removed.pop(place, None)
        self.key_spans[place] = document.key_spans[place]
        if nested:
            self.spans[place] = document.spans[place]
        else:
            _copy_below(document, place, self.spans, self.key_spans)

    def _name(self, document: Document, place: KeyPath) -> None:
        """Set the spans of an entry to those in the nearest file that mentions it."""
        if len(place) > 1:
            self.key_spans[place] = document.key_spans[place]
            self.spans[place] = document.spans[place]

    def _remove(self, document: Document, place: KeyPath, target: dict[str, Any]) -> None:
        span, quiet = document.key_spans[place], place[0] in QUIET and len(place) == 2
        if place[-1] not in target:
            message = f"`{place[-1]}` is `off`, but no extended playbook defines it"
            names = list(target) if self._suggests() else []
            help = did_you_mean(str(place[-1]), names) or "remove this line"
            problem = Problem(span, "off-of-nothing", message, help)
            if not quiet:
                self.problems.append(problem)
                return
            self.off_of_nothing[place] = problem
        self._drop(place)
        if quiet:  # others may use it: what they read of it is decided once all files are merged
            self._put(document, place, target)
        self.removed[place] = span

    def _suggests(self) -> bool:
        return len(self.problems) + len(self.off_of_nothing) < _MAX_SUGGESTIONS

    def forget(self, place: KeyPath) -> None:
        """Remove what is left of a rule that is `off` and that no other uses."""
        self._drop(place)

    def _drop(self, place: KeyPath) -> None:
        target: Any = self.data
        for key in place[:-1]:
            target = target.get(key, {})
        if place[-1] in target:
            for known in _places_below(place, target.pop(place[-1])):
                self.spans.pop(known, None)
                self.key_spans.pop(known, None)

    def add_missing(self, document: Document, section: str) -> None:
        """Add the entries of ``section`` in ``document`` that no applied file declares."""
        target = self.data.setdefault(section, {})
        for id in document.data[section]:
            if isinstance(target, dict) and id not in target:
                target[id] = document.data[section][id]
                _copy_below(document, (section, id), self.spans, self.key_spans)

    def document(self, name: str, whole: Span) -> Document:
        """Return the effective document.

        Args:
            name: The name of the nearest file.
            whole: The span of its whole content.
        """
        self.spans[()] = whole
        return Document(name=name, data=self.data, spans=self.spans, key_spans=self.key_spans)


def merged_by_key(place: KeyPath) -> bool:
    """Return whether a map at ``place`` is merged key by key with the one it overrides."""
    depth = MERGE_DEPTH.get(str(place[0]), 0)
    # The map itself and its entries; the fields of an entry are values.
    nested = len(place) - depth in (1, 2) and depth > 1 and place[depth] in _NESTED_MAPS
    region = place[:2] == _REGIONS and len(place) <= 3
    return len(place) <= depth or nested or region


def _removable(place: KeyPath) -> bool:
    """Return whether `off` at ``place`` removes the inherited value, rather than being a text."""
    depth = MERGE_DEPTH.get(str(place[0]), 0)
    if len(place) < 2 or depth == 0:
        return False
    # By depth and not only by name: in `evidence` and `for` the fourth key is an id, and an id may
    # be spelled like a field, such as `note`.
    field = len(place) - depth in (1, 3)
    return not field or str(place[-1]) not in _TEXT_FIELDS


_TEXT_FIELDS = (
    "title",
    "because",
    "description",
    "ask",
    "unit",
    "note",
    "author",
    "published",
    "default",
)
"""Fields in which the word `off` is a text like any other."""


def _value_at(data: Any, place: KeyPath) -> Any:
    for key in place:
        data = data[key]
    return data


def _copy_below(
    document: Document, place: KeyPath, spans: dict[KeyPath, Span], keys: dict[KeyPath, Span]
) -> None:
    """Copy the spans at and below ``place`` into ``spans`` and ``keys``."""
    # Walks the value: to search all spans for a prefix would be quadratic in the size of a file.
    for at in _places_below(place, _value_at(document.data, place)):
        spans[at] = document.spans[at]
        if at in document.key_spans:
            keys[at] = document.key_spans[at]


def _places_below(place: KeyPath, value: Any) -> Iterator[KeyPath]:
    """Yield the path of every value at and below ``place``, whose value is ``value``."""
    pending = [(place, value)]
    while pending:
        at, value = pending.pop()
        yield at
        if isinstance(value, dict):
            pending += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [((*at, index), item) for index, item in enumerate(value)]

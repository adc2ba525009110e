"""Read the entries of a document's sections, for the parsers of all sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.language.conditions import Condition
from engine.language.durations import Duration, read_duration
from engine.language.model import Basis
from engine.language.parse.parse_conditions import ConditionReader
from engine.language.parse.symbols import SymbolTable, suggestion_candidates, unknown_name_help
from engine.language.problem import Problem, Span
from engine.language.schema.duration_hints import bad_duration
from engine.language.yaml.document import Document, KeyPath


class ParseContext:
    """One effective document being parsed: its data, its problems, and the names it declares.

    ``invalid`` are the entries, or whole sections, that have a schema problem: they are declared
    but not read. ``zone`` is the calendar's, in which dates without one are read.
    """

    def __init__(self, document: Document, invalid: frozenset[KeyPath], zone: str) -> None:
        self.document = document
        self.invalid = invalid
        self.zone = zone
        self.problems: list[Problem] = []
        self.conditions = ConditionReader(document, zone, self.problems)

    def declared(self, section: str) -> Mapping[str, Any]:
        """Return what ``section`` declares by id, including invalid entries."""
        found = self.document.data.get(section)
        return found if isinstance(found, dict) else {}

    def entries(self, section: str) -> Iterator[tuple[str, Entry]]:
        """Yield the entries of ``section`` that can be read, by id."""
        if (section,) in self.invalid:
            return
        for id, data in self.declared(section).items():
            if (section, id) not in self.invalid and isinstance(data, dict):
                yield id, Entry(self, (section, id), data)

    def report(self, place: KeyPath, code: str, message: str, help: str) -> None:
        """Add an error at the value written at ``place``."""
        self.problems.append(Problem(self.document.value_span(place), code, message, help))


class Entry:
    """One entry: a map of fields, each read by its kind. The schema has already checked it."""

    def __init__(self, context: ParseContext, place: KeyPath, data: dict[str, Any]) -> None:
        self.context = context
        self.place = place
        self.data = data

    def __contains__(self, key: str) -> bool:
        return key in self.data

    @property
    def id(self) -> str:
        """The entry's own id."""
        return str(self.place[-1])

    @property
    def span(self) -> Span:
        """Where the entry's id is written."""
        return self.context.document.key_span(self.place)

    def text(self, key: str) -> str | None:
        """Return an optional text field."""
        value = self.data.get(key)
        return None if value is None else str(value)

    def title(self) -> str:
        """Return the title, or else the id in words."""
        return self.text("title") or self.id.replace("_", " ")

    def basis(self) -> Basis | None:
        """Return whether a source says it or the authors decided it."""
        value = self.data.get("basis")
        return "source" if value == "source" else "ours" if value == "ours" else None

    def reference(self, key: str, section: str, kind: str) -> str | None:
        """Return the id of another section's entry that the field names; report an unknown one."""
        value = self.text(key)
        return None if value is None else self.known(value, (*self.place, key), section, kind)

    def references(self, key: str, section: str, kind: str) -> tuple[str, ...]:
        """Return all ids a field names, one or a list of them; report unknown ones."""
        found = []
        for place, value in self.listed(key):
            name = self.known(value, place, section, kind)
            found += [] if name is None else [name]
        return tuple(found)

    def listed(self, key: str) -> list[tuple[KeyPath, str]]:
        """Return the texts of a field that is one text or a list of them, each with its place."""
        value, place = self.data.get(key, []), (*self.place, key)
        if not isinstance(value, list):
            return [(place, str(value))]
        return [((*place, index), str(item)) for index, item in enumerate(value)]

    def known(self, name: str, place: KeyPath, section: str, kind: str) -> str | None:
        """Return ``name`` if ``section`` declares it, else report it."""
        ids = self.context.declared(section)
        if name in ids:
            return name
        document = self.context.document
        span = document.key_span(place) if place[-1] == name else document.value_span(place)
        known = suggestion_candidates(ids, self.context.problems)
        self.context.problems.append(unknown_name_help(kind, name, known, span))
        return None

    def condition(self, key: str, scope: SymbolTable) -> Condition | None:
        """Return the condition of a field, or None if the field is missing."""
        if key not in self.data:
            return None
        return self.context.conditions.read(self.data[key], (*self.place, key), scope)

    def duration(self, key: str) -> Duration | None:
        """Return the duration of a field, or None if the field is missing or is not a duration."""
        if key not in self.data:
            return None
        return self.read_duration(self.data[key], (*self.place, key))

    def read_duration(self, value: Any, place: KeyPath) -> Duration | None:
        """Return the duration ``value`` written at ``place``; report anything else."""
        found = read_duration(value) if isinstance(value, str) else None
        if found is None:
            span = self.context.document.value_span(place)
            self.context.problems.append(bad_duration(str(value), span))
        return found

    def report(self, key: str, code: str, message: str, help: str) -> None:
        """Add an error at the field ``key``."""
        self.context.report((*self.place, key), code, message, help)

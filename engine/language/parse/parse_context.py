"""Access to the sections and entries of a document, shared by the parsers of all sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.language.conditions import Condition
from engine.language.durations import Duration, read_duration
from engine.language.model import Basis
from engine.language.parse.parse_conditions import ConditionReader
from engine.language.parse.symbols import SymbolTable, suggestion_candidates, unknown_name_help
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.duration_hints import bad_duration
from engine.language.suggest import did_you_mean
from engine.language.value_rules import Word, fold_word, spellings
from engine.language.yaml.document import Document, KeyPath


class ParseContext:
    """One effective document being parsed: its data, its problems, and the names it declares.

    ``invalid`` are the paths of entries, or of whole sections, that have a schema problem: they are
    declared but not read. ``zone`` is the IANA zone in which dates are read. ``channels`` are the
    words of that section, once they are parsed.
    """

    def __init__(self, document: Document, invalid: frozenset[KeyPath], zone: str) -> None:
        self.document = document
        self.invalid = invalid
        self.zone = zone
        self.problems: list[Problem] = []
        self.channels: Mapping[str, Word] = {}
        self.conditions = ConditionReader(document, zone, self.problems)

    def declared(self, section: str) -> Mapping[str, Any]:
        """Return the entries of ``section`` by id as plain data, including invalid ones."""
        found = self.document.data.get(section)
        return found if isinstance(found, dict) else {}

    def entries(self, section: str) -> Iterator[tuple[str, Entry]]:
        """Yield the id and entry of every valid entry of ``section``."""
        if (section,) in self.invalid:
            return
        for id, data in self.declared(section).items():
            if (section, id) not in self.invalid and isinstance(data, dict):
                yield id, Entry(self, (section, id), data)

    def report(self, place: KeyPath, code: str, message: str, help: str) -> None:
        """Add an error at a value.

        Args:
            place: The path of the value.
            code: The code of the problem.
            message: The message of the problem.
            help: The help of the problem.
        """
        self.problems.append(Problem(self.document.value_span(place), code, message, help))


class Entry:
    """One entry: a map of fields, with a method to read each kind of field.

    ``data`` is the map at the path ``place``. It is valid according to the schema.
    """

    def __init__(self, context: ParseContext, place: KeyPath, data: dict[str, Any]) -> None:
        self.context = context
        self.place = place
        self.data = data

    def __contains__(self, key: str) -> bool:
        return key in self.data

    @property
    def id(self) -> str:
        """The id of the entry, which is the last key of its path."""
        return str(self.place[-1])

    @property
    def span(self) -> Span:
        """The span of the entry's id."""
        return self.context.document.key_span(self.place)

    def text(self, key: str) -> str | None:
        """Return the text of the field ``key``, or None if it is missing."""
        value = self.data.get(key)
        return None if value is None else str(value)

    def title(self) -> str:
        """Return the title, by default the id with spaces."""
        return self.text("title") or self.id.replace("_", " ")

    def basis(self) -> Basis | None:
        """Return the field `basis`: whether a source says so or the authors decided it."""
        value = self.data.get("basis")
        return "source" if value == "source" else "ours" if value == "ours" else None

    def reference(self, key: str, section: str, kind: str) -> str | None:
        """Return the id of another entry that a field names; report an unknown id.

        Args:
            key: The field.
            section: The section of the entry it names, such as `sources`.
            kind: The noun for such an entry in problems, such as `source`.
        """
        value = self.text(key)
        return None if value is None else self.known(value, (*self.place, key), section, kind)

    def references(self, key: str, section: str, kind: str) -> tuple[str, ...]:
        """Return the ids of other entries that a field names; report unknown ids.

        Args:
            key: The field, whose value is one id or a list.
            section: The section of the entries it names, such as `actions`.
            kind: The noun for such an entry in problems, such as `action`.
        """
        found = []
        for place, value in self.listed(key):
            name = self.known(value, place, section, kind)
            found += [] if name is None else [name]
        return tuple(found)

    def listed(self, key: str) -> list[tuple[KeyPath, str]]:
        """Return the texts of a field that is one text or a list of them, each with its path."""
        value, place = self.data.get(key, []), (*self.place, key)
        if not isinstance(value, list):
            return [(place, str(value))]
        return [((*place, index), str(item)) for index, item in enumerate(value)]

    def known(self, name: str, place: KeyPath, section: str, kind: str) -> str | None:
        """Return ``name`` if it is declared, else report it and return None.

        Args:
            name: An id.
            place: The path of the value or key that it is.
            section: The section that should declare it, such as `actions`.
            kind: The noun for such an entry in problems, such as `action`.
        """
        ids = self.context.declared(section)
        if name in ids:
            return name
        document = self.context.document
        # Under `for` the id is the key, elsewhere the value.
        span = document.key_span(place) if place[-1] == name else document.value_span(place)
        known = suggestion_candidates(ids, self.context.problems)
        self.context.problems.append(unknown_name_help(kind, name, known, span))
        return None

    def channel(self, name: str, place: KeyPath) -> str | None:
        """Return the id of the channel that ``name``, written at ``place``, is a spelling of.

        Report an unknown channel and return None.
        """
        channels = self.context.channels
        if name in channels:
            return name
        found = spellings(channels.values()).get(fold_word(name))
        if found is None:
            span, few = self.context.document.value_span(place), list(channels)
            known = suggestion_candidates(few, self.context.problems)
            help = did_you_mean(name, known) or (
                f"use one of {', '.join(few)}, or declare it under `channels`"
            )
            message = f"unknown channel {quoted(name)}"
            self.context.problems.append(Problem(span, "unknown-channel", message, help))
        return found

    def condition(self, key: str, scope: SymbolTable) -> Condition | None:
        """Parse the condition of the field ``key`` in ``scope``; None if the field is missing."""
        if key not in self.data:
            return None
        return self.context.conditions.read(self.data[key], (*self.place, key), scope)

    def duration(self, key: str) -> Duration | None:
        """Parse the duration of the field ``key``; None if it is missing or, reported, invalid."""
        if key not in self.data:
            return None
        return self.read_duration(self.data[key], (*self.place, key))

    def read_duration(self, value: Any, place: KeyPath) -> Duration | None:
        """Parse the duration ``value`` at the path ``place``; report anything else."""
        found = read_duration(value) if isinstance(value, str) else None
        if found is None:
            span = self.context.document.value_span(place)
            self.context.problems.append(bad_duration(str(value), span))
        return found

    def report(self, key: str, code: str, message: str, help: str) -> None:
        """Add an error at a field.

        Args:
            key: The field.
            code: The code of the problem.
            message: The message of the problem.
            help: The help of the problem.
        """
        self.context.report((*self.place, key), code, message, help)

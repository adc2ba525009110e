"""Plain data that remembers where each part of it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.language.problem import Span, file_start

KeyPath = tuple[str | int, ...]
"""The way from the top of a document to a value: keys of maps, places in lists from 0."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, as dicts with text keys, lists, str, int, float, bool and None.

    All text is in Unicode NFC. ``spans`` has the place of every value (the whole document has the
    path ``()``), ``key_spans`` that of every key, by the path of the value the key leads to.
    """

    name: str
    data: Any
    spans: dict[KeyPath, Span]
    key_spans: dict[KeyPath, Span]

    def value_span(self, path: KeyPath) -> Span:
        """Where the value at ``path`` stands, or the nearest value around it that has a place."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans.get(path) or file_start(self.name)

    def key_span(self, path: KeyPath) -> Span:
        """Where the key that leads to ``path`` stands; in a list, the value itself."""
        return self.key_spans.get(path) or self.value_span(path)

    def first_span(self) -> Span:
        """Where the document begins to say something: its first key, if it is a map with keys."""
        holds = self.data if isinstance(self.data, dict) else ()
        keys = [key for key in holds if (key,) in self.key_spans]
        return self.key_span((keys[0],)) if keys else self.value_span(())

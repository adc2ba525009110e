"""Plain data with the span of every key and value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.language.problem import Span, file_start

KeyPath = tuple[str | int, ...]
"""The path from the top of a document to a value: keys of maps, indexes of lists from 0."""


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """A comment that asks for problems to be ignored.

    Attributes:
        codes: The codes of those problems.
        line: The line that they are on, from 1.
        until: The last day on which they are ignored; None without an end.
        reason: Why; None if it does not say.
        span: Where the comment is.
    """

    codes: tuple[str, ...]
    line: int
    until: date | None
    reason: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a file, as dicts with text keys, lists, str, int, float, bool and None.

    All text is in Unicode NFC. ``spans`` maps the path of every value to its span (the path of the
    whole document is ``()``); ``key_spans`` maps the path of a value to the span of its key.
    ``ignores`` are the comments that ask for a problem to be ignored.
    """

    name: str
    data: Any
    spans: dict[KeyPath, Span]
    key_spans: dict[KeyPath, Span]
    ignores: tuple[IgnoreComment, ...] = ()

    def value_span(self, path: KeyPath) -> Span:
        """Return the span of the value at ``path``, else of the innermost value around it."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans.get(path) or file_start(self.name)

    def key_span(self, path: KeyPath) -> Span:
        """Return the span of the key that leads to ``path``; in a list, of the value itself."""
        return self.key_spans.get(path) or self.value_span(path)

    def first_span(self) -> Span:
        """Return the span of the first key, or of the document if it is not a map with keys."""
        holds = self.data if isinstance(self.data, dict) else ()
        keys = [key for key in holds if (key,) in self.key_spans]
        return self.key_span((keys[0],)) if keys else self.value_span(())

"""Explain text that a comma has cut in two: between `{` and `}` it begins the next key.

`{because: Value, in dollars}` has the keys `because` and `in dollars`, the second without a value.
"""

from __future__ import annotations

import re
from typing import Any

from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import Document, KeyPath

_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_ID = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def cut_by_comma(document: Document, path: KeyPath) -> Problem | None:
    """Return the problem with a key that is the end of the value before it; None if it is not.

    Args:
        document: The document.
        path: The path of a key that is not known, or has no value.
    """
    before = _value_before(document, path)
    if before is None:
        return None
    name, value = before
    start = document.spans[(*path[:-1], name)]
    end = document.key_span(path)
    span = Span(start.file, start.line, start.column, end.end_line, end.end_column)
    rest = str(path[-1])
    if isinstance(value, int | float) or re.fullmatch(r"[$€£]?-?\d+", value):
        if not re.fullmatch(r"\d+(\.\d+)?", rest):
            return None
        digits = re.sub(r"[$€£]", "", str(value))
        thousand = re.fullmatch(r"\d{3}(\.\d+)?", rest) and digits.lstrip("-0")
        meant = f"{digits}{rest}" if thousand else f"{digits}.{rest}"
        message = f"a comma ends the number {quoted(value)} here"
        return Problem(span, "bad-number", message, f"write `{meant}`, without a comma")
    if "when" in path[:-1] and _ID.fullmatch(value) and _ID.fullmatch(rest):
        message = f"a comma ends the value {quoted(value)} here"
        return Problem(span, "bad-format", message, f"write `{name}: [{value}, {rest}]`")
    text = f"{value}, {rest}".strip(_QUOTES).replace('"', "'")
    message = f"a comma ends the text {quoted(value)} here"
    return Problem(span, "bad-format", message, f'put the text in quotes: `{name}: "{text}"`')


def _value_before(document: Document, path: KeyPath) -> tuple[str, Any] | None:
    """Return the key and the text or number that stand right before the key at ``path``.

    None if the key has a value, or if not just a comma is between the two.
    """
    if path not in document.key_spans:
        return None
    holder = document.data
    for step in path[:-1]:
        holder = holder[step]
    keys = list(holder) if isinstance(holder, dict) else []
    at = keys.index(path[-1]) if path[-1] in keys else 0
    if at == 0 or holder[path[-1]] is not None:
        return None
    name, key = str(keys[at - 1]), document.key_spans[path]
    value, end = holder[name], document.spans.get((*path[:-1], name))
    if end is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    beside = (end.file, end.end_line) == (
        key.file,
        key.line,
    ) and 1 <= key.column - end.end_column <= 2
    return (name, value) if beside else None

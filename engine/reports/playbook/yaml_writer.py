"""Write plain data as YAML that people read: an entry per line, small maps in braces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.language.files.merge import merged_by_key
from engine.language.invisible import INVISIBLE
from engine.language.yaml.document import KeyPath

WIDEST = 100
"""Columns of a line; a map or list that would be wider takes several lines."""

_PLAIN = re.compile(r"[^\W\d_][\w /()%+&'’“”.;?!–-]*(?:, [\w /()%+&'’“”.;?!–-]+)*")  # noqa: RUF001 - typographic quotes are meant
_DURATION = re.compile(r"\d+(?:\.\d+)? (?:minute|hour|day|week|business hour|business day)s?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPED = re.compile(rf"[\x00-\x1f{INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of YAML, and the key path of what is in it."""

    text: str
    place: KeyPath


def yaml_lines(data: Any, place: KeyPath = ()) -> Iterator[Line]:
    """Yield the lines of the map ``data``, which is at ``place`` of a playbook."""
    return _map(data, place, 0)


def _map(data: dict[str, Any], place: KeyPath, indent: int) -> Iterator[Line]:
    for key, value in data.items():
        yield from _entry(f"{' ' * indent}{scalar(key)}:", value, (*place, key), indent + 2)


def _list(data: list[Any], place: KeyPath, indent: int) -> Iterator[Line]:
    for index, value in enumerate(data):
        yield from _entry(f"{' ' * indent}-", value, (*place, index), indent + 2)


def _entry(start: str, value: Any, place: KeyPath, indent: int) -> Iterator[Line]:
    """Yield ``value`` after ``start``: on the same line, or on lines of its own below it."""
    if not isinstance(value, dict | list):
        yield Line(f"{start} {scalar(value)}", place)
        return
    short = f"{start} {flow(value)}"
    spread = isinstance(value, dict) and merged_by_key(place)
    if not value or (len(short) <= WIDEST and not spread):
        yield Line(short, place)
        return
    yield Line(start, place)
    yield from (
        _map(value, place, indent) if isinstance(value, dict) else _list(value, place, indent)
    )


def flow(value: Any) -> str:
    """Write ``value`` on one line, in braces and brackets."""
    if isinstance(value, dict):
        items = (f"{scalar(key, inside=True)}: {flow(item)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, inside=True)


def scalar(value: Any, inside: bool = False) -> str:
    """Write a single value, quoted if need be; ``inside`` braces, also if it has a comma."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip()
    if (plain and not (inside and "," in text)) or _DURATION.fullmatch(text):
        return text
    return '"' + _ESCAPED.sub(_escape, text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escape(found: re.Match[str]) -> str:
    point = ord(found[0])
    if found[0] == "\n":
        return "\\n"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"

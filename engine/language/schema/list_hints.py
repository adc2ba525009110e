"""Say how to write a list that somebody wrote as one text."""

from __future__ import annotations

import re
from typing import Any

from engine.language.describe import to_inline_yaml

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBER = r"-?\d+(?:\.\d+)?"
_SPAN = re.compile(rf"({_NUMBER})\s*(?:and|to|-|\u2013|\.\.|,)\s*({_NUMBER})", re.ASCII)
_DAYS = re.compile(r"([a-z]{3})[a-z]*\s*(?:-|\u2013|to|\.\.)\s*([a-z]{3})[a-z]*", re.ASCII)


def as_list(value: Any, title: str) -> str:
    """Return the list that ``value`` is meant to be, as YAML on one line.

    Args:
        value: The text or number as written.
        title: What the list is called, such as `list of weekdays`.
    """
    text = str(value).strip()
    days = _DAYS.fullmatch(text.lower()) if "weekdays" in title else None
    if days and days[1] in _WEEKDAYS and days[2] in _WEEKDAYS:
        return f"[{', '.join(_days_from(days[1], days[2]))}]"
    span = _SPAN.fullmatch(text)
    if span and title == "list of two":
        return f"[{span[1]}, {span[2]}]"
    parts = [part for part in re.split(r"\s*[,;/|]\s*|\s+(?:and|or)\s+", text) if part]
    if isinstance(value, str) and len(parts) > 1 and "weekdays" in title:
        parts = [part[:3].lower() for part in parts]
    return f"[{', '.join(map(to_inline_yaml, parts if len(parts) > 1 else [value]))}]"


def _days_from(first: str, last: str) -> tuple[str, ...]:
    start, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last)
    return (_WEEKDAYS + _WEEKDAYS)[start : end + 1 if end >= start else end + 8]

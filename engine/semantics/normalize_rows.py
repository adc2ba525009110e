"""Normalize the rows of a prospect at one instant: what a touch is, before anything is measured.

A row is as a table has it: a date alone, an outcome in words, the same message logged for each
recipient. Every evaluator measures the normalized rows, in Python by this module, in SQL by
`engine.backends.sql.rules.normalize_touches`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine.book.prospect import Row
from engine.language.conditions import Value
from engine.language.instants import day_bounds
from engine.language.model import Fact, Playbook, Table
from engine.language.value_rules import LocalDate, Meaning

MESSAGE = "message number"
"""The key of a row that is one of several of the same message: the number of that message. No
column has a name with a space."""

CLOSING = ("closed_at", "outcome")
"""Standard facts that are unknown before the deal is closed."""

RECORDED = "recorded_at"
"""The column of touches with the instant at which the row came to be known."""

_ALIKE = ("at", "direction", "channel", "subject")


class RowNormalizer:
    """Normalize rows and dates by the words of one playbook."""

    def __init__(self, playbook: Playbook) -> None:
        self._meanings = {word.id: word.means for word in playbook.outcomes.values() if word.means}
        self._facts = playbook.facts

    def facts(self, facts: Mapping[str, Value], now: int, zone: str) -> dict[str, Value]:
        """Return ``facts`` as they are known at ``now``, each date alone as an instant.

        Args:
            facts: The given facts of a prospect.
            now: The instant of evaluation, in seconds since 1970 UTC.
            zone: The prospect's IANA zone, for dates alone.
        """
        found = dict(facts)
        for id, value in facts.items():
            if type(value) is LocalDate:
                found[id] = date_instant(value, self._facts.get(id), zone)
        # A deal that closes later is open now, and nobody knows its outcome.
        if int(found.get("closed_at", now)) > now:
            for id in CLOSING:
                found.pop(id, None)
        return found

    def tables(
        self, rows: Mapping[Table, Sequence[Row]], now: int, zone: str
    ) -> Mapping[Table, Sequence[Row]]:
        """Return the rows of each table, normalized at ``now``.

        Args:
            rows: The rows of one prospect, later ones included.
            now: The instant of evaluation, in seconds since 1970 UTC.
            zone: The prospect's IANA zone, for dates alone.
        """
        found = {table: self._dated(each, zone) for table, each in rows.items()}
        if "touches" in found:
            found["touches"] = self._touches(rows["touches"], now, zone)
        return found

    def _touches(self, rows: Sequence[Row], now: int, zone: str) -> Sequence[Row]:
        marked = _copies_marked(known_touches(rows, now, zone))
        odd = [
            at
            for at, row in enumerate(marked)
            if row.get("outcome") in self._meanings or LocalDate in map(type, row.values())
        ]
        if not odd:
            return marked
        found = list(marked)
        for at in odd:
            found[at] = self._touch(marked[at], now, zone)
        return found

    def _touch(self, row: Row, now: int, zone: str) -> Row:
        found = dict(row)
        means = self._meanings.get(str(row.get("outcome")))
        begins = day_bounds(at.day, zone)[0] if type(at := row["at"]) is LocalDate else int(at)
        # What lies ahead has no outcome yet, whatever a table says.
        if means is not None and begins <= now:
            found |= _meant(means)
        if type(at) is LocalDate:
            found["at"] = _touch_instant(at, found.get("direction"), now, zone)
        return {name: _start(value, zone) for name, value in found.items()}

    def _dated(self, rows: Sequence[Row], zone: str) -> Sequence[Row]:
        if not any(LocalDate in map(type, row.values()) for row in rows):
            return rows
        return [{name: _start(value, zone) for name, value in row.items()} for row in rows]


def known_touches(rows: Sequence[Row], now: int, zone: str) -> Sequence[Row]:
    """Return the touches that were recorded by ``now``, or of which nobody knows when they were.

    Args:
        rows: The touches of a prospect.
        now: The instant of evaluation, in seconds since 1970 UTC.
        zone: The prospect's IANA zone, for dates alone.
    """
    if not any(RECORDED in row for row in rows):
        return rows
    return [row for row in rows if int(_start(row.get(RECORDED, now), zone)) <= now]


def _meant(means: Meaning) -> dict[str, Value]:
    match means:
        case "both_spoke":
            return {"direction": "both"}
        case "automatic":
            return {"automatic": True}
        case "not_delivered":
            return {"delivered": False}
        case "refused":
            return {"refused": True}


def _touch_instant(date: LocalDate, direction: Value | None, now: int, zone: str) -> int:
    """Return the instant of a touch of which only the date is known.

    Their message counts from the beginning of the day and ours from its end, so that our note of
    the same date comes after their question; or from now, if the day is not over.
    """
    first, last = day_bounds(date.day, zone)
    if direction not in ("outbound", "both"):
        return first
    return now if first <= now < last else last


def date_instant(date: LocalDate, fact: Fact | None, zone: str) -> int:
    """Return the instant that a date alone means for a fact.

    Args:
        date: The date.
        fact: Says whether it is the start or the end of the day.
        zone: The prospect's IANA zone.
    """
    first, last = day_bounds(date.day, zone)
    return last if fact is not None and fact.date_means == "end" else first


def _start(value: Value, zone: str) -> Value:
    return day_bounds(value.day, zone)[0] if type(value) is LocalDate else value


def _copies_marked(rows: Sequence[Row]) -> Sequence[Row]:
    """Return ``rows``; those of a message with several rows get its number under `MESSAGE`."""
    # Rows of one message are nearly always of one second, so that this tells most prospects apart.
    identified = any("message_id" in row for row in rows)
    if not identified and len({row["at"] for row in rows}) == len(rows):
        return rows
    numbers = _message_numbers(rows)
    several = {number for number, count in Counter(numbers).items() if count > 1}
    if not several:
        return rows
    return [
        {**row, MESSAGE: float(number)} if number in several else row
        for row, number in zip(rows, numbers, strict=True)
    ]


def _message_numbers(rows: Sequence[Row]) -> list[int]:
    """Return a number for each row, equal for rows of one message.

    Rows with one `message_id` are one message, and so are rows alike in instant, direction, channel
    and subject; those of a date alone only if they have a subject.
    """
    ids = [str(row["message_id"]) if "message_id" in row else None for row in rows]
    keys = [_alike(row, at) for at, row in enumerate(rows)]
    # Alike rows take the least id among them; then rows with one id take the least of those.
    least = _least((key, id) for key, id in zip(keys, ids, strict=True) if id is not None)
    labels = [least.get(key, "") for key in keys]
    own = [id or label for id, label in zip(ids, labels, strict=True)]
    merged = _least((id, label) for id, label in zip(own, labels, strict=True) if id)
    found: dict[object, int] = {}
    return [
        found.setdefault(("id", merged[id]) if id else ("key", key), len(found))
        for id, key in zip(own, keys, strict=True)
    ]


def _alike(row: Row, number: int) -> object:
    if type(row["at"]) is LocalDate and "subject" not in row:
        return number
    # By its type too: a date alone is not alike to an instant at its beginning.
    return (type(row["at"]), *[row.get(name) for name in _ALIKE])


def _least(pairs: Iterable[tuple[object, str]]) -> dict[object, str]:
    found: dict[object, str] = {}
    for key, value in pairs:
        found[key] = min(value, found.get(key, value))
    return found

"""What a touch is, read straight from the text, for `as_written`: words, talks, machines' mail,
what was not delivered, refusals, copies and dates alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.book.prospect import Row
from engine.language.value_rules import LocalDate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DIRECTIONS: Mapping[str, Any] = {
    "inbound": {"also": ["in", "incoming", "received"]},
    "outbound": {"also": ["out", "outgoing", "sent"]},
    "both": {"also": ["two-way", "talk"]},
}
CHANNELS: Mapping[str, Any] = {
    "email": {"also": ["mail", "email message"]},
    "phone": {"also": ["call", "phone call", "telephone"]},
    "meeting": {"also": ["video call", "in person", "demo"]},
}
OUTCOMES: Mapping[str, Any] = {
    "bounced": {"also": ["hard bounce", "undeliverable"], "means": "not_delivered"},
    "out_of_office": {"also": ["OOO", "auto-reply"], "means": "automatic"},
    "connected": {"also": ["held", "answered"], "means": "both_spoke"},
    "no_answer": {"also": ["no show", "busy"]},
    "left_voicemail": {"also": ["left message"]},
    "wrong_number": {"also": ["bad number"], "means": "not_delivered"},
    "unsubscribed": {"also": ["opted out", "do not call"], "means": "refused"},
}
"""Of the words that every playbook has, those that generated playbooks and rows use."""


def outcomes_of(playbook: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the outcomes of ``playbook``, those of every playbook included."""
    own = playbook.get("outcomes", {})
    return {id: {**OUTCOMES.get(id, {}), **own.get(id, {})} for id in {**OUTCOMES, **own}}


def word_of(written: str, words: Any) -> str:
    """Return the id of the word that ``written`` is a spelling of; ``words`` lists or maps them."""
    known = words if isinstance(words, Mapping) else dict.fromkeys(words)
    for id in known:
        if _bare(id) == _bare(written):
            return _composed(id)
    for id, word in known.items():
        also = (word or {}).get("also", [])
        if _bare(written) in map(_bare, [also] if isinstance(also, str) else also):
            return _composed(id)
    return _composed(written)


def _bare(word: str) -> str:
    kept = [letter for letter in _composed(word) if letter not in " -_\u00a0"]
    return "".join(kept).lower()


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def day_ends(date: LocalDate, zone: str) -> tuple[int, int]:
    """Return the first and the last second of ``date`` in ``zone``."""
    first, following = (_midnight(date.day + more, zone) for more in (0, 1))
    return first, following - 1


def _midnight(day: int, zone: str) -> int:
    local = datetime(1970, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day)
    return (local - EPOCH) // timedelta(seconds=1)


def normalized_rows(
    playbook: Mapping[str, Any], rows: Mapping[Any, Sequence[Row]], now: int, zone: str
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table as they are measured at ``now``.

    Args:
        playbook: The playbook as plain data.
        rows: The rows of one prospect.
        now: The instant, in seconds since 1970 UTC.
        zone: The zone of the prospect.
    """
    found = {}
    for table, every in rows.items():
        each = [row for row in every if _start(row.get("recorded_at", now), zone) <= now]
        plain = [{name: _start(cell, zone) for name, cell in row.items()} for row in each]
        if table == "touches":
            means = {id: word.get("means") for id, word in outcomes_of(playbook).items()}
            marks = list(_messages(each))
            for row, written, message in zip(plain, each, marks, strict=True):
                # Not yet, if it lies ahead: of a date alone, from the beginning of the day on.
                _say(row, means.get(str(row.get("outcome"))) if row["at"] <= now else None)
                if isinstance(at := written["at"], LocalDate):
                    row["at"] = _instant(at, row.get("direction"), now, zone)
                row |= {" message": message}
        found[str(table)] = plain
    return found


def _start(cell: Any, zone: str) -> Any:
    return day_ends(cell, zone)[0] if isinstance(cell, LocalDate) else cell


def _say(row: dict[str, Any], means: str | None) -> None:
    row.setdefault("automatic", False)
    row |= {"delivered": means != "not_delivered", "refused": means == "refused"}
    if means == "both_spoke":
        row["direction"] = "both"
    if means == "automatic":
        row["automatic"] = True


def _instant(date: LocalDate, direction: object, now: int, zone: str) -> int:
    first, last = day_ends(date, zone)
    if direction in {"outbound", "both"}:
        return now if first <= now < last else last
    return first


def _messages(rows: Sequence[Row]) -> Iterator[object]:
    """Yield what tells the message of each row from others."""
    labels = [_label(row, rows) for row in rows]
    for at, (row, label) in enumerate(zip(rows, labels, strict=True)):
        own = row.get("message_id", label)
        if own is not None:
            same = [each.get("message_id", found) for each, found in zip(rows, labels, strict=True)]
            yield min(str(labels[n]) for n in range(len(rows)) if same[n] == own)
        else:
            yield min(n for n in range(len(rows)) if n == at or _alike(rows[n], row))


def _label(row: Row, rows: Sequence[Row]) -> Any:
    """Return the least id of a message among the rows that agree with ``row``, itself included."""
    ids = [each["message_id"] for each in rows if "message_id" in each and _alike(each, row)]
    own = [row["message_id"]] if "message_id" in row else []
    return min([*ids, *own], default=None)


def _alike(one: Row, other: Row) -> bool:
    if isinstance(one["at"], LocalDate) is not isinstance(other["at"], LocalDate):
        return False
    if any(isinstance(each["at"], LocalDate) and "subject" not in each for each in (one, other)):
        return one is other
    return all(
        one.get(name) == other.get(name) for name in ("at", "direction", "channel", "subject")
    )

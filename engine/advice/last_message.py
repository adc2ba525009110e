"""Find the last message between a prospect and us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.language.value_rules import LocalDate
from engine.semantics.evaluate_measures import cell_or_default
from engine.semantics.normalize_rows import RowNormalizer, known_touches

Speaker = Literal["they", "we", "both"]

_SPEAKERS: dict[Value | None, Speaker] = {"outbound": "we", "inbound": "they", "both": "both"}
_ORDER = (None, "we", "they", "both")
"""Who spoke last of messages of one instant: ours is no answer to theirs, as the state sees it."""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The last touch that reached somebody and is no automatic answer of theirs.

    Attributes:
        at: When, in seconds since 1970 UTC.
        dated: Whether only its date is known.
        by: Who spoke, None if nobody can tell.
        channel: The channel, None if the book does not say.
        subject: The subject, None if the book has none.
    """

    at: int
    dated: bool
    by: Speaker | None
    channel: str | None
    subject: str | None


def last_message(playbook: Playbook, prospect: Prospect, now: int, zone: str) -> LastMessage | None:
    """Return the last message up to ``now``; None if there is none.

    It is one of those that tell when somebody last replied or reached out.

    Args:
        playbook: What its words of outcomes mean decides which messages count.
        prospect: Has the touches.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        zone: The prospect's IANA zone, for dates alone.
    """
    read = known_touches(prospect.rows.get("touches", ()), now, zone)
    rows = RowNormalizer(playbook).tables({"touches": read}, now, zone)["touches"]
    found = [
        _message(row, dated=type(as_read["at"]) is LocalDate)
        for row, as_read in zip(rows, read, strict=True)
        if int(row["at"]) <= now and _counts(row)
    ]
    return max(found, key=_rank, default=None)


def _counts(row: Row) -> bool:
    if cell_or_default("touches", row, "delivered") is not True:
        return False
    answer = row.get("direction") != "outbound"
    return not (answer and cell_or_default("touches", row, "automatic") is True)


def _message(row: Row, *, dated: bool) -> LastMessage:
    channel, subject = row.get("channel"), row.get("subject")
    return LastMessage(
        int(row["at"]),
        dated,
        _SPEAKERS.get(row.get("direction")),
        None if channel is None else str(channel),
        None if subject is None else str(subject),
    )


def _rank(message: LastMessage) -> tuple[int, int, str, str]:
    # Rows have no order but their instants, so that the rest must be decided by their content.
    return (
        message.at,
        _ORDER.index(message.by),
        message.subject or "",
        message.channel or "",
    )

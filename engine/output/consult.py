"""What commands for reps begin with: the instant they ask about, and the prospect they name."""

from __future__ import annotations

import time

from engine.book.prospect import Prospect
from engine.book.tables import Book
from engine.language.instants import read_instant
from engine.language.locate import NotFound, Unclear
from engine.language.suggest import did_you_mean


def instant_asked(text: str | None, zone: str) -> int:
    """Seconds since 1970 UTC of the instant ``text`` says, in ``zone`` where it names none; now
    where nothing is asked. Raises Unclear.
    """
    if text is None:
        return int(time.time())
    found = read_instant(text.strip(), zone)
    if found is None:
        raise Unclear(f"`{text}` is no instant: write it like 2026-03-04T15:00:00Z or 2026-03-04")
    return found[0]


def prospect_called(book: Book, id: str, where: object) -> Prospect:
    """The prospect ``id`` of the book at ``where``. Raises NotFound."""
    found = book.prospect(id)
    if found is None:
        near = did_you_mean(id, book.ids())
        raise NotFound(f"no prospect `{id}` in `{where}`" + (f": {near}" if near else ""))
    return found

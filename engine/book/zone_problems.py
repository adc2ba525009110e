"""Report the words of a book's column `timezone` that are time zones but name no place."""

from __future__ import annotations

from collections.abc import Mapping

from engine.book.book_problem import BookProblem
from engine.language.hours.zone_places import names_place, place_help
from engine.language.quoting import quoted

COLUMN = "timezone"


def zone_problems(file: str, counts: Mapping[str, int]) -> list[BookProblem]:
    """Return a warning for each zone in ``counts``, the rows of each, that names no place."""
    return [
        BookProblem(
            file,
            None,
            COLUMN,
            "zone-without-place",
            f"{count:,} row{'' if count == 1 else 's'} with the time zone {quoted(zone)}, "
            "which names no place, so daylight time may be off",
            place_help(zone),
            "warning",
        )
        for zone, count in sorted(counts.items())
        if not names_place(zone)
    ]

"""Format instants and durations in few words, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.advice.comparison_words import local_time


def due_words(due: int | None, now: int, zone: str | None) -> str:
    """Format when a step is due: `now`, `today 16:30`, `Thu 5 Mar 09:00`.

    Args:
        due: In seconds since 1970 UTC, None for no date.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        zone: The time zone to show, None for this machine's.
    """
    if due is None:
        return "no date"
    if due <= now:
        return "now"
    local, today = local_time(due, zone), local_time(now, zone)
    days = (local.date() - today.date()).days
    if days <= 1:
        return f"{'tomorrow' if days else 'today'} {local:%H:%M}"
    if local.year == today.year:
        return f"{local:%a} {local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


class Due(NamedTuple):
    """An instant, None for no date, to be shown at ``now`` in a zone, None for this machine's."""

    due: int | None
    now: int
    zone: str | None


def due_cells(column: Sequence[Due | None]) -> tuple[list[str], str | None]:
    """Format a column of due instants, and name the zone if all times are of one.

    If they are of several zones, each time has its own beside it: `today 16:30 EST`. None is an
    empty cell.
    """
    cells = ["" if each is None else due_words(*each) for each in column]
    names = [
        zone_words(each.due, each.zone) if each and each.due is not None and ":" in cell else None
        for each, cell in zip(column, cells, strict=True)
    ]
    different = {name for name in names if name is not None}
    if len(different) <= 1:
        return cells, next(iter(different), None)
    shown = (" ".join(filter(None, pair)) for pair in zip(cells, names, strict=True))
    return list(shown), None


def zone_words(instant: int, zone: str | None) -> str:
    """Write the zone of a local time as its abbreviation, such as `EST`, or as `UTC+03`.

    Args:
        instant: In seconds since 1970 UTC: in summer, a zone may have another abbreviation.
        zone: The zone, None for this machine's.
    """
    name = local_time(instant, zone).tzname() or "UTC"
    return f"UTC{name}" if name.startswith(("+", "-")) else name


def length_short(seconds: int) -> str:
    """Format a duration in the one unit that fits: `40 min`, `5 h`, `3 d`."""
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 2 * 86400 else f"{seconds // 86400} d"

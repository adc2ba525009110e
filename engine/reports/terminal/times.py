"""Format instants and durations in few words, for lists."""

from __future__ import annotations

from engine.advice.comparison_words import local_time


def due_words(due: int | None, now: int, zone: str) -> str:
    """Format when a step is due: `now`, `today 16:30`, `Thu 5 Mar 09:00`.

    Args:
        due: In seconds since 1970 UTC, None for no date.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        zone: The time zone to show.
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


def length_short(seconds: int) -> str:
    """Format a duration in the one unit that fits: `40 min`, `5 h`, `3 d`."""
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 2 * 86400 else f"{seconds // 86400} d"

"""Write comparisons and values in words for reps, such as `5 days ago` or `12 March 2026`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from engine.book.calendar.business_clock import Clock
from engine.language import conditions as c
from engine.language.conditions import Value, ValueType
from engine.semantics.evaluate_conditions import ValueOf, bound_of

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def format_duration(seconds: float) -> str:
    """Write a duration in its largest unit and the next smaller one: `2 days 3 hours`, `5 days`."""
    counts, rest = [], int(abs(seconds))
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        counts.append(f"{count} {unit}" + ("s" if count != 1 else "") if count else "")
    largest = next((at for at, words in enumerate(counts) if words), None)
    if largest is None:
        return "less than a minute"
    return " ".join(filter(None, counts[largest : largest + 2]))


def format_business_time(seconds: float, business_day: int) -> str:
    """Write business time in business days, or in business hours if it is less than one day."""
    size, unit = (3600, "hour") if abs(seconds) < business_day else (business_day, "day")
    count = f"{abs(seconds) / size:.1f}".removesuffix(".0")
    return f"{count} business {unit}" + ("" if count == "1" else "s")


def local_time(instant: int, zone: str | None) -> datetime:
    """Return the local time in ``zone`` at ``instant``, in seconds since 1970 UTC.

    Without a zone, it is this machine's. It is UTC within a day of the years 1 and 9999, where the
    local time may not exist in Python.
    """
    utc = datetime.fromtimestamp(instant, UTC)
    try:
        return utc.astimezone(None if zone is None else ZoneInfo(zone))
    except (OverflowError, ValueError, OSError):  # of a machine's clock, any of them
        return utc


def format_date(instant: int, zone: str) -> str:
    """Write the local date, such as `4 March 2026`."""
    local = local_time(instant, zone)
    return f"{local.day} {local:%B} {local.year}"


def format_instant(instant: int, zone: str) -> str:
    """Write the local date and time, such as `Wed 4 Mar 2026 09:00`."""
    local = local_time(instant, zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def format_number(value: float) -> str:
    """Write a number with thousands separators, to six decimals, without trailing zeros."""
    if abs(value) >= 1e15:
        return f"{value:.6g}"
    words = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if words == "-0" else words


def format_value(value: Value, type: ValueType, zone: str) -> str:
    """Write a value as people do.

    Args:
        value: Seconds since 1970 UTC if it is a time, seconds if it is a duration.
        type: Its type.
        zone: The time zone to write a time in.
    """
    match type:
        case "boolean":
            return "true" if value else "false"
        case "number":
            return format_number(float(value))
        case "time":
            return format_instant(int(value), zone)
        case "duration":
            return format_duration(float(value))
        case "text" | "choice":
            return str(value)


def describe_found(test: c.Comparison, value_of: ValueOf, now: int, clock: Clock) -> str:
    """Describe what was found, such as `emails_unanswered is 3` or `stage is unknown`.

    Args:
        test: The comparison.
        value_of: Returns the value of a fact or conclusion, None if it is unknown.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        clock: Business time and time zone of the prospect.
    """
    value = value_of(test.subject)
    if value is None:
        return f"{test.subject} is unknown"
    if test.subject.cell_of is not None:
        return f"{test.subject.cell_of} {'cannot' if value else 'can'} be read"
    match test:
        case c.OlderThan() | c.Within() | c.InNext():
            age = clock.elapsed(int(value), now, test.duration.business)
            business = test.duration.business
            words = (
                format_business_time(age, clock.business_day) if business else format_duration(age)
            )
            side = "ago" if now >= int(value) else "ahead"
            return f"{test.subject} is {words} {side}"
        case c.Before(bound=c.Ref() as other) | c.After(bound=c.Ref() as other):
            bound = bound_of(test, value_of, now)
            beside = "unknown" if bound is None else format_instant(bound, clock.zone)
            own = format_instant(int(value), clock.zone)
            return f"{test.subject} is {own}, {other} is {beside}"
        case _:
            return f"{test.subject} is {format_value(value, test.subject.type, clock.zone)}"


def describe_required(test: c.Comparison) -> str:
    """Describe what the comparison requires, such as `at least 3` or `proposal`."""
    type = test.subject.type
    match test:
        case c.Equals(value=value) if test.subject.cell_of is not None:
            return "unreadable" if value else "readable"
        case c.Equals(value=value):
            return format_value(value, type, "UTC")
        case c.In(values=values):
            return "one of " + ", ".join(format_value(value, type, "UTC") for value in values)
        case c.AtLeast(bound=bound):
            return f"at least {format_value(bound, type, 'UTC')}"
        case c.MoreThan(bound=bound):
            return f"more than {format_value(bound, type, 'UTC')}"
        case c.AtMost(bound=bound):
            return f"at most {format_value(bound, type, 'UTC')}"
        case c.LessThan(bound=bound):
            return f"less than {format_value(bound, type, 'UTC')}"
        case c.Between(low=low, high=high):
            return f"from {format_value(low, type, 'UTC')} to {format_value(high, type, 'UTC')}"
        case c.Known(known=known):
            return "known" if known else "unknown"
        case c.OlderThan(duration=duration):
            return f"more than {duration} ago"
        case c.Within(duration=duration):
            return f"within the last {duration}"
        case c.InNext(duration=duration):
            return f"within the next {duration}"
        case c.Before(bound=bound):
            return f"before {_bound_words(bound)}"
        case c.After(bound=bound):
            return f"after {_bound_words(bound)}"
        case c.Contains(text=text):
            return f"containing “{text}”"
        case c.StartsWith(text=text):
            return f"starting with “{text}”"
        case c.EndsWith(text=text):
            return f"ending with “{text}”"
        case _:
            assert_never(test)


def _bound_words(bound: int | c.Ref | c.Now) -> str:
    return format_instant(bound, "UTC") + " UTC" if isinstance(bound, int) else str(bound)

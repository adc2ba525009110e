"""Instants as people and exports write them: ISO 8601, to the second, with or without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST = -62_135_596_800
"""0001-01-01T00:00:00Z in seconds since 1970 UTC: no instant is earlier."""

LATEST = 253_402_300_799
"""9999-12-31T23:59:59Z in seconds since 1970 UTC: no instant is later."""

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local and UTC times are both subtracted from it
SECOND = timedelta(seconds=1)
_DAY = 86_400
_FIRST_DAY, _LAST_DAY = EARLIEST // _DAY, LATEST // _DAY
_MACHINE_ZONES = frozenset({"localtime", "Factory", "posixrules"})

INSTANT_PATTERN = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r" ?(?P<zone>[Zz]|UTC|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def read_instant(text: str, zone: str) -> tuple[int, bool] | None:
    """Parse ``text`` as an instant: seconds since 1970 UTC, and whether it has its own zone.

    A date alone is midnight. Parts of a second are dropped. A local time that a clock change
    repeats is the first of the two; one that it skips is read as if the clock had not been changed.
    None for anything else: week dates, 24:00, leap seconds, years before 1 or after 9999 in UTC.

    Args:
        text: Such as `2026-03-04T15:00:00Z`, `2026-03-04 10:00`, `2026-03-04`.
        zone: IANA zone (see `zone_known`) of text without a zone of its own.
    """
    found = INSTANT_PATTERN.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        # Not `fromisoformat` of the whole text: which times it accepts differs between Pythons.
        local = datetime.fromisoformat(found["date"]).replace(
            hour=hour, minute=minute, second=second
        )
    except ValueError:
        return None
    offset = _offset(found["zone"]) if found["zone"] else utc_offset(local, zone)
    if offset is None:
        return None
    seconds = (local - EPOCH) // SECOND - offset
    return (seconds, bool(found["zone"])) if EARLIEST <= seconds <= LATEST else None


def utc_offset(local: datetime, zone: str) -> int:
    """Return how many seconds ``zone`` is ahead of UTC at the local time ``local``, a naive one."""
    offset = ZoneInfo(zone).utcoffset(local)
    assert offset is not None
    return offset // SECOND


def day_bounds(day: int, zone: str) -> tuple[int, int]:
    """Return the first and the last second of a date in ``zone``, in seconds since 1970 UTC.

    Args:
        day: Days since 1970-01-01.
        zone: IANA zone (see `zone_known`).
    """
    first, after = (_midnight(each, zone) for each in (day, day + 1))
    return max(first, EARLIEST), min(after - 1, LATEST)


def local_day(at: int, zone: str) -> int:
    """Return the date in ``zone`` at the instant ``at``, in days since 1970-01-01."""
    local = datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)
    return (local - EPOCH).days


def _midnight(day: int, zone: str) -> int:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        return day * _DAY
    local = EPOCH + timedelta(days=day)
    return day * _DAY - utc_offset(local, zone)


def iso(seconds: int) -> str:
    """Format an instant from `EARLIEST` to `LATEST` as `2026-03-05T15:00:00Z`."""
    return (EPOCH + seconds * SECOND).replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")


def _offset(written: str) -> int | None:
    """Return the seconds ahead of UTC of a zone written as `Z`, `UTC`, `+01:00`, `+0100`, `+01`."""
    if written in {"Z", "z", "UTC"}:
        return 0
    hours, minutes = int(written[1:3]), int(written[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if written[0] == "-" else seconds


@cache
def known_zones() -> tuple[str, ...]:
    """Return the names of the IANA time zones, sorted, without aliases of this machine's zone."""
    return tuple(sorted(available_timezones() - _MACHINE_ZONES))


@cache
def place_zones() -> tuple[str, ...]:
    """Return the zones named by a place, to suggest one of.

    Names such as `EST` are offsets without summer time, which no author means to write.
    """
    return tuple(zone for zone in known_zones() if "/" in zone and not zone.startswith("Etc/"))


@cache
def _zones() -> frozenset[str]:
    return frozenset(known_zones())


def zone_known(name: str) -> bool:
    """Return whether ``name`` is an IANA time zone, in the same upper and lower case."""
    # Not by opening it: file systems that ignore case would accept `europe/berlin`.
    return name in _zones()

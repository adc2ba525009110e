"""Time zones that are named by an abbreviation or an offset, and not by a place.

Such a name says nothing about summer time: `EST` is five hours behind UTC all year, while clocks in
New York are not. `UTC` is meant as it is, and a country (`Japan`) is a place.
"""

from __future__ import annotations

_UTC = frozenset({"UTC", "UCT", "Universal", "Zulu"})

_MEANT = {
    "EST": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST6CDT": "America/Chicago",
    "MST": "America/Denver",
    "MST7MDT": "America/Denver",
    "PST8PDT": "America/Los_Angeles",
    "HST": "Pacific/Honolulu",
    "WET": "Europe/Lisbon",
    "CET": "Europe/Berlin",
    "MET": "Europe/Berlin",
    "EET": "Europe/Athens",
    "GMT": "Europe/London",
    "Greenwich": "Europe/London",
}
"""The place that is probably meant."""

_OR_ELSE = {
    "MST": ", or `America/Phoenix` for Arizona",
    "GMT": ", or `UTC`",
    "Greenwich": ", or `UTC`",
    "WET": ", or another place",
    "CET": ", or another place",
    "MET": ", or another place",
    "EET": ", or another place",
}


def names_place(zone: str) -> bool:
    """Return whether the IANA name ``zone`` is that of a place, or `UTC`."""
    bare = zone.removeprefix("Etc/")
    if bare in _UTC:
        return True
    offset = bare.startswith("GMT") or bare == "Factory"
    return not (zone.startswith("Etc/") or offset or bare in _MEANT)


def place_help(zone: str) -> str:
    """Return the help for a zone that names no place: the zone that is probably meant."""
    bare = zone.removeprefix("Etc/")
    if bare in ("GMT0", "GMT+0", "GMT-0"):
        bare = "GMT"
    if bare in _MEANT:
        return f"write `{_MEANT[bare]}`{_OR_ELSE.get(bare, '')}"
    return "write the zone of a place, such as `America/New_York`"

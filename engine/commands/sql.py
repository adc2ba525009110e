"""Run `sql`: print a playbook as one statement, or write the tables of its calendar."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.backends.sql.printer import print_playbook, read_by
from engine.backends.sql.tree.dialects import dialect_named
from engine.book.calendar.calendar import Calendars, known_zones, zone_known
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import parse_as_of
from engine.commands.process.output import Output
from engine.commands.process.write import write_result
from engine.commands.sql_calendar import write_calendar
from engine.language.files.locate import UsageError
from engine.language.instants import place_zones
from engine.language.load import LoadResult
from engine.language.model import Playbook
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean

YEARS = 3
"""How far the calendar reaches before and after the instant, unless options say otherwise."""


@dataclass(frozen=True, slots=True)
class SqlOptions:
    """The options of the command; ``zones``, ``first`` and ``last`` are those of ``calendar``."""

    dialect: str
    as_of: str | None
    without: Sequence[str]
    calendar: Path | None
    zones: Sequence[str]
    first: str | None
    last: str | None


def run_sql(output: Output, reading: LoadResult, asked: SqlOptions) -> int:
    """Print the statement, or write the calendar if that is asked for. Raises UsageError."""
    playbook = reading.playbook
    assert playbook is not None
    to = dialect_named(asked.dialect)
    now = None if asked.as_of is None else parse_as_of(asked.as_of, playbook)
    if asked.calendar is not None:
        _write_calendar(playbook, asked, now, output)
        return FINE
    if asked.zones or asked.first or asked.last:
        raise UsageError("`--zone`, `--from` and `--to` go with `--calendar`")
    absent = frozenset(_read(playbook, name) for name in asked.without)
    # Not as text for a terminal: a letter that this cannot show would be changed.
    write_result(
        print_playbook(playbook, to, now=now, without=absent), output.target, plain_utf8=True
    )
    return FINE


def _read(playbook: Playbook, name: str) -> str:
    """The table or column (`TABLE.COLUMN`) that `--without` names. Raises UsageError."""
    known = read_by(playbook)
    if name in known:
        return name
    hint = did_you_mean(name, known)
    raise UsageError(f"the statement does not read {quoted(name)}" + (f": {hint}" if hint else ""))


def _write_calendar(playbook: Playbook, asked: SqlOptions, now: int | None, output: Output) -> None:
    assert asked.calendar is not None
    if output.target is not None:
        raise UsageError("`--calendar` writes files of its own: leave `--output` out")
    zones = _zones(playbook, asked.zones)
    middle = int(time.time()) if now is None else now
    first = (
        _years_from(middle, -YEARS) if asked.first is None else parse_as_of(asked.first, playbook)
    )
    last = _years_from(middle, YEARS) if asked.last is None else parse_as_of(asked.last, playbook)
    if last < first:
        raise UsageError("`--to` is before `--from`")
    paths = write_calendar(asked.calendar, Calendars(playbook.calendar), zones, first, last)
    count = "1 time zone" if len(zones) == 1 else f"{len(zones)} time zones"
    days = f"{_iso(first)} to {_iso(last)}"
    for path in paths:
        output.note(f"wrote {path}: {count}, {days}\n")


def _zones(playbook: Playbook, asked: Sequence[str]) -> list[str]:
    for zone in asked:
        if not zone_known(zone):
            hint = did_you_mean(zone, place_zones()) or "write an IANA name: `America/Chicago`"
            raise UsageError(f"no time zone {quoted(zone)}: {hint}")
    return sorted({playbook.calendar.timezone, *asked}) if asked else list(known_zones())


def _years_from(at: int, years: int) -> int:
    return at + years * 366 * 86_400


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()

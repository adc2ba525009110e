"""`relight sql`: print the playbook as one SQL statement, or write the calendar that it reads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.backends.sql.printer import instants_read_by, print_playbook, read_by
from engine.backends.sql.tree.dialects import dialect_named
from engine.book.calendar.business_clock import Clock
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_shape import shape_of
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import parse_as_of
from engine.commands.process.known_words import find_zone
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_playbook
from engine.commands.sql_calendar import write_calendar, write_local_days
from engine.language.files.input_errors import UsageError
from engine.language.hours.calendar_tree import MAIN_REGION
from engine.language.instants import EARLIEST, LATEST, known_zones
from engine.language.model import Playbook
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.reports.terminal.phrases import counted

YEARS = 3
"""The years before and after the instant that the calendar has without `--from` and `--to`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlOptions:
    """The options of `sql`; ``zones``, ``first`` and ``last`` belong to ``calendar``."""

    playbook: str | None
    dialect: str
    as_of: str | None
    without: Sequence[str]
    dates: Sequence[str]
    recorded: bool
    calendar: Path | None
    zones: Sequence[str]
    first: str | None
    last: str | None


def run_sql(options: SqlOptions, output: Output) -> int:
    """Print the statement or write the calendar, and return the exit code.

    Raises:
        UsageError: Options exclude each other, or name what the statement does not read.
    """
    playbook = load_playbook(options.playbook, output)
    dialect = dialect_named(options.dialect)
    now = None if options.as_of is None else parse_as_of(options.as_of, playbook)
    dates = frozenset(_known(name, instants_read_by(playbook)) for name in options.dates)
    if options.calendar is not None:
        _write_calendar(playbook, options.calendar, options, now, output)
        return FINE
    if options.zones or options.first or options.last:
        raise UsageError("`--zone`, `--from` and `--to` need `--calendar`")
    absent = frozenset(_known(name, read_by(playbook)) for name in options.without)
    statement = print_playbook(
        playbook, dialect, now=now, without=absent, dates=dates, recorded=options.recorded
    )
    # Not in the encoding of the terminal, which may lack a letter that the statement compares with.
    output.result(statement, plain_utf8=True)
    return FINE


def _known(name: str, known: Sequence[str]) -> str:
    """Return ``name``, `TABLE` or `TABLE.COLUMN`, after checking that the statement reads it."""
    if name in known:
        return name
    hint = did_you_mean(name, known)
    raise UsageError(f"the statement does not read {quoted(name)}" + (f": {hint}" if hint else ""))


def _write_calendar(
    playbook: Playbook, folder: Path, options: SqlOptions, now: int | None, output: Output
) -> None:
    if output.target is not None:
        raise UsageError("`--calendar` writes its own files: leave out `--output`")
    clocks = _clocks(Calendars(playbook.calendar), _zones(playbook, options.zones))
    first, last = _range_of_days(playbook, options, int(time.time()) if now is None else now)
    paths = write_calendar(folder, shape_of(playbook.calendar), clocks, first, last)
    count = counted(len({clock.zone for clock in clocks}), "time zone")
    if playbook.calendar.regions:
        count += f", {counted(len(playbook.calendar.regions), 'region')}"
    if options.dates:
        paths = (
            *paths,
            write_local_days(folder, sorted({each.zone for each in clocks}), first, last),
        )
    for path in paths:
        output.note(f"wrote {path}: {count}, {_iso(first)} to {_iso(last)}\n")


def _clocks(calendars: Calendars, zones: Sequence[str]) -> list[Clock]:
    """Return the clocks of ``zones`` outside regions, and of those that each region may have."""
    found = [(zone, MAIN_REGION) for zone in zones]
    for region in calendars.calendar.regions:
        named = [test.values for test in region.fits if test.subject.id == "timezone"]
        own = [str(zone) for zone in named[0]] if named else zones
        found += [(zone, region.id) for zone in (*own, calendars.zone_of(region.id))]
    return calendars.sorted_clocks(found)


def _range_of_days(playbook: Playbook, options: SqlOptions, now: int) -> tuple[int, int]:
    """Return the first and last instant of the calendar, in seconds since 1970 UTC."""
    span = YEARS * 366 * 86_400
    first = now - span if options.first is None else parse_as_of(options.first, playbook)
    last = now + span if options.last is None else parse_as_of(options.last, playbook)
    if last < first:
        raise UsageError("`--to` is before `--from`")
    return max(first, EARLIEST), min(last, LATEST)


def _zones(playbook: Playbook, names: Sequence[str]) -> list[str]:
    for zone in names:
        find_zone(zone)
    return sorted({playbook.calendar.timezone, *names}) if names else list(known_zones())


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()

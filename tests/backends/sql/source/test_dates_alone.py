"""What the printed statement makes of dates alone, touches without a date, and deals of later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.backends.sql.printer import print_playbook
from engine.backends.sql.rules.normalize_touches import all_features
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.book.calendar.calendar import Calendars
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.value_rules import LocalDate
from tests.support.as_written_rows import day_ends
from tests.support.case_tables import Engine, Relation, calendar_relations
from tests.support.sql_engines import DuckDB

NOW = 1_772_636_400
"""Wednesday 2026-03-04T15:00:00Z."""
ZONES = ("America/New_York", "Pacific/Auckland")
DATES = frozenset({"touches.at", "prospects.created_at", "prospects.meeting_at"})
PLAYBOOK = """\
playbook: dates
calendar: {timezone: America/New_York}
facts:
  meeting_at: {type: time, date_means: end}
dark:
  week: {silent_for: 7 days}
signals:
  tried_once: {when: {touches_unanswered: 1}}
  met: {when: {meeting_at: {before: now}}}
actions:
  wait: {kind: internal, title: Wait, when: {dark: true}}
"""


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow]),
        pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow]),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "duckdb":
        return DuckDB()
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


def rows_of(
    engine: Engine, folder: Path, prospects: Sequence[Any], touches: Sequence[Any]
) -> dict[str, tuple[Any, Any, Any]]:
    """State, beginning of silence and signals of each prospect, by the printed statement."""
    path = folder / "dates.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    playbook = load(path).playbook
    assert playbook is not None
    rows = {"prospects": prospects, "touches": touches}
    engine.load(tables(playbook, engine, rows))
    found = engine.run(print_playbook(playbook, engine.dialect, dates=DATES, recorded=True), NOW)
    return {
        row["prospect"]: (row["state"], plain(row["silent_since"]), row["signals"]) for row in found
    }


def tables(
    playbook: Playbook, engine: Engine, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Relation]:
    """``rows`` by table in the columns that the statement declares, and the calendar."""
    pairs = (tuple(each.split(".")) for each in DATES)
    dates = frozenset((table, name) for table, name in pairs)
    features = replace(all_features(playbook), dates=dates, recorded=True)
    declared = SourceTables(Statement(playbook, features=features), engine.dialect).declared()
    found = {
        name: Relation(declared[name], [[row.get(each) for each in declared[name]] for row in of])
        for name, of in rows.items()
    }
    days = range(NOW // 86_400 - 60, NOW // 86_400 + 60)
    local = [(zone, day, *day_ends(LocalDate(0, day), zone)) for zone in ZONES for day in days]
    found["local_days"] = Relation(declared["local_days"], local)
    clocks = [Calendars(playbook.calendar).clock(zone) for zone in ZONES]
    year = 366 * 86_400
    return found | calendar_relations(playbook, clocks, NOW - year, NOW + year)


def plain(value: datetime | None) -> str | None:
    if value is None:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 15, tzinfo=UTC)


def ours(prospect: str, **cells: Any) -> dict[str, Any]:
    return {"prospect_id": prospect, "direction": "outbound", "channel": "email", **cells}


def test_a_date_alone_is_a_day_in_the_zone_of_the_prospect(engine: Engine, tmp_path: Path) -> None:
    prospects = [
        {"id": "home"},
        {"id": "nz", "timezone": "Pacific/Auckland"},
        {"id": "today"},
        {"id": "answered"},
        {"id": "twice"},
    ]
    touches = [
        ours("home", at_date=date(2026, 2, 20)),
        ours("nz", at_date=date(2026, 3, 4)),
        ours("today", at_date=date(2026, 3, 4)),
        ours("answered", at_date=date(2026, 3, 2)),
        ours("answered", at_date=date(2026, 3, 2), direction="inbound"),
        ours("twice", at_date=date(2026, 3, 2), subject="Plan"),
        ours("twice", at_date=date(2026, 3, 2), subject="Plan"),
        ours("twice", at=at(3), outcome="Hard Bounce"),
    ]
    assert rows_of(engine, tmp_path, prospects, touches) == {
        "home": ("dark", "2026-02-21T04:59:59+00:00", "tried_once"),
        "nz": ("waiting", "2026-03-04T10:59:59+00:00", "tried_once"),
        "today": ("waiting", "2026-03-04T15:00:00+00:00", "tried_once"),
        "answered": ("waiting", "2026-03-03T04:59:59+00:00", "tried_once"),
        "twice": ("waiting", "2026-03-03T04:59:59+00:00", "tried_once"),
    }


def test_a_time_counts_before_a_date_beside_it(engine: Engine, tmp_path: Path) -> None:
    touches = [ours("p1", at=at(3), at_date=date(2026, 2, 1))]
    found = rows_of(engine, tmp_path, [{"id": "p1"}], touches)
    assert found == {"p1": ("waiting", "2026-03-03T15:00:00+00:00", "tried_once")}


def test_a_touch_without_a_date_makes_a_prospect_unclear(engine: Engine, tmp_path: Path) -> None:
    touches = [
        ours("unclear", at=at(20, 2)),
        ours("unclear", direction="inbound"),
        ours("clear", at=at(20, 2)),
        ours("somebody_else", direction="inbound"),
    ]
    prospects = [{"id": "unclear"}, {"id": "clear"}]
    assert rows_of(engine, tmp_path, prospects, touches) == {
        "unclear": ("unclear", "2026-02-20T15:00:00+00:00", "tried_once"),
        "clear": ("dark", "2026-02-20T15:00:00+00:00", "tried_once"),
    }


def test_a_deal_that_is_opened_later_has_no_row(engine: Engine, tmp_path: Path) -> None:
    prospects = [
        {"id": "later", "created_at": at(5)},
        {"id": "tomorrow", "created_at_date": date(2026, 3, 5)},
        {"id": "now", "created_at": at(4)},
        {"id": "today", "created_at_date": date(2026, 3, 4)},
        {"id": "unknown"},
    ]
    found = rows_of(engine, tmp_path, prospects, [])
    assert found == dict.fromkeys(("now", "today", "unknown"), ("untouched", None, None))


def test_an_appointment_of_today_is_not_past(engine: Engine, tmp_path: Path) -> None:
    prospects = [
        {"id": "today", "meeting_at_date": date(2026, 3, 4)},
        {"id": "yesterday", "meeting_at_date": date(2026, 3, 3)},
        {"id": "at_noon", "meeting_at": at(4)},
    ]
    found = rows_of(engine, tmp_path, prospects, [])
    assert {id: signals for id, (_, _, signals) in found.items()} == {
        "today": None,
        "yesterday": "met",
        "at_noon": None,
    }


def test_without_touches_nobody_can_tell_who_spoke_last(tmp_path: Path) -> None:
    engine = DuckDB()
    path = tmp_path / "dates.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    playbook = load(path).playbook
    assert playbook is not None
    engine.load(tables(playbook, engine, {"prospects": [{"id": "p1"}]}))
    absent = frozenset({"touches"})
    statement = print_playbook(playbook, engine.dialect, without=absent, dates=DATES)
    assert [row["state"] for row in engine.run(statement, NOW)] == ["unclear"]


def test_a_touch_that_may_be_an_answer_or_a_refusal_makes_a_prospect_unclear(
    engine: Engine, tmp_path: Path
) -> None:
    ways = ["sideways", "refused", "asked", "spelled", "free", "empty"]
    more: dict[str, dict[str, Any]] = {
        "sideways": {"direction": "sideways"},
        "empty": {"direction": None},
        "refused": {"outcome": "Unsubscribed on 3/4"},
        "asked": {"outcome": "DNC!"},
        "spelled": {"outcome": "Do-Not-Contact"},
        "free": {"outcome": "Sent the offer"},
    }
    touches = [
        row for each in ways for row in (ours(each, at=at(3)), ours(each, at=at(2)) | more[each])
    ]
    found = rows_of(engine, tmp_path, [{"id": each} for each in ways], touches)
    assert {id: state for id, (state, _, _) in found.items()} == {
        "sideways": "unclear",
        "empty": "unclear",
        "refused": "unclear",
        "asked": "unclear",
        "spelled": "waiting",
        "free": "waiting",
    }


def test_a_touch_recorded_later_is_not_there_yet(engine: Engine, tmp_path: Path) -> None:
    prospects = [{"id": "told"}, {"id": "told later"}, {"id": "no one knows"}]
    touches = [
        ours("told", at=at(1)),
        ours("told", at=at(3), direction="inbound", recorded_at=at(4)),
        ours("told later", at=at(1)),
        ours("told later", at=at(3), direction="inbound", recorded_at=at(6)),
        ours("no one knows", at=at(1)),
        ours("no one knows", at=at(3), direction="inbound"),
    ]
    found = rows_of(engine, tmp_path, prospects, touches)
    states = {id: state for id, (state, *_) in found.items()}
    assert states == {"told": "our_turn", "told later": "waiting", "no one knows": "our_turn"}

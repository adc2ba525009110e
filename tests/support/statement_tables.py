"""Prospects as tables of DuckDB, and what the statement says of them laid beside the definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from engine.backends.sql.business_time.calendar_range import horizon
from engine.backends.sql.rules.normalize_touches import all_features
from engine.backends.sql.statement import Statement
from engine.book.calendar.business_clock import DAY
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_tables import load_calendar
from engine.book.prospect import Prospect, Row
from engine.book.sql_types import SQL_TYPES
from engine.book.table_schema import day_name, staged_name, table_schema
from engine.language.conditions import ValueType
from engine.language.model import TABLES, Playbook
from engine.language.value_rules import LocalDate
from engine.language.walk import CAUSE_KNOWN, DARK, EvidenceId, RuleId, Section
from engine.semantics.evaluate_measures import given_facts
from engine.semantics.firings import Firings
from engine.semantics.recommend import Recommendation
from tests.support.as_written_rows import day_ends


class Tables:
    """``prospects`` (by id, no two alike) in a database, with the statement that judges them."""

    def __init__(self, playbook: Playbook, prospects: Sequence[Prospect], now: int) -> None:
        self.playbook = playbook
        self._prospects = prospects
        overrides = {id for each in prospects for id in each.facts if not playbook.facts[id].given}
        dates = frozenset(dates_alone(prospects))
        self.statement = Statement(
            playbook,
            overrides=frozenset(overrides),
            with_evidence=True,
            for_duckdb=True,
            features=replace(all_features(playbook), dates=dates, recorded=True),
        )
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._load_prospects(overrides)
        for table in TABLES:
            columns = {
                each.name: each.type for each in table_schema(playbook, table).columns.values()
            }
            rows = [(each.id, row) for each in prospects for row in each.rows.get(table, ())]
            self._load(table, "prospect_id", columns, rows)
        self._query = self.statement.query().sql(dialect="duckdb")
        self._load_calendar(now)
        self._now = now

    def judged(self) -> dict[str, Mapping[str, Any]]:
        """By prospect, every column of the statement."""
        result = self._connection.execute(self._query, {"now": self._now})
        names = [column[0] for column in result.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        assert len(rows) == len(self._prospects)
        return {row["_prospect"]: row for row in rows}

    def _load_prospects(self, overrides: set[str]) -> None:
        facts = self.playbook.facts.values()
        columns = {each.id: each.type for each in facts if each.given or each.id in overrides}
        rows = [(each.id, given_facts(self.playbook, each)) for each in self._prospects]
        self._load("prospects", "id", columns, rows)

    def _load(
        self,
        table: str,
        key: str,
        columns: Mapping[str, ValueType],
        rows: Sequence[tuple[str, Mapping[str, Any]]],
    ) -> None:
        typed = [f'"{staged_name(key, name)}" {SQL_TYPES[type]}' for name, type in columns.items()]
        times = [name for name, type in columns.items() if type == "time"]
        typed += [f'"{day_name(name)}" BIGINT' for name in times]
        self._connection.execute(f"CREATE TABLE {table} ({', '.join([f'{key} VARCHAR', *typed])})")
        marks = ", ".join("?" * (len(typed) + 1))
        for owner, row in rows:
            days = [getattr(row.get(name), "day", None) for name in times]
            values = [owner, *map(row.get, columns), *days]
            self._connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)

    def _load_calendar(self, now: int) -> None:
        calendars = Calendars(self.playbook.calendar)
        found = [calendars.clock_of(given_facts(self.playbook, each)) for each in self._prospects]
        named = ((clock.zone, clock.hours.region) for clock in found)
        clocks = calendars.sorted_clocks([calendars.main, *named])
        times = {each.id for each in self.playbook.facts.values() if each.type == "time"}
        known = [
            *(
                int(value)
                for each in self._prospects
                for id, value in each.facts.items()
                if id in times
            ),
            *(
                int(row["at"])
                for each in self._prospects
                for rows in each.rows.values()
                for row in rows
                if "at" in row
            ),
        ]
        cutoffs = self.statement.cutoffs
        # A date alone may begin a day earlier or end two days later than where it was read.
        ends = (min([now, *known]) - DAY, max([now, *known]) + 2 * DAY)
        reach = horizon(cutoffs.durations, cutoffs.business_day, clocks, ends, now)
        load_calendar(self._connection, cutoffs.shape, clocks, *reach)
        self._connection.execute(
            "CREATE TABLE local_days (zone VARCHAR, day BIGINT, starts BIGINT, ends BIGINT)"
        )
        for row in local_days(self._prospects, [clock.zone for clock in clocks]):
            self._connection.execute("INSERT INTO local_days VALUES (?, ?, ?, ?)", row)


def dates_alone(prospects: Iterable[Prospect]) -> Iterator[tuple[str, str]]:
    """Yield the columns in which ``prospects`` have dates alone, each with its table."""
    for table, name, _ in _dates(prospects):
        yield table, name


def local_days(
    prospects: Iterable[Prospect], zones: Iterable[str]
) -> list[tuple[str, int, int, int]]:
    """Return the days of ``prospects`` that stand alone: zone, day, first and last second."""
    days = {date.day: date for _, _, date in _dates(prospects)}
    return [
        (zone, day, *day_ends(date, zone))
        for zone in sorted(set(zones))
        for day, date in sorted(days.items())
    ]


def _dates(prospects: Iterable[Prospect]) -> Iterator[tuple[str, str, LocalDate]]:
    for each in prospects:
        tables: dict[str, Sequence[Row]] = {"prospects": (each.facts,)}
        tables |= {str(table): rows for table, rows in each.rows.items()}
        for table, rows in tables.items():
            for row in rows:
                for name, cell in row.items():
                    if isinstance(cell, LocalDate):
                        yield table, name, cell


def differences(
    statement: Statement, row: Mapping[str, Any], firings: Firings, found: Recommendation
) -> dict[str, tuple[object, object]]:
    """Return what ``row`` says and what it should: facts, firings, confidences to the bit, state,
    dates, and the worth, cause and due instant of every eligible action.
    """
    names, playbook = statement.names, statement.playbook
    said: dict[str, object] = {"state": row["_state"]}
    meant: dict[str, object] = {"state": found.state}
    for fact in playbook.facts:
        said[fact], meant[fact] = row[names[RuleId("facts", fact)]], found.facts.get(fact)
    fired: dict[Section, tuple[Iterable[str], tuple[str, ...]]] = {
        "dark": (playbook.thresholds, firings.thresholds),
        "signals": (playbook.signals, firings.signals),
        "actions": (playbook.actions, firings.applicable),
        "guards": (playbook.guards, firings.guards),
    }
    for section, (rules, ids) in fired.items():
        said[section] = tuple(id for id in rules if row[names[RuleId(section, id)]])
        meant[section] = ids
    for cause in playbook.causes.values():
        rule, name = RuleId("causes", cause.id), f"causes.{cause.id}"
        considered = row[names[DARK if cause.when is None else (rule, "considered")]]
        items = [item.id for item in cause.evidence]
        evidence = tuple(id for id in items if row[names[EvidenceId(cause.id, id)]])
        said[name] = (considered, row[names[rule]].hex(), evidence)
        is_considered = cause.id in firings.evidence
        ids = firings.evidence.get(cause.id, ())
        meant[name] = (is_considered, firings.confidence[cause.id].hex(), ids)
    said["cause_known"], meant["cause_known"] = row[names[CAUSE_KNOWN]], found.cause_known
    said["goes_dark_at"] = row["_goes_dark_at"] if found.state == "waiting" else None
    meant["goes_dark_at"] = found.goes_dark_at
    said["steps"], meant["steps"] = _steps_said(statement, row), _steps_meant(found)
    return {key: (said[key], meant[key]) for key in meant if said[key] != meant[key]}


def _steps_said(statement: Statement, row: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    for action in statement.playbook.actions.values():
        name = RuleId("actions", action.id)
        value = row[statement.names[name, "value"]]
        if value is not None:
            cause = row[statement.names[name, "cause"]] if action.fits else None
            due = row[statement.actions.due(action).name]
            guards = statement.actions.holders(action)
            acting = tuple(id for id in guards if row[statement.names[RuleId("guards", id)]])
            found[action.id] = (value, cause, due, acting)
    return found


def _steps_meant(found: Recommendation) -> dict[str, object]:
    held = [(each.step, tuple(guard.id for guard in each.guards)) for each in found.held_back]
    steps = [*((step, ()) for step in found.steps), *held]
    return {
        step.action.id: (step.value, step.cause.id if step.cause else None, step.due_at, guards)
        for step, guards in steps
    }

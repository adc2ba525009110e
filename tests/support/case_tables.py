"""Conformance cases as tables of an engine, and what must come out of the statement there.

Cases of one playbook and one instant are judged in one run, each as a prospect of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from engine.advice.advisor import Advisor, Evaluation
from engine.backends.sql.printer import flat_query
from engine.backends.sql.result.flat_result import FlatResult
from engine.backends.sql.rules.normalize_touches import all_features
from engine.backends.sql.source.columns_read import TableRead, tables_read
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import ColumnType, Dialect
from engine.book.calendar.business_clock import DAY, Clock
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_shape import shape_of
from engine.book.calendar.calendar_tables import DayRow, calendar_rows
from engine.book.prospect import Prospect
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.value_rules import LocalDate
from engine.language.walk import CAUSE_KNOWN, EvidenceId, RuleId, Section, rules
from engine.semantics.evaluate_measures import given_facts
from engine.semantics.recommend import Recommendation
from engine.semantics.result_schema import FLAT
from tests.support.conformance_cases import Case, all_cases, prospect_of
from tests.support.statement_tables import dates_alone, local_days

Row = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Relation:
    """A table to be made: the types of its columns (those of the language, or `seconds`), rows."""

    columns: Mapping[str, ColumnType]
    rows: Sequence[Sequence[Any]]


class Engine(Protocol):
    """What runs statements."""

    dialect: Dialect

    def load(self, tables: Mapping[str, Relation]) -> None:
        """Make ``tables``, in the place of any that were there."""

    def run(self, statement: str, now: int) -> list[Row]:
        """Return the rows that ``statement`` answers."""


@dataclass(frozen=True)
class World:
    """Cases of one playbook and instant; case n is the prospect `pn`."""

    playbook: Playbook
    now: int
    cases: Sequence[Case]

    @cached_property
    def prospects(self) -> list[Prospect]:
        made = [prospect_of(case, self.playbook) for case in self.cases]
        return [Prospect(f"p{n}", one.facts, one.rows) for n, one in enumerate(made)]

    @cached_property
    def overrides(self) -> frozenset[str]:
        facts = self.playbook.facts
        return frozenset(id for one in self.prospects for id in one.facts if not facts[id].given)

    @cached_property
    def all_given(self) -> frozenset[str]:
        """Facts that prospects have, whether a rule reads them or not."""
        facts = self.playbook.facts.values()
        return self.overrides | {fact.id for fact in facts if fact.given}

    @cached_property
    def statement(self) -> Statement:
        dates = frozenset(dates_alone(self.prospects))
        recorded = any(
            "recorded_at" in row for one in self.prospects for row in one.rows.get("touches", ())
        )
        features = replace(all_features(self.playbook), dates=dates, recorded=recorded)
        overrides = self.overrides
        return Statement(self.playbook, overrides=overrides, with_evidence=True, features=features)

    def expected(self) -> Iterator[tuple[Case, Evaluation]]:
        advisor = Advisor(self.playbook, "meaning")
        for case, prospect in zip(self.cases, self.prospects, strict=True):
            yield case, advisor.evaluate(prospect, self.now)

    def tables(self) -> dict[str, Relation]:
        wanted = tables_read(self.statement, self.all_given)
        return relations_of(self.playbook, wanted, self.prospects, self.now)


def relations_of(
    playbook: Playbook, wanted: Sequence[TableRead], prospects: Sequence[Prospect], now: int
) -> dict[str, Relation]:
    """Return the tables ``wanted`` with the facts and rows of ``prospects``, and those of the
    calendar.
    """
    calendars = Calendars(playbook.calendar)
    found = [calendars.clock_of(given_facts(playbook, one)) for one in prospects]
    named = ((clock.zone, clock.hours.region) for clock in found)
    clocks = calendars.sorted_clocks([calendars.main, *named])
    instants = [now, *_instants(playbook, prospects)]
    first, last = min(instants) - 400 * DAY, max(instants) + 800 * DAY
    calendar = calendar_relations(playbook, clocks, first, last)
    dates = frozenset(dates_alone(prospects))
    tables: dict[str, Relation] = {each.table: _relation(each, prospects, dates) for each in wanted}
    if dates:
        types: dict[str, ColumnType] = {"zone": "text"}
        types |= dict.fromkeys(("day", "starts", "ends"), "duration")
        days = local_days(prospects, [clock.zone for clock in clocks])
        calendar["local_days"] = Relation(types, days)
    return {**tables, **calendar}


def _relation(
    wanted: TableRead, prospects: Sequence[Prospect], dates: frozenset[tuple[str, str]]
) -> Relation:
    """Make a table; a column with dates alone has another one beside it, for them."""
    types: dict[str, ColumnType] = {wanted.key: "text"}
    for name, type in wanted.columns.items():
        types[name] = type
        if (wanted.table, name) in dates:
            types[f"{name}_date"] = "date"
    rows: list[list[Any]] = []
    for one in prospects:
        cells = [one.facts] if wanted.table == "prospects" else one.rows.get(wanted.table, ())
        rows += [
            [one.id, *(_natural(row, *each) for each in list(types.items())[1:])] for row in cells
        ]
    return Relation(types, rows)


def _instants(playbook: Playbook, prospects: Sequence[Prospect]) -> Iterator[int]:
    facts = playbook.facts
    for one in prospects:
        yield from (int(v) for id, v in one.facts.items() if facts[id].type == "time")
        yield from (int(row["at"]) for rows in one.rows.values() for row in rows if "at" in row)


def calendar_relations(
    playbook: Playbook, clocks: Sequence[Clock], first: int, last: int
) -> dict[str, Relation]:
    """Both tables of the calendar; their columns are whole numbers but for names."""
    shape = shape_of(playbook.calendar)
    found: tuple[Sequence[DayRow], ...] = calendar_rows(shape, clocks, first, last)
    return {
        table: Relation(
            {name: "text" if type == "VARCHAR" else "duration" for name, type in columns.items()},
            rows,
        )
        for (table, columns), rows in zip(shape.columns.items(), found, strict=True)
    }


def _natural(row: Mapping[str, Any], name: str, type: ColumnType) -> Any:
    """Return a cell as engines take it."""
    if type == "date":
        day = getattr(row.get(name.removesuffix("_date")), "day", None)
        return None if day is None else (EPOCH + timedelta(days=day)).date()
    value = row.get(name)
    if value is None or type != "time":
        return value
    return None if isinstance(value, LocalDate) else EPOCH + timedelta(seconds=value)


def worlds(folder: Path) -> list[World]:
    """All conformance cases, by playbook and instant."""
    playbooks: dict[str, Playbook] = {}
    found: dict[tuple[str, int], list[Case]] = {}
    for case in all_cases():
        text = json.dumps({"playbook": "conformance", **case.playbook}, ensure_ascii=False)
        if text not in playbooks:
            path = folder / f"{len(playbooks)}.yaml"
            path.write_text(text, encoding="utf-8")
            playbook = load(path).playbook
            assert playbook is not None
            playbooks[text] = playbook
        found.setdefault((text, case.now), []).append(case)
    return [World(playbooks[text], now, cases) for (text, now), cases in found.items()]


def differences(world: World, engine: Engine) -> list[str]:
    """Where ``engine`` answers something else than the definition, in its rows or in what is
    concluded on the way.
    """
    engine.load(world.tables())
    statement, dialect = world.statement, engine.dialect
    reading = SourceTables(statement, dialect, more=world.all_given)
    flat = FlatResult(statement, dialect, [statement.names[each] for each in concluded(world)])
    query = flat_query(statement, reading, flat, dialect)
    rows = engine.run(dialect.print(query), world.now)
    return [*_in_flat(world, rows), *_in_judged(world, rows)]


def concluded(world: World) -> Iterator[RuleId | EvidenceId]:
    """Return the names of all that a playbook concludes."""
    playbook = world.playbook
    yield from (name for name, _ in rules(playbook))
    for cause in playbook.causes.values():
        yield from (EvidenceId(cause.id, item.id) for item in cause.evidence)
    yield CAUSE_KNOWN


def _in_flat(world: World, rows: Sequence[Row]) -> Iterator[str]:
    for case, judged in world.expected():
        id = judged.recommendation.prospect
        own = [
            {name: _seconds(row[name]) for name in FLAT} for row in rows if row["prospect"] == id
        ]
        own.sort(key=lambda row: row["rank"] or 0)
        expected = answer(world, judged)
        if own != expected:
            wrong = [
                f"{name}: {a[name]!r} for {b[name]!r}"
                for a, b in zip(own, expected, strict=False)
                for name in FLAT
                if a[name] != b[name]
            ]
            yield f"{case}: {wrong or (own, expected)}"


def _seconds(value: Any) -> Any:
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (at - EPOCH) // timedelta(seconds=1)
    return value


def answer(world: World, judged: Evaluation) -> list[dict[str, Any]]:
    """Return the rows that must come out for one prospect."""
    found, playbook = judged.recommendation, world.playbook
    silence = found.silence
    start = {
        "prospect": found.prospect,
        **{name: found.facts.get(name) for name in ("name", "owner", "stage")},
        "state": found.state,
        "silent_since": silence and silence.since,
        "silent_hours": silence and silence.elapsed / 3600,
        "silent_business_hours": silence and silence.open / 3600,
    }
    end = {
        "playbook": playbook.id,
        "as_of": found.now,
        "goes_dark_at": found.goes_dark_at,
        "dark": _ids([each.id for each in found.thresholds]),
        "signals": _ids([each.id for each in found.signals]),
        "causes": _ids([each.cause.id for each in found.causes]),
        "held_back": _ids([each.step.action.id for each in found.held_back]),
    }
    steps = _steps(found) or [dict.fromkeys(STEP)]
    return [{name: ({**start, **step, **end})[name] for name in FLAT} for step in steps]


STEP = (
    "rank", "action", "title", "kind", "channel", "value", "due_at", "cause", "because", "source",
)  # fmt: skip


def _steps(found: Recommendation) -> list[dict[str, Any]]:
    return [
        dict(zip(STEP, (
            rank, step.action.id, step.action.title, step.action.kind, step.action.channel,
            step.value, step.due_at, step.cause and step.cause.id, step.action.because,
            step.action.source,
        ), strict=True))
        for rank, step in enumerate(found.steps, start=1)
    ]  # fmt: skip


def _ids(ids: list[str]) -> str | None:
    return ";".join(ids) or None


def _in_judged(world: World, rows: Sequence[Row]) -> Iterator[str]:
    by_id = {row["prospect"]: row for row in rows}
    for case, judged in world.expected():
        row = by_id.get(judged.recommendation.prospect)
        if row is None:
            yield f"{case}: no row"
            continue
        got, expected = _concluded(world, row), _conclusions(world, judged)
        wrong = [f"{k}: {got[k]!r} for {expected[k]!r}" for k in expected if got[k] != expected[k]]
        if wrong:
            yield f"{case}: {wrong}"


def _conclusions(world: World, judged: Evaluation) -> dict[str, Any]:
    playbook, firings, facts = world.playbook, judged.firings, judged.recommendation.facts
    return {
        "facts": {id: facts.get(id) for id in playbook.facts},
        "dark": list(firings.thresholds),
        "signals": list(firings.signals),
        "actions": list(firings.applicable),
        "guards": list(firings.guards),
        "confidence": {id: value.hex() for id, value in firings.confidence.items()},
        "evidence": {id: list(fired) for id, fired in firings.evidence.items() if fired},
        "cause_known": bool(firings.diagnosed),
    }


def _concluded(world: World, row: Row) -> dict[str, Any]:
    playbook = world.playbook
    own = {name: row[f"_{world.statement.names[name]}"] for name in concluded(world)}

    def those(section: Section, ids: Mapping[str, object]) -> list[str]:
        return [id for id in ids if own[RuleId(section, id)]]

    evidence = {
        cause.id: [item.id for item in cause.evidence if own[EvidenceId(cause.id, item.id)]]
        for cause in playbook.causes.values()
    }
    return {
        "facts": {id: own[RuleId("facts", id)] for id in playbook.facts},
        "dark": those("dark", playbook.thresholds),
        "signals": those("signals", playbook.signals),
        "actions": those("actions", playbook.actions),
        "guards": those("guards", playbook.guards),
        "confidence": {id: float(own[RuleId("causes", id)]).hex() for id in playbook.causes},
        "evidence": {id: fired for id, fired in evidence.items() if fired},
        "cause_known": own[CAUSE_KNOWN],
    }

"""Evaluate contexts by SQL, for comparison with the other evaluators.

The statement is the one for a whole book without measures, which a context has already. DuckDB
plans it again for each run, half a second or more, so it is slow for one prospect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.backends.sql.business_time.calendar_range import horizon
from engine.backends.sql.rules.measure_passes import KEY
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.column_names import ColumnKey
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_tables import load_calendar
from engine.book.readers.duckdb_file import SANDBOX
from engine.book.sql_types import SQL_TYPES, columns_sql
from engine.book.table_schema import staged_name
from engine.language.conditions import Value
from engine.language.model import TABLES, Cause, Playbook
from engine.language.walk import DARK, EvidenceId, RuleId, Section
from engine.semantics.firings import Context, Firings

ZONE = "_zone_asked"
REGION_ASKED = "_region_asked"

PrecomputedRow = Mapping[str, Any]


class SqlEvaluator:
    """An evaluator that runs one playbook as SQL in DuckDB; for one thread only."""

    name = "columnar"

    def __init__(self, playbook: Playbook) -> None:
        import duckdb

        self._playbook = playbook
        self._facts = tuple(playbook.facts.values())
        given = {fact.id: replace(fact, measure=None) for fact in self._facts}
        derived = frozenset(fact.id for fact in self._facts if fact.when is not None)
        self._statement = Statement(
            replace(playbook, facts=given),
            overrides=derived,
            with_evidence=True,
            zone=ZONE,
            region=REGION_ASKED,
            for_duckdb=True,
        )
        self._sql = self._statement.query().sql(dialect="duckdb")
        self._calendars = Calendars(playbook.calendar)
        self._connection = duckdb.connect(":memory:", config={**SANDBOX, "threads": 1})
        self._make_tables()

    def _make_tables(self) -> None:
        facts = {staged_name("id", each.id): SQL_TYPES[each.type] for each in self._facts}
        columns = {"id": "VARCHAR", ZONE: "VARCHAR", REGION_ASKED: "VARCHAR", **facts}
        self._connection.execute(f"CREATE TABLE prospects ({columns_sql(columns)})")
        for name in TABLES:  # read by nothing, as there are no measures
            self._connection.execute(f"CREATE TABLE {name} (prospect_id VARCHAR)")

    def evaluate(self, context: Context) -> Firings:
        """Return what fires for ``context``."""
        return self.evaluate_all([context])[0]

    def evaluate_all(self, contexts: Sequence[Context]) -> list[Firings]:
        """Return what fires for each of ``contexts``, with one run for each distinct instant."""
        found: dict[int, Firings] = {}
        for now in dict.fromkeys(each.now for each in contexts):
            together = {at: each for at, each in enumerate(contexts) if each.now == now}
            found |= self._run(together, now)
        return [found[at] for at in range(len(contexts))]

    def _run(self, contexts: Mapping[int, Context], now: int) -> dict[int, Firings]:
        self._connection.execute("DELETE FROM prospects")
        appender = self._connection.appender("prospects")
        appender.append_rows([self._row(at, each) for at, each in contexts.items()])
        appender.flush()
        self._load_calendar(list(contexts.values()), now)
        result = self._connection.execute(self._sql, {"now": now})
        names = [column[0] for column in result.description or ()]
        rows = (dict(zip(names, row, strict=True)) for row in result.fetchall())
        return {int(row[KEY]): self._firings(row, contexts[int(row[KEY])]) for row in rows}

    def _row(self, at: int, context: Context) -> list[Value | None]:
        facts = [context.facts.get(fact.id) for fact in self._facts]
        return [str(at), context.clock.zone, context.clock.hours.region, *facts]

    def _load_calendar(self, contexts: Sequence[Context], now: int) -> None:
        clocks = self._calendars.sorted_clocks(
            (each.clock.zone, each.clock.hours.region) for each in contexts
        )
        times = [fact.id for fact in self._facts if fact.type == "time"]
        known = [int(each.facts[id]) for each in contexts for id in times if id in each.facts]
        instants = (min([now, *known]), max([now, *known]))
        cutoffs = self._statement.cutoffs
        reach = horizon(cutoffs.durations, cutoffs.business_day, clocks, instants, now)
        load_calendar(self._connection, cutoffs.shape, clocks, *reach)

    def _firings(self, row: PrecomputedRow, context: Context) -> Firings:
        playbook, causes = self._playbook, self._playbook.causes
        considered = {id: self._considered(row, cause) for id, cause in causes.items()}
        confidence = {id: self._read(row, RuleId("causes", id)) for id in causes}
        return Firings(
            derived=self._derived(row, context),
            thresholds=self._fired(row, "dark", playbook.thresholds),
            signals=self._fired(row, "signals", playbook.signals),
            evidence={
                id: tuple(
                    item.id for item in cause.evidence if self._read(row, EvidenceId(id, item.id))
                )
                for id, cause in causes.items()
                if considered[id]
            },
            confidence=confidence,
            diagnosed=tuple(
                id for id in causes if considered[id] and confidence[id] >= playbook.diagnosed_at
            ),
            applicable=self._fired(row, "actions", playbook.actions),
            guards=self._fired(row, "guards", playbook.guards),
        )

    def _read(self, row: PrecomputedRow, key: ColumnKey) -> Any:
        return row[self._statement.names[key]]

    def _considered(self, row: PrecomputedRow, cause: Cause) -> bool:
        key: ColumnKey = DARK if cause.when is None else (RuleId("causes", cause.id), "considered")
        return bool(self._read(row, key))

    def _derived(self, row: PrecomputedRow, context: Context) -> dict[str, bool]:
        found = {
            fact.id: self._read(row, RuleId("facts", fact.id))
            for fact in self._facts
            if fact.when is not None and fact.id not in context.facts
        }
        return {id: truth for id, truth in found.items() if truth is not None}

    def _fired(
        self, row: PrecomputedRow, section: Section, rules: Mapping[str, object]
    ) -> tuple[str, ...]:
        return tuple(id for id in rules if self._read(row, RuleId(section, id)))

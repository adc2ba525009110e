"""Translate measures to SQL: a pass over each table for the measures without bounds, another for
those that are bounded by these, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.rules.conditions_to_sql import ConditionTranslator
from engine.backends.sql.rules.dated_tables import DATED, dated_table
from engine.backends.sql.rules.measure_passes import (
    KEY,
    NO_WORDS,
    OWNER,
    LowCardinality,
    MeasurePass,
    MeasurePlan,
    as_number,
    cell_of,
    count_distinct,
)
from engine.backends.sql.rules.normalize_touches import (
    COMPUTED,
    COPY,
    MESSAGE_COLUMN,
    NO_FEATURES,
    NORMALIZED_TOUCHES,
    TouchFeatures,
    begins_silence,
    columns_needed,
    columns_read,
    largest_of_message,
    normalized_touches,
    number_of_copy,
    touch_columns,
)
from engine.backends.sql.tree.exact_sum import exact_sum
from engine.book import sql_nodes as q
from engine.language.model import Fact, Measure, Playbook, Table
from engine.language.parse.symbols import DEFAULT_CELLS


class MeasureColumns:
    """Translate the measures of a playbook to passes over touches, contacts and events.

    ``emails: {measure: {count: touches, where: {channel: email}}}`` becomes a column of the first
    pass over touches::

        "touches_1" AS (
          SELECT "t"."prospect_id" AS "_prospect",
            CAST(COUNT(CASE WHEN "t"."channel" = 'email' THEN 1 END) AS DOUBLE) AS "emails"
          FROM "touches" AS "t"
          WHERE "t"."at" <= CAST($now AS BIGINT)
          GROUP BY "t"."prospect_id")

    Args:
        playbook: Has the measures.
        cutoffs: The instants that ages are compared with.
        overrides: Measured facts that prospects may have a value of, which then counts.
        words: All distinct values of some text columns: these are counted by bits.
        features: What has to be normalized in touches.
        for_duckdb: Whether conditions may be written for DuckDB only.
    """

    def __init__(  # noqa: PLR0913 - three of them have a default
        self,
        playbook: Playbook,
        cutoffs: Cutoffs,
        overrides: frozenset[str],
        *,
        words: LowCardinality = NO_WORDS,
        features: TouchFeatures = NO_FEATURES,
        for_duckdb: bool = False,
    ) -> None:
        self.features = features
        self._facts = playbook.facts
        self._cutoffs = cutoffs
        self._overrides = overrides
        self._words = words
        self._for_duckdb = for_duckdb
        self._plan = MeasurePlan(playbook)

    def passes(self) -> list[MeasurePass]:
        """Return all passes, each after those it needs."""
        return self._plan.passes()

    def ctes(self) -> Iterator[Cte]:
        """Yield a common table expression for each pass, with a row per prospect that has rows.

        The first one is that of normalized touches, if it takes some work to normalize them.
        """
        passes = self.passes()
        for table in dict.fromkeys(rows.table for rows in passes):
            if dated := self.features.dated(table):
                yield f"{table}{DATED}", dated_table(table, self._columns(table), dated)
        read = any(rows.table == "touches" for rows in passes)
        if self.features and read and not self._normalizes_in_place:
            yield NORMALIZED_TOUCHES, self._normalized_touches()
        for rows in passes:
            yield rows.name, self._select(rows)

    def value(self, fact: Fact, given: str) -> exp.Expression:
        """Build the value of a measured fact, where every pass is joined under its own name.

        ``COALESCE("touches_1"."emails", CAST(0 AS DOUBLE))``: a prospect without rows is in no
        pass, so its counts are NULL there.

        Args:
            fact: A measured fact.
            given: The relation that has the values which override measures.
        """
        measure = self._plan.measure(fact.id)
        found: list[exp.Expression] = [q.column(fact.id, self._plan.pass_of(fact.id).name)]
        if fact.id in self._overrides:
            found.insert(0, q.column(fact.id, given))
        if measure.kind in ("count", "distinct", "sum"):
            found.append(q.double(0))
        if measure.kind == "any":
            found.append(exp.false())
        return q.coalesce(*found)

    def _select(self, rows: MeasurePass) -> exp.Select:
        sources: set[str] = set()
        cutoffs = self._cutoffs.of("prospect_zones")
        row = ConditionTranslator(
            lambda subject: self._cell(rows.table, subject.id),
            cutoffs,
            for_duckdb=self._for_duckdb,
        )
        columns: list[exp.Expression] = [q.named(q.column(OWNER, "t"), KEY)]
        largest: list[exp.Expression] = []
        for fact in rows.facts:
            counts = self._counts(self._plan.measure(fact.id), row, cutoffs, sources)
            columns += self._aggregates(fact, rows, counts, sources)
            largest += self._largest(fact, counts)
        if any(
            each.table == "prospect_zones"
            for each in exp.Tuple(expressions=[*columns, *largest]).find_all(exp.Column)
        ):
            sources.add("prospect_zones")
        source: exp.Table | exp.Subquery = self._table(rows)
        if largest:
            copies = exp.select(q.star("t"), *largest, q.named(number_of_copy(), COPY))
            source = self._joined(copies.from_(source), rows, sources).subquery(
                exp.to_identifier("t", quoted=True)
            )
        select = exp.select(*columns).from_(source)
        return self._joined(select, rows, sources).group_by(q.column(OWNER, "t"))

    def _joined(self, select: exp.Select, rows: MeasurePass, sources: set[str]) -> exp.Select:
        """Join what the conditions on rows read, and keep the rows up to now, or those ahead."""
        for source in sorted(sources):
            same = q.compare_sql(q.column(KEY, source), "=", q.column(OWNER, "t"))
            select = select.join(q.table(source), on=same, join_type="left", copy=False)
        if rows.table == "contacts":
            return select
        sign = ">" if rows.ahead else "<="
        return select.where(q.compare_sql(cell_of("at"), sign, self._cutoffs.now))

    @property
    def _normalizes_in_place(self) -> bool:
        # DuckDB keeps a relation that is read twice, which costs more than what outcomes mean.
        return self._for_duckdb and not self.features.copies

    def _normalized_touches(self) -> exp.Select:
        columns = touch_columns(self._facts.values())
        return normalized_touches(self.features, columns, self._cutoffs.now)

    def _table(self, rows: MeasurePass) -> exp.Table | exp.Subquery:
        if rows.table == "touches" and self.features:
            if self._normalizes_in_place:
                return self._normalized_touches().subquery(exp.to_identifier("t", quoted=True))
            return q.table(NORMALIZED_TOUCHES, "t")
        dated = self.features.dated(rows.table)
        return q.table(f"{rows.table}{DATED}" if dated else rows.table, "t")

    def _columns(self, table: Table) -> frozenset[str]:
        """Return the columns of a table that are read."""
        found = columns_read(self._facts.values(), table)
        return columns_needed(self.features, found) if table == "touches" else found

    def _largest(self, fact: Fact, counts: exp.Expression) -> Iterator[exp.Expression]:
        """Yield, for a sum over touches that may be copies, the largest cell of each message."""
        measure = self._plan.measure(fact.id)
        if not (measure.kind == "sum" and measure.table == "touches" and self.features.copies):
            return
        assert measure.column is not None
        cell = q.case((counts.copy(), self._touch_cell(measure.column.name)))
        yield q.named(largest_of_message(cell), f"_largest_{fact.id}")

    def _touch_cell(self, name: str) -> exp.Expression:
        return self._cell("touches", name)

    def _cell(self, table: Table, name: str) -> exp.Expression:
        """Build a read of a cell, or its default where it is empty."""
        default = DEFAULT_CELLS[table].get(name)
        if default is None or self.features:
            return cell_of(name)
        if name in COMPUTED:
            return exp.Boolean(this=default)
        return q.coalesce(cell_of(name), exp.Boolean(this=default))

    def _counts(
        self, measure: Measure, row: ConditionTranslator, cutoffs: Cutoffs, sources: set[str]
    ) -> exp.Expression:
        """Build whether a row is within the bounds of ``measure`` and certainly meets its `where`.

        Relations that it reads are added to ``sources``.
        """
        at = cell_of("at")
        parts: list[exp.Expression] = []
        if measure.kind == "silence" and measure.after is not None:
            parts.append(begins_silence(self._bound(measure.after, sources), self._touch_cell))
            measure = replace(measure, after=None)
        for bound, sign in ((measure.after, ">"), (measure.before, "<")):
            if bound is not None:
                instant = self._bound(bound, sources)
                beyond = q.compare_sql(at, sign, instant)
                parts.append(exp.Paren(this=q.either([q.is_null(instant), beyond])))
        if measure.within is not None:
            parts.append(q.compare_sql(at, ">=", cutoffs.not_before(measure.within)))
        if measure.where is not None:
            where = row.truth(measure.where)
            parts.append(q.grouped(where))
        return q.both(parts)

    def _bound(self, id: str, sources: set[str]) -> exp.Expression:
        if id not in self._plan:
            sources.add("prospect_zones")
            return q.column(id, "prospect_zones")
        if id in self._overrides:
            sources.add("prospect_zones")
        sources.add(self._plan.pass_of(id).name)
        return self.value(self._facts[id], "prospect_zones")

    def _aggregates(
        self, fact: Fact, rows: MeasurePass, counts: exp.Expression, sources: set[str]
    ) -> list[exp.Expression]:
        measure = self._plan.measure(fact.id)
        cell = None if measure.column is None else self._cell(measure.table, measure.column.name)
        at = cell_of("at")
        found: exp.Expression
        match measure.kind:
            case "last":
                return [self._last(fact, rows, counts, sources)]
            case "count" if self.features.copies and measure.table == "touches":
                message = q.case((counts, q.column(MESSAGE_COLUMN, "t")))
                found = as_number(exp.Count(this=exp.Distinct(expressions=[message])))
            case "count":
                found = as_number(exp.Count(this=q.case((counts, q.whole(1)))))
            case "any":
                # Not BOOL_OR: its name differs between engines.
                flag = exp.Max(this=q.case((counts, q.whole(1)), otherwise=q.whole(0)))
                found = q.compare_sql(flag, "=", q.whole(1))
            case "earliest" | "silence":
                found = exp.Min(this=q.case((counts, at)))
            case "latest":
                found = exp.Max(this=q.case((counts, at)))
            case "sum" if self.features.copies and measure.table == "touches":
                first = q.compare_sql(q.column(COPY, "t"), "=", q.whole(1))
                found = exact_sum(q.case((first, q.column(f"_largest_{fact.id}", "t"))))
            case "sum":
                assert cell is not None
                found = exact_sum(q.case((counts, cell)))
            case _:
                assert cell is not None
                assert measure.column is not None
                words = self._words.get((measure.table, measure.column.name), ())
                found = count_distinct(q.case((counts, cell)), words)
        return [q.named(found, fact.id)]

    def _last(
        self, fact: Fact, rows: MeasurePass, counts: exp.Expression, sources: set[str]
    ) -> exp.Expression:
        """Build the latest instant in the first of two passes, its largest cell in the second."""
        # Not MAX_BY: several rows may have that instant, and the largest of their cells counts.
        name = f"_{fact.id}"
        if rows.level < self._plan.pass_of(fact.id).level:
            return q.named(exp.Max(this=q.case((counts, cell_of("at")))), name)
        earlier = MeasurePass(rows.table, rows.level - 1, (), rows.ahead).name
        sources.add(earlier)
        read = self._plan.measure(fact.id).column
        assert read is not None
        cell = self._cell(rows.table, read.name)
        chosen = q.both([q.compare_sql(cell_of("at"), "=", q.column(name, earlier)), counts])
        if read.type != "boolean":
            return q.named(exp.Max(this=q.case((chosen, cell))), fact.id)
        flag = q.case((cell, q.whole(1)), (exp.Not(this=cell), q.whole(0)))
        largest = exp.Max(this=q.case((chosen, flag)))  # not every engine has a largest boolean
        return q.named(q.compare_sql(largest, "=", q.whole(1)), fact.id)

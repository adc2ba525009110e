"""Translate measures to SQL: a pass over each table for the measures without bounds, another for
those that are bounded by these, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.rules.conditions_to_sql import ConditionTranslator
from engine.backends.sql.tree.exact_sum import exact_sum
from engine.book import sql_nodes as q
from engine.book.table_schema import staged_name
from engine.language.model import Fact, Measure, Playbook, Table
from engine.semantics.dependencies import dependencies

KEY = "_prospect"
"""The column with the id of the prospect, in every relation of the statement."""

OWNER = "prospect_id"
"""The column with the id of the prospect in the tables `touches`, `contacts` and `events`."""


LowCardinality = Mapping[tuple[Table, str], tuple[str, ...]]
"""All distinct values of some text columns, by table and column; at most `MAX_WORDS` each."""

MAX_WORDS = 60
"""One bit for each fits into a BIGINT."""

NO_WORDS: LowCardinality = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MeasurePass:
    """One pass over the rows of a table.

    Attributes:
        table: The table.
        level: 0 for measures without bounds, else one more than the level of their bounds.
        facts: The measured facts. One of the kind `last` is in two passes: the first finds the
            latest instant, the second the cell of that row.
    """

    table: Table
    level: int
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """The name of its common table expression."""
        return f"{self.table}_{self.level + 1}"


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
        for_duckdb: Whether conditions may be written for DuckDB only.
    """

    def __init__(
        self,
        playbook: Playbook,
        cutoffs: Cutoffs,
        overrides: frozenset[str],
        words: LowCardinality = NO_WORDS,
        for_duckdb: bool = False,
    ) -> None:
        self._facts = playbook.facts
        self._cutoffs = cutoffs
        self._overrides = overrides
        self._words = words
        self._for_duckdb = for_duckdb
        self._levels: dict[str, int] = {}
        for id in dependencies(playbook).measure_order:
            self._levels[id] = self._level_of(self._measure(id))

    def _measure(self, id: str) -> Measure:
        measure = self._facts[id].measure
        assert measure is not None
        return measure

    def _level_of(self, measure: Measure) -> int:
        bounds = [name for name in (measure.after, measure.before) if name in self._levels]
        level = max((self._levels[name] + 1 for name in bounds), default=0)
        return level + 1 if measure.kind == "last" else level

    def passes(self) -> list[MeasurePass]:
        """Return all passes, each after those it needs."""
        found: dict[tuple[int, Table], list[Fact]] = {}
        for id, level in self._levels.items():
            fact = self._facts[id]
            measure = self._measure(id)
            found.setdefault((level, measure.table), []).append(fact)
            if measure.kind == "last":
                found.setdefault((level - 1, measure.table), []).append(fact)
        return [
            MeasurePass(table, level, tuple(facts))
            for (level, table), facts in sorted(found.items(), key=lambda item: item[0])
        ]

    def ctes(self) -> Iterator[Cte]:
        """Yield a common table expression for each pass, with a row per prospect that has rows."""
        for rows in self.passes():
            yield rows.name, self._select(rows)

    def value(self, fact: Fact, given: str) -> exp.Expression:
        """Build the value of a measured fact, where every pass is joined under its own name.

        ``COALESCE("touches_1"."emails", CAST(0 AS DOUBLE))``: a prospect without rows is in no
        pass, so its counts are NULL there.

        Args:
            fact: A measured fact.
            given: The relation that has the values which override measures.
        """
        measure = self._measure(fact.id)
        found: list[exp.Expression] = [q.column(fact.id, self._pass_of(fact.id))]
        if fact.id in self._overrides:
            found.insert(0, q.column(fact.id, given))
        if measure.kind in ("count", "distinct", "sum"):
            found.append(q.double(0))
        if measure.kind == "any":
            found.append(exp.false())
        return q.coalesce(*found)

    def _pass_of(self, id: str) -> str:
        return MeasurePass(self._measure(id).table, self._levels[id], ()).name

    def _select(self, rows: MeasurePass) -> exp.Select:
        sources: set[str] = set()
        cutoffs = self._cutoffs.of("prospect_zones")
        row = ConditionTranslator(
            lambda subject: cell_of(subject.id), cutoffs, for_duckdb=self._for_duckdb
        )
        columns: list[exp.Expression] = [q.named(q.column(OWNER, "t"), KEY)]
        for fact in rows.facts:
            counts = self._counts(self._measure(fact.id), row, cutoffs, sources)
            columns += self._aggregates(fact, rows, counts, sources)
        if any(
            each.table == "prospect_zones"
            for each in exp.Tuple(expressions=columns).find_all(exp.Column)
        ):
            sources.add("prospect_zones")
        select = exp.select(*columns).from_(q.table(rows.table, "t"))
        for source in sorted(sources):
            same = q.compare_sql(q.column(KEY, source), "=", q.column(OWNER, "t"))
            select = select.join(q.table(source), on=same, join_type="left", copy=False)
        if rows.table != "contacts":
            select = select.where(q.compare_sql(cell_of("at"), "<=", cutoffs.now))
        return select.group_by(q.column(OWNER, "t"))

    def _counts(
        self, measure: Measure, row: ConditionTranslator, cutoffs: Cutoffs, sources: set[str]
    ) -> exp.Expression:
        """Build whether a row is within the bounds of ``measure`` and certainly meets its `where`.

        Relations that it reads are added to ``sources``.
        """
        at = cell_of("at")
        parts: list[exp.Expression] = []
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
        if id not in self._levels:
            sources.add("prospect_zones")
            return q.column(id, "prospect_zones")
        if id in self._overrides:
            sources.add("prospect_zones")
        sources.add(self._pass_of(id))
        return self.value(self._facts[id], "prospect_zones")

    def _aggregates(
        self, fact: Fact, rows: MeasurePass, counts: exp.Expression, sources: set[str]
    ) -> list[exp.Expression]:
        measure = self._measure(fact.id)
        cell = None if measure.column is None else cell_of(measure.column.name)
        at = cell_of("at")
        found: exp.Expression
        match measure.kind:
            case "last":
                return [self._last(fact, rows, counts, sources)]
            case "count":
                found = _as_number(exp.Count(this=q.case((counts, q.whole(1)))))
            case "any":
                # Not BOOL_OR: its name differs between engines.
                flag = exp.Max(this=q.case((counts, q.whole(1)), otherwise=q.whole(0)))
                found = q.compare_sql(flag, "=", q.whole(1))
            case "earliest":
                found = exp.Min(this=q.case((counts, at)))
            case "latest":
                found = exp.Max(this=q.case((counts, at)))
            case "sum":
                assert cell is not None
                found = exact_sum(q.case((counts, cell)))
            case _:
                assert cell is not None
                found = self._different(measure, counts, cell)
        return [q.named(found, fact.id)]

    def _different(
        self, measure: Measure, counts: exp.Expression, cell: exp.Expression
    ) -> exp.Expression:
        assert measure.column is not None
        words = self._words.get((measure.table, measure.column.name), ())
        if not words:
            return _as_number(exp.Count(this=exp.Distinct(expressions=[q.case((counts, cell))])))
        # A bit for each word, as no group has to keep the words it has seen then.
        names, bits = zip(
            *((q.text(word), q.whole(1 << at)) for at, word in enumerate(words)), strict=True
        )
        bit = q.call("map_extract_value", q.call("map", q.array(names), q.array(bits)), cell)
        seen = exp.BitwiseOrAgg(this=q.case((counts, exp.cast(bit, "BIGINT"))))
        return _as_number(q.coalesce(q.call("bit_count", seen), q.whole(0)))

    def _last(
        self, fact: Fact, rows: MeasurePass, counts: exp.Expression, sources: set[str]
    ) -> exp.Expression:
        """Build the latest instant in the first of two passes, its largest cell in the second."""
        # Not MAX_BY: several rows may have that instant, and the largest of their cells counts.
        name = f"_{fact.id}"
        if rows.level < self._levels[fact.id]:
            return q.named(exp.Max(this=q.case((counts, cell_of("at")))), name)
        earlier = MeasurePass(rows.table, rows.level - 1, ()).name
        sources.add(earlier)
        read = self._measure(fact.id).column
        assert read is not None
        cell = cell_of(read.name)
        chosen = q.both([q.compare_sql(cell_of("at"), "=", q.column(name, earlier)), counts])
        if read.type != "boolean":
            return q.named(exp.Max(this=q.case((chosen, cell))), fact.id)
        flag = q.case((cell, q.whole(1)), (exp.Not(this=cell), q.whole(0)))
        largest = exp.Max(this=q.case((chosen, flag)))  # not every engine has a largest boolean
        return q.named(q.compare_sql(largest, "=", q.whole(1)), fact.id)


def cell_of(name: str) -> exp.Expression:
    """Build a read of the column ``name`` of the table that a pass aggregates."""
    return q.column(staged_name(OWNER, name), "t")


def _as_number(count: exp.Expression) -> exp.Expression:
    return exp.cast(count, "DOUBLE")

"""Translate a whole playbook to SQL: time zones, measures, facts, rules, dates, actions.

The relations, each over the one before: `zones`, `prospect_regions` if the calendar has regions,
`prospect_zones`, `touches_1`, ..., `facts`,
`business_starts`, ..., `next_touch`, `layer_1`, ..., `time_to_dark`, `goes_dark`, `best_cause`,
`action_values`, `evaluated`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.actions.actions_to_sql import ActionColumns
from engine.backends.sql.actions.always_open import (
    AlwaysOpenSchedule,
    always_open,
    without_calendar,
)
from engine.backends.sql.actions.schedule_to_sql import ScheduleColumns
from engine.backends.sql.business_time.cutoffs import collect_cutoffs
from engine.backends.sql.business_time.region_columns import RegionColumns
from engine.backends.sql.business_time.zone_ctes import REGION, Cte, clock_columns, zone_ctes
from engine.backends.sql.rules.dated_tables import (
    PLACES,
    date_instant_sql,
    join_days,
    prospect_places,
)
from engine.backends.sql.rules.measure_passes import KEY, NO_WORDS, LowCardinality
from engine.backends.sql.rules.measures_to_sql import MeasureColumns
from engine.backends.sql.rules.normalize_touches import TouchFeatures, all_features
from engine.backends.sql.rules.rules_to_sql import RuleColumns
from engine.backends.sql.tree.column_names import ColumnNames
from engine.book import sql_nodes as q
from engine.book.sql_types import cast
from engine.book.table_schema import day_name, staged_name
from engine.language.model import Fact, Playbook
from engine.language.walk import DARK, RuleId
from engine.semantics.normalize_rows import CLOSING


class Statement:
    """One playbook as SQL over the tables `prospects`, `touches`, `contacts` and `events`.

    The tables are as `engine.book.staging.stage` makes them: `prospects` has the key `id` and a
    column for every given fact; the others have the key `prospect_id`. Booleans are booleans,
    numbers doubles, instants and durations whole seconds; unknown is NULL.

    Args:
        playbook: What to evaluate.
        now: The instant, in seconds since 1970 UTC; None makes it the parameter `now`.
        overrides: Measured and derived facts that `prospects` has a column for; they are computed
            where it is NULL.
        with_evidence: Add a column for each piece of evidence: whether it counts.
        zone: The column of `prospects` with the time zone; for a zone that the calendar's tables do
            not have, that of the prospect's region, else of the playbook's calendar, counts.
        region: The column of `prospects` with the region; None finds it from facts.
        for_duckdb: Write what is fastest in DuckDB and may not run elsewhere.
        words: All values of some text columns, at most `MAX_WORDS` each; for DuckDB only.
        features: What has to be normalized in touches; None for all that there may be.
    """

    def __init__(  # noqa: PLR0913 - every one but the first has a default
        self,
        playbook: Playbook,
        *,
        now: int | None = None,
        overrides: frozenset[str] = frozenset(),
        with_evidence: bool = False,
        zone: str = "timezone",
        region: str | None = None,
        for_duckdb: bool = False,
        words: LowCardinality = NO_WORDS,
        features: TouchFeatures | None = None,
    ) -> None:
        self.playbook = playbook
        self._zone = zone
        self._regions = RegionColumns(playbook.calendar, region)
        self.names = ColumnNames(playbook)
        instant = exp.Placeholder(this="now") if now is None else exp.Literal.number(now)
        self.cutoffs = collect_cutoffs(playbook, cast(instant, "BIGINT"))
        self.measures = MeasureColumns(
            playbook,
            self.cutoffs,
            overrides,
            words=words,
            features=all_features(playbook) if features is None else features,
            for_duckdb=for_duckdb,
        )
        self.rules = RuleColumns(
            playbook,
            self.names,
            self.cutoffs,
            overrides,
            with_evidence=with_evidence,
            for_duckdb=for_duckdb,
        )
        self.actions = ActionColumns(playbook, self.names, self.rules, self.cutoffs)
        self._always_open = always_open(playbook.calendar)
        dates = AlwaysOpenSchedule if self._always_open else ScheduleColumns
        self._dates = dates(playbook, self.rules, self.cutoffs)
        self._overrides = overrides

    def relations(self) -> list[Cte]:
        """Return all common table expressions; the last, `evaluated`, has every column."""
        return [
            *self._zones(),
            *self._prospect_zones(),
            *self.measures.ctes(),
            self._facts(),
            *self._rules(),
        ]

    def clocks(self) -> exp.Select:
        """Build a select of the regions and zones of all prospects, without duplicates.

        ``SELECT DISTINCT CASE ... END AS "region", "p"."timezone" AS "zone" FROM "prospects" AS
        "p"``; the zone may be NULL or not a zone.
        """
        zone = q.named(q.column(self._zone, "p"), "zone")
        region = q.named(self._regions.of("p"), "region")
        return exp.select(region, zone).distinct().from_(q.table("prospects", "p"))

    def _zones(self) -> Iterator[Cte]:
        if self._always_open:
            yield without_calendar(self.cutoffs)
        else:
            yield from zone_ctes(self.cutoffs)

    def _rules(self) -> Iterator[Cte]:
        yield from self._dates.before_rules("facts")
        last = "next_touch"
        for name, select in self.rules.ctes(last):
            yield name, select
            last = name
        yield from self._dates.after_rules(last)
        yield from self.actions.ctes("goes_dark")
        yield self._evaluated()

    def _prospect_zones(self) -> Iterator[Cte]:
        """Select every prospect with the row of its own zone, or else of its region's zone."""
        dated = self.measures.features.dated("prospects")
        facts = [
            q.named(self._as_of_now(fact, dated), fact.id)
            for fact in self.playbook.facts.values()
            if fact.given or fact.id in self._overrides
        ]
        columns = [q.named(q.column("id", "p"), KEY), *facts, q.star("z")]
        select = exp.select(*columns).from_(q.table("prospects", "p"))
        days = [q.column(day_name(name), "p") for name in dated]
        if self.measures.features.dates:
            home = self._regions.zone(self._regions.of("p"))
            yield PLACES, prospect_places(q.column(self._zone, "p"), home)
        if self._always_open:
            select = join_days(select, q.column("id", "p"), days)
            yield "prospect_zones", select.join(q.table("zones", "z"), join_type="cross")
            return
        if self._regions:
            region = q.named(self._regions.of("p"), REGION)
            regions = exp.select(q.star("p"), region).from_(q.table("prospects", "p"))
            yield "prospect_regions", regions
            select = exp.select(*columns).from_(q.table("prospect_regions", "p"))
        select = join_days(select, q.column("id", "p"), days)
        # Two joins, each on equality: the first finds out whether the zone is known.
        own = [q.compare_sql(q.column("_zone", "o"), "=", q.column(self._zone, "p"))]
        default = self._regions.zone(q.column(REGION, "p"))
        zone = q.coalesce(q.column("_zone", "o"), default)
        on = [q.compare_sql(q.column("_zone", "z"), "=", zone)]
        if self._regions:
            for owner, conditions in (("o", own), ("z", on)):
                same = q.compare_sql(q.column(REGION, owner), "=", q.column(REGION, "p"))
                conditions.append(same)
        select = select.join(q.table("zones", "o"), on=q.both(own), join_type="left")
        yield "prospect_zones", select.join(q.table("zones", "z"), on=q.both(on))

    def _as_of_now(self, fact: Fact, dated: tuple[str, ...]) -> exp.Expression:
        """Build the value of a given fact as it is known now."""
        value = self._given(fact, dated)
        closing = self.playbook.facts.get("closed_at")
        if fact.id not in CLOSING or closing is None or not closing.given:
            return value
        closes = self._given(closing, dated)
        later = q.compare_sql(closes, ">", self.cutoffs.now)
        return q.case((q.is_true(q.negated(q.is_true(later))), value))

    def _given(self, fact: Fact, dated: tuple[str, ...]) -> exp.Expression:
        """Build the value of a given fact, or of one that overrides a measure."""
        column = staged_name("id", fact.id)
        if fact.id in dated:
            return date_instant_sql(column, dated.index(fact.id), end=fact.date_means == "end")
        return q.column(column, "p")

    def _facts(self) -> Cte:
        """Select given and measured facts, and the columns of the zone."""
        cutoffs = self.cutoffs
        clock = [*clock_columns(cutoffs.shape), *cutoffs.columns.values(), *cutoffs.dues.values()]
        columns: list[exp.Expression] = [q.column(name, "prospect_zones") for name in (KEY, *clock)]
        for fact in self.playbook.facts.values():
            if fact.given:
                columns.append(q.column(fact.id, "prospect_zones"))
            elif fact.measure is not None:
                columns.append(q.named(self.measures.value(fact, "prospect_zones"), fact.id))
            elif fact.id in self._overrides:
                columns.append(q.named(q.column(fact.id, "prospect_zones"), f"_given_{fact.id}"))
        select = exp.select(*columns).from_(q.table("prospect_zones"))
        for rows in self.measures.passes():
            same = q.compare_sql(q.column(KEY, rows.name), "=", q.column(KEY, "prospect_zones"))
            select = select.join(q.table(rows.name), on=same, join_type="left", copy=False)
        return "facts", select

    def _evaluated(self) -> Cte:
        """Select all columns, and the state."""
        rules = self.rules
        state = q.case(
            (rules.column(DARK), q.text("dark")),
            *[
                (rules.column(RuleId("facts", state)), q.text(state))
                for state in ("closed", "unclear")
                if state in self.playbook.facts
            ],
            (q.is_not_null(rules.column(RuleId("facts", "silent_since"))), q.text("waiting")),
            (q.is_not_null(rules.column(RuleId("facts", "last_reply_at"))), q.text("our_turn")),
            otherwise=q.text("untouched"),
        )
        return "evaluated", q.select_all("action_values").select(
            q.named(state, "_state"), copy=False
        )

    def query(self) -> exp.Select:
        """Build the select of all columns of every prospect."""
        return self.over(exp.select(exp.Star()).from_(q.table("evaluated")))

    def over(self, select: exp.Select) -> exp.Select:
        """Build ``select`` with the statement's common table expressions in front of it."""
        return q.with_relations(select, self.relations())

"""The whole statement: time zones, measures, facts, layers of rules, dates, next steps."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.advice.actions_to_sql import ActionColumns
from engine.backends.sql.advice.always_open import (
    AlwaysOpenSchedule,
    always_open,
    without_calendar,
)
from engine.backends.sql.advice.schedule_to_sql import ScheduleColumns
from engine.backends.sql.business_time.cutoffs import CLOCK, Cte, zone_ctes
from engine.backends.sql.business_time.windows import Cutoffs
from engine.backends.sql.rules.measures_to_sql import KEY, NO_WORDS, LowCardinality, MeasureColumns
from engine.backends.sql.rules.rules_to_sql import RuleColumns
from engine.backends.sql.tree.column_names import ColumnNames
from engine.book.sql_nodes import (
    case,
    coalesce,
    column,
    compare_sql,
    is_not_null,
    named,
    select_all,
    star,
    table,
    text,
)
from engine.book.table_schema import staged_name
from engine.language.model import Playbook


class Statement:
    """One playbook over the relations `prospects`, `touches`, `contacts` and `events`.

    These are as `engine.book.staging.stage` makes them: `prospects` has the key `id` and a column
    for every given fact, and here for those ``overrides`` that the playbook would work out itself;
    rows have the key `prospect_id` and their columns. Booleans are booleans, numbers doubles, times
    and durations whole seconds; unknown is NULL. ``now`` is written into the statement, or a
    parameter of that name. ``zone`` is the column of `prospects` that names a time zone; where it
    names none of the calendar's tables, the calendar's own counts. ``for_duckdb``: as fast as
    DuckDB has it, and for no other engine; then ``words`` may say of columns of text all that
    stands in them, at most `MAX_WORDS` each.
    """

    def __init__(  # noqa: PLR0913 - every one but the first has a default
        self,
        playbook: Playbook,
        *,
        now: int | None = None,
        overrides: frozenset[str] = frozenset(),
        with_evidence: bool = False,
        zone: str = "timezone",
        for_duckdb: bool = False,
        words: LowCardinality = NO_WORDS,
    ) -> None:
        self.playbook = playbook
        self._zone = zone
        self.names = ColumnNames(playbook)
        instant = exp.Placeholder(this="now") if now is None else exp.Literal.number(now)
        day = playbook.calendar.business_day
        self.cutoffs = Cutoffs(exp.cast(instant, "BIGINT"), day, "f", lowers=for_duckdb)
        self.measures = MeasureColumns(playbook, self.cutoffs, overrides, words)
        self.rules = RuleColumns(
            playbook, self.names, self.cutoffs, overrides, with_evidence=with_evidence
        )
        self.actions = ActionColumns(playbook, self.names, self.rules, self.cutoffs)
        self._always_open = always_open(playbook.calendar)
        dates = AlwaysOpenSchedule if self._always_open else ScheduleColumns
        self._dates = dates(playbook, self.rules, self.cutoffs)
        self._by_hand = overrides

    def relations(self) -> list[Cte]:
        """All common table expressions; the last, `judged`, holds everything."""
        passes = list(self.measures.ctes())
        rules = list(self._rules())
        # Everything that counts from now has asked for its mark by here.
        clocks = (
            [without_calendar(self.cutoffs)] if self._always_open else list(zone_ctes(self.cutoffs))
        )
        return [*clocks, self._people(), *passes, self._facts(), *rules]

    def _rules(self) -> Iterator[Cte]:
        yield from self._dates.before_rules("facts")
        last = "scheduled"
        for name, select in self.rules.ctes(last):
            yield name, select
            last = name
        yield from self._dates.after_rules(last)
        yield from self.actions.ctes("fated")
        yield self._judged()

    def _people(self) -> Cte:
        """Every prospect with the clock of its own zone, or of the calendar's."""
        own = compare_sql(column("_zone", "o"), "=", column(self._zone, "p"))
        zone = coalesce(column("_zone", "o"), text(self.playbook.calendar.timezone))
        facts = [
            named(column(staged_name("id", fact.id), "p"), fact.id)
            for fact in self.playbook.facts.values()
            if fact.given or fact.id in self._by_hand
        ]
        columns = [named(column("id", "p"), KEY), *facts, star("z")]
        select = exp.select(*columns).from_(table("prospects", "p"))
        if self._always_open:
            return "people", select.join(table("zones", "z"), join_type="cross")
        select = select.join(table("zones", "o"), on=own, join_type="left")
        on = compare_sql(column("_zone", "z"), "=", zone)
        return "people", select.join(table("zones", "z"), on=on)

    def _facts(self) -> Cte:
        """Given and measured facts beside each other, and the clock."""
        clock = [*CLOCK, *self.cutoffs.columns.values(), *self.cutoffs.dues.values()]
        columns: list[exp.Expression] = [column(name, "people") for name in (KEY, *clock)]
        for fact in self.playbook.facts.values():
            if fact.given:
                columns.append(column(fact.id, "people"))
            elif fact.measure is not None:
                columns.append(named(self.measures.value(fact, "people"), fact.id))
            elif fact.id in self._by_hand:
                columns.append(named(column(fact.id, "people"), f"_given_{fact.id}"))
        select = exp.select(*columns).from_(table("people"))
        for rows in self.measures.passes():
            same = compare_sql(column(KEY, rows.name), "=", column(KEY, "people"))
            select = select.join(table(rows.name), on=same, join_type="left")
        return "facts", select

    def _judged(self) -> Cte:
        """Everything, and the state."""
        rules = self.rules
        state = case(
            (rules.column("dark"), text("dark")),
            (is_not_null(rules.column("facts.silent_since")), text("waiting")),
            (is_not_null(rules.column("facts.last_reply_at")), text("our_turn")),
            otherwise=text("untouched"),
        )
        return "judged", select_all("worth").select(named(state, "_state"), copy=False)

    def query(self) -> exp.Select:
        """All columns of every prospect."""
        return self.over(exp.select(exp.Star()).from_(table("judged")))

    def over(self, select: exp.Select) -> exp.Select:
        """``select`` with the statement's relations before it."""
        for name, relation in self.relations():
            select = select.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
        return select

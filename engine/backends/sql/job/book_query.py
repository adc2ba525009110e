"""Query a staged book with the statement of a playbook."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.business_time.calendar_range import horizon
from engine.backends.sql.business_time.zone_ctes import ZONES, Cte
from engine.backends.sql.job.touch_features import load_local_days, touch_features
from engine.backends.sql.rules.measure_passes import MAX_WORDS, cell_of
from engine.backends.sql.statement import Statement
from engine.book.calendar.business_clock import DAY, Clock
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_tables import load_calendar
from engine.book.sql_nodes import is_not_null, table, with_relations
from engine.book.staging.stage import Staged
from engine.book.staging.staged_sql import define, rows
from engine.language.model import Playbook, Table

WORDED = ("text", "choice")


class BookQuery:
    """The statement of a playbook over a staged book.

    Nothing is evaluated until the connection runs what `sql` returns. One at a time for a book: a
    later one replaces the calendar and the zones in its connection.

    Args:
        staged: The book; the tables of its calendar are loaded into its connection.
        playbook: What to evaluate.
        now: The instant, in seconds since 1970 UTC.
    """

    def __init__(self, staged: Staged, playbook: Playbook, now: int) -> None:
        self.connection = staged.connection
        words = dict(_few_words(staged, playbook))
        features = touch_features(staged, playbook, now)
        self.statement = Statement(
            playbook,
            now=now,
            overrides=staged.overriding,
            for_duckdb=True,
            words=words,
            features=features,
        )
        if features.dates:
            load_local_days(staged, features.dates)
        relations = self.statement.relations()
        clocks = self._clocks(staged, Calendars(playbook.calendar))
        # A date alone may begin a day earlier or end two days later than where it was read.
        instants = (staged.earliest - DAY, staged.latest + 2 * DAY)
        cutoffs = self.statement.cutoffs
        reach = horizon(cutoffs.durations, cutoffs.business_day, clocks, instants, now)
        load_calendar(self.connection, cutoffs.shape, clocks, *reach)
        last = [name for name, _ in relations].index(ZONES)
        # DuckDB takes a relation that groups for a large one, and would have its few rows look for
        # those of all prospects, on one thread. Of a table it knows the size.
        zones = with_relations(relations[last][1], relations[:last])
        define(self.connection, "TABLE", ZONES, zones)
        self._relations = relations[last + 1 :]

    def _clocks(self, staged: Staged, calendars: Calendars) -> list[Clock]:
        """Return the clocks of all prospects, and that of the calendar's own zone."""
        if not calendars.calendar.regions:
            return [calendars.clock(zone) for zone in staged.zones]
        found = rows(self.connection, self.statement.clocks())
        named = ((calendars.zone_of(str(region), zone), str(region)) for region, zone in found)
        return calendars.sorted_clocks([calendars.main, *named])

    def sql(self, select: exp.Select, *more: Cte) -> str:
        """Print ``select`` with the relations of the statement in front of it, for DuckDB.

        Args:
            select: Reads `evaluated`, or the last of ``more``.
            more: Relations that follow `evaluated`.
        """
        return with_relations(select, (*self._relations, *more)).sql(dialect="duckdb")


def _few_words(
    staged: Staged, playbook: Playbook
) -> Iterator[tuple[tuple[Table, str], tuple[str, ...]]]:
    """Yield all values of each text column whose distinct values are counted, if they are few."""
    found = [fact.measure for fact in playbook.facts.values() if fact.measure is not None]
    counted = {
        (measure.table, measure.column.name)
        for measure in found
        if measure.kind == "distinct" and measure.column and measure.column.type in WORDED
    }
    for name, of in sorted(counted):
        cell = cell_of(of)
        query = exp.select(cell).distinct().from_(table(name, "t")).where(is_not_null(cell.copy()))
        cells = rows(staged.connection, query.order_by(cell.copy()).limit(MAX_WORDS + 1))
        if len(cells) <= MAX_WORDS:
            yield (name, of), tuple(str(word) for (word,) in cells)

"""Rank all prospects of a book in SQL, so that only the first few are evaluated in full."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from engine.backends.sql.actions.actions_to_sql import NONE
from engine.backends.sql.job.book_query import BookQuery
from engine.backends.sql.rules.measure_passes import KEY
from engine.book import sql_nodes as q
from engine.language.model import Action
from engine.language.walk import RuleId
from engine.semantics.prospect_filter import ProspectFilter


class Ranking:
    """A table of all prospects: state, owner, account, value and due instant of the first step.

    Args:
        book: The query; the table is temporary in its connection and is computed once.
        with_due: Whether to compute due instants, which take joins with the calendar.
    """

    def __init__(self, book: BookQuery, *, with_due: bool) -> None:
        self._connection = book.connection
        self._statement = book.statement
        actions = self._statement.playbook.actions
        self._actions = [actions[id] for id in sorted(actions)]
        query = book.sql(self._first_step(with_due), ("first_steps", self._with_first_value()))
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE ranked AS {query}")

    def count(self, state: str | None = None) -> int:
        """Return the number of prospects, of those in one ``state`` if that is given."""
        query = exp.select(exp.Count(this=exp.Star())).from_(q.table("ranked"))
        if state is not None:
            query = query.where(q.compare_sql(q.column("state"), "=", q.text(state)))
        return self._number(query)

    def owners(self) -> frozenset[str]:
        """Return the owners of all prospects."""
        found = self._connection.execute("SELECT DISTINCT owner FROM ranked").fetchall()
        return frozenset(str(owner) for (owner,) in found if owner is not None)

    def accounts(self) -> dict[str, object]:
        """Return the account of each prospect by its id, None for one that has none."""
        return dict(self._connection.execute("SELECT id, account FROM ranked").fetchall())

    def chosen(
        self, wanted: ProspectFilter, rounded: Callable[[float], float], limit: int | None
    ) -> tuple[list[str], int]:
        """Return the ids of the first prospects that ``wanted`` admits, and the number of all.

        Args:
            wanted: Which prospects; its ``limit`` is ignored.
            rounded: Rounds a value as it is shown; prospects are ordered by the rounded value of
                their first step, then by id, those without a step last.
            limit: The number of ids to return; None for all.
        """
        admitted = self._admits(wanted)
        total = self._number(
            exp.select(exp.Count(this=exp.Star())).from_(q.table("ranked", "f")).where(admitted)
        )
        self._round(rounded)
        select = exp.select(q.column("id", "f")).from_(q.table("ranked", "f"))
        same = q.compare_sql(q.column("value", "r"), "=", q.column("value", "f"))
        select = select.join(q.table("rounded", "r"), on=same).where(admitted)
        select = select.order_by(
            exp.Ordered(this=q.column("shown", "r"), desc=True), q.column("id", "f")
        )
        select = select if limit is None else select.limit(limit)
        found = self._connection.execute(select.sql(dialect="duckdb")).fetchall()
        return [id for (id,) in found], total

    def _with_first_value(self) -> exp.Select:
        """Add the largest value of the steps to all columns."""
        values = [self._open_value(each) for each in self._actions]
        first = q.greatest(values) if values else q.double(NONE)
        return q.select_all("evaluated").select(q.named(first, "_first"), copy=False)

    def _first_step(self, with_due: bool) -> exp.Select:
        facts, rules = self._statement.playbook.facts, self._statement.rules
        owner, account = (
            rules.column(RuleId("facts", id)) if id in facts else q.null("VARCHAR")
            for id in ("owner", "account")
        )
        columns = [
            q.named(q.column(KEY, "f"), "id"),
            q.named(q.column("_state", "f"), "state"),
            q.named(owner, "owner"),
            q.named(account, "account"),
            q.named(q.column("_first", "f"), "value"),
            q.named(self._due() if with_due else q.null("BIGINT"), "due"),
        ]
        return exp.select(*columns).from_(q.table("first_steps", "f"))

    def _due(self) -> exp.Expression:
        """Build the due instant of the first step; of equal values, that of the first by id."""
        first = q.column("_first", "f")
        dues = [
            (
                q.both(
                    [
                        q.compare_sql(first, ">=", q.double(0)),
                        q.compare_sql(self._open_value(each), "=", first),
                    ]
                ),
                self._statement.actions.due(each),
            )
            for each in self._actions
        ]
        return q.case(*dues, otherwise=q.null("BIGINT")) if dues else q.null("BIGINT")

    def _open_value(self, action: Action) -> exp.Expression:
        """Build the value of ``action``, or `NONE` if it is not eligible or is held back."""
        steps = self._statement.actions
        value = q.coalesce(steps.value(action), q.double(NONE))
        if not steps.holders(action):
            return value
        return q.case((steps.held(action), q.double(NONE)), otherwise=value)

    def _admits(self, wanted: ProspectFilter) -> exp.Expression:
        tests: list[exp.Expression] = []
        has_step = q.compare_sql(q.column("value", "f"), ">=", q.double(0))
        if not wanted.everybody:
            tests.append(has_step)
        if wanted.states:
            tests.append(q.is_any_of(q.column("state", "f"), wanted.states))
        if wanted.owners:
            # Compared in Python, which folds case as the rest of Relight does.
            names = sorted(filter(wanted.asks_for, self.owners()))
            tests.append(q.is_any_of(q.column("owner", "f"), names))
        if wanted.due_by is not None:
            tests.append(q.compare_sql(q.column("due", "f"), "<=", q.whole(wanted.due_by)))
        return q.both(tests)

    def _round(self, rounded: Callable[[float], float]) -> None:
        """Create a table of all distinct values and how each is shown.

        SQL rounds differently. There are few distinct values, so they are rounded in Python.
        """
        values = self._connection.execute("SELECT DISTINCT value FROM ranked").fetchall()
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE rounded (value DOUBLE, shown DOUBLE)"
        )
        appender = self._connection.appender("rounded")
        shown = [(value, rounded(value) if value >= 0 else NONE) for (value,) in values]
        appender.append_rows(shown)
        appender.flush()

    def _number(self, select: exp.Select) -> int:
        found = self._connection.execute(select.sql(dialect="duckdb")).fetchall()
        return int(found[0][0])

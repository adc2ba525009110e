"""Score a staged book at once, or one range of ids after another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.job.book_query import BookQuery
from engine.backends.sql.result.nested_result import NestedResult
from engine.book.sql_nodes import both, call, column, compare_sql, star, table, text, whole
from engine.book.staging.stage import Staged
from engine.book.staging.staged_sql import rows
from engine.book.table_schema import TABLE_NAMES
from engine.language.model import Playbook

SAMPLED = 10_000
"""The approximate number of ids that are sampled to split a book into ranges."""


@dataclass(frozen=True, slots=True)
class IdRange:
    """The ids from ``first``, included, to ``last``, excluded; None is no bound."""

    first: str | None = None
    last: str | None = None


class ScoredBook:
    """The query of `result_schema.NESTED` for every prospect of a book.

    Args:
        staged: The book.
        playbook: What to evaluate.
        now: The instant, in seconds since 1970 UTC.
    """

    def __init__(self, staged: Staged, playbook: Playbook, now: int) -> None:
        self.connection = staged.connection
        query = BookQuery(staged, playbook, now)
        nested = NestedResult(query.statement)
        self._query = query.sql(nested.select(), *nested.relations())

    def count(self) -> int:
        """Return the number of prospects."""
        query = exp.select(exp.Count(this=exp.Star())).from_(_whole("prospects"))
        found = self.connection.execute(query.sql(dialect="duckdb")).fetchall()
        return int(found[0][0])

    def spans(self, size: int) -> list[IdRange]:
        """Split all ids, in their order, into ranges of about ``size`` prospects."""
        # From a sample by hash: a window function would hold all ids in memory.
        count = self.count()
        parts = -(-count // size)
        if parts <= 1:
            return [IdRange()]
        picked = exp.Mod(
            this=call("hash", column("id")), expression=whole(max(1, count // SAMPLED))
        )
        sample = exp.select(column("id")).from_(_whole("prospects")).order_by(column("id"))
        found = [
            str(id)
            for (id,) in rows(self.connection, sample.where(compare_sql(picked, "=", whole(0))))
        ]
        ends = dict.fromkeys(found[len(found) * part // parts] for part in range(1, parts))
        return [
            IdRange(first, last) for first, last in zip([None, *ends], [*ends, None], strict=True)
        ]

    def query(self, span: IdRange) -> str:
        """Return a statement for the rows of ``span``, unordered, and narrow the tables to them.

        Only the statement for the last span may be run.
        """
        if span != IdRange():
            for name in TABLE_NAMES:
                self._narrow(name, span)
        return self._query

    def _narrow(self, name: str, span: IdRange) -> None:
        """Shadow the table ``name`` by a temporary view of the rows of ``span``."""
        # Not by a WHERE on the whole statement, which would not reach every relation in it.
        key = column("id" if name == "prospects" else "prospect_id", "t")
        tests = []
        if span.first is not None:
            tests.append(compare_sql(key, ">=", text(span.first)))
        if span.last is not None:
            tests.append(exp.LT(this=key, expression=text(span.last)))
        kept = exp.select(star("t")).from_(_whole(name)).where(both(tests))
        passing = exp.Properties(expressions=[exp.TemporaryProperty()])
        view = exp.Create(
            this=table(name), kind="VIEW", expression=kept, replace=True, properties=passing
        )
        self.connection.execute(view.sql(dialect="duckdb"))


def _whole(name: str) -> exp.Table:
    """Build a reference to the staged table ``name`` itself, even if a view shadows it."""
    found = table(name, "t")
    found.set("db", exp.to_identifier("main", quoted=True))
    found.set("catalog", exp.to_identifier("memory", quoted=True))
    return found

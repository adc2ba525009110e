"""A staged book as rows of scores, all at once or a part after the other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from engine.book.columns import TABLE_NAMES
from engine.book.staging import Staged
from engine.inference.columnar.judged_book import JudgedBook
from engine.inference.columnar.nested import Nested
from engine.inference.columnar.trees import both, column, compare, star, table, text
from engine.language.model import Playbook

SAMPLED = 10_000
"""So many ids are looked at to find where the parts of a book end."""


@dataclass(frozen=True, slots=True)
class Span:
    """Those ids that do not come before ``first``, but before ``last``; None sets no bound."""

    first: str | None = None
    last: str | None = None


class ScoredBook:
    """What `nested.COLUMNS` have of every prospect of ``staged``, judged by ``playbook`` as at
    ``now`` (seconds since 1970 UTC).
    """

    def __init__(self, staged: Staged, playbook: Playbook, now: int) -> None:
        self.connection = staged.connection
        judged = JudgedBook(staged, playbook, now)
        nested = Nested(judged.statement)
        self._query = judged.sql(nested.question(), *nested.relations())

    def count(self) -> int:
        """How many prospects there are."""
        query = exp.select(exp.Count(this=exp.Star())).from_(_whole("prospects"))
        found = self.connection.execute(query.sql(dialect="duckdb")).fetchall()
        return int(found[0][0])

    def spans(self, size: int) -> list[Span]:
        """All ids in their order, in parts of about ``size`` prospects."""
        parts = -(-self.count() // size)
        if parts <= 1:
            return [Span()]
        ids = exp.select(column("id")).from_(_whole("prospects")).sql(dialect="duckdb")
        sample = f"SELECT DISTINCT id FROM ({ids}) USING SAMPLE {SAMPLED} ORDER BY id"  # noqa: S608
        found = [id for (id,) in self.connection.execute(sample).fetchall()]
        ends = dict.fromkeys(found[len(found) * part // parts] for part in range(1, parts))
        return [Span(first, last) for first, last in zip([None, *ends], [*ends, None], strict=True)]

    def query(self, span: Span) -> str:
        """A statement that gives the rows of ``span``, in no order. One counts at a time."""
        if span != Span():
            for name in TABLE_NAMES:
                self._narrow(name, span)
        return self._query

    def _narrow(self, name: str, span: Span) -> None:
        """Put a view of the rows of ``span`` before the table ``name``."""
        key = column("id" if name == "prospects" else "prospect_id", "t")
        tests = []
        if span.first is not None:
            tests.append(compare(key, ">=", text(span.first)))
        if span.last is not None:
            tests.append(exp.LT(this=key, expression=text(span.last)))
        rows = exp.select(star("t")).from_(_whole(name)).where(both(tests))
        passing = exp.Properties(expressions=[exp.TemporaryProperty()])
        view = exp.Create(
            this=table(name), kind="VIEW", expression=rows, replace=True, properties=passing
        )
        self.connection.execute(view.sql(dialect="duckdb"))


def _whole(name: str) -> exp.Table:
    """The staged table ``name``, whatever stands before it."""
    found = table(name, "t")
    found.set("db", exp.to_identifier("main", quoted=True))
    found.set("catalog", exp.to_identifier("memory", quoted=True))
    return found

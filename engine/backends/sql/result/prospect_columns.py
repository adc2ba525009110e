"""Build the columns of results with a single value per prospect, over `evaluated` AS f."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from engine.backends.sql.rules.measure_passes import KEY
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Convert
from engine.book import sql_nodes as q
from engine.book.sql_types import cast
from engine.language.walk import RuleId


class ProspectColumns:
    """Build the columns with a single value per prospect.

    ``columns.all()["goes_dark_at"]`` is, in DuckDB, ``MAKE_TIMESTAMP((CASE WHEN "f"."_state" =
    'waiting' THEN "f"."_goes_dark_at" END * 1000000))``.

    Args:
        statement: Has `evaluated`.
        instant: Converts seconds since 1970 UTC to a timestamp.
    """

    def __init__(self, statement: Statement, instant: Convert) -> None:
        self._statement = statement
        self._playbook = statement.playbook
        self.instant = instant

    def all(self) -> dict[str, exp.Expression]:
        """Build all columns, by their name in the nested table, but those of `silence`."""
        waits = q.compare_sql(q.column("_state", "f"), "=", q.text("waiting"))
        return {
            "id": q.column(KEY, "f"),
            **{name: self._fact_text(name) for name in ("name", "owner", "stage")},
            "state": q.column("_state", "f"),
            "silent_since": self.instant(self.silent_since()),
            "goes_dark_at": self.instant(q.case((waits, q.column("_goes_dark_at", "f")))),
            "playbook": cast(q.text(self._playbook.id), "VARCHAR"),
            "as_of": self.instant(self._statement.cutoffs.now.copy()),
        }

    def silence(self) -> Mapping[str, exp.Expression]:
        """Build the fields of `silence` by name; NULL if it is not the prospect's turn."""
        since = self.silent_since()
        elapsed = q.subtract(self._statement.cutoffs.now.copy(), since)
        opened = q.subtract(q.column("_opened", "f"), q.column("_silent_opened", "f"))
        return {
            "hours": q.hours(elapsed),
            "business_hours": q.hours(q.case((q.is_not_null(since.copy()), opened))),
        }

    def silent_since(self) -> exp.Expression:
        """Build the instant since when it is the prospect's turn, in seconds since 1970 UTC."""
        return self._statement.rules.column(RuleId("facts", "silent_since"))

    def _fact_text(self, id: str) -> exp.Expression:
        """Build the fact ``id`` as text, as Python's `str` writes it."""
        fact = self._playbook.facts.get(id)
        if fact is None:
            return q.null("VARCHAR")
        value = self._statement.rules.column(RuleId("facts", id))
        if fact.type == "boolean":
            return q.case((value, q.text("True")), (exp.Not(this=value.copy()), q.text("False")))
        return value if fact.type in ("text", "choice") else cast(value, "VARCHAR")

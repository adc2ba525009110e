"""Write the columns of results that hold one value per prospect, over `evaluated` AS f."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from engine.backends.sql.rules.measures_to_sql import KEY
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Convert
from engine.book.sql_nodes import (
    case,
    column,
    compare_sql,
    hours,
    is_not_null,
    null,
    subtract,
    text,
)
from engine.language.walk import RuleId


class ProspectColumns:
    """The single values of a prospect; ``instant`` converts seconds since 1970 UTC."""

    def __init__(self, statement: Statement, instant: Convert) -> None:
        self._statement = statement
        self._playbook = statement.playbook
        self.instant = instant

    def all(self) -> dict[str, exp.Expression]:
        """By name in the nested table, but for `silence`, which is a struct there."""
        waits = compare_sql(column("_state", "f"), "=", text("waiting"))
        return {
            "id": column(KEY, "f"),
            **{name: self._fact_text(name) for name in ("name", "owner", "stage")},
            "state": column("_state", "f"),
            "silent_since": self.instant(self.silent_since()),
            "goes_dark_at": self.instant(case((waits, column("_goes_dark_at", "f")))),
            "playbook": exp.cast(text(self._playbook.id), "VARCHAR"),
            "as_of": self.instant(self._statement.cutoffs.now.copy()),
        }

    def silence(self) -> Mapping[str, exp.Expression]:
        """Return the fields of `silence`; NULL where nobody is silent."""
        since = self.silent_since()
        elapsed = subtract(self._statement.cutoffs.now.copy(), since)
        opened = subtract(column("_opened", "f"), column("_silent_opened", "f"))
        return {
            "hours": hours(elapsed),
            "business_hours": hours(case((is_not_null(since.copy()), opened))),
        }

    def silent_since(self) -> exp.Expression:
        """Return the instant since when it is their turn, in seconds."""
        return self._statement.rules.column(RuleId("facts", "silent_since"))

    def _fact_text(self, id: str) -> exp.Expression:
        """Return the fact ``id`` as text, as Python's `str` writes it."""
        fact = self._playbook.facts.get(id)
        if fact is None:
            return null("VARCHAR")
        value = self._statement.rules.column(RuleId("facts", id))
        if fact.type == "boolean":
            return case((value, text("True")), (exp.Not(this=value.copy()), text("False")))
        return value if fact.type in ("text", "choice") else exp.cast(value, "VARCHAR")

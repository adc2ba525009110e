"""Build the flat table of results: a row per recommended step, the same rows in every dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from engine.backends.sql.result.nested_result import NestedResult
from engine.backends.sql.result.prospect_columns import ProspectColumns
from engine.backends.sql.result.unnested_rows import UnnestedRows
from engine.backends.sql.result.unpivoted_rows import UnpivotedRows
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Dialect
from engine.backends.sql.tree.unpivot import union_all
from engine.book.sql_nodes import column, compare_sql, named, null, table, text
from engine.book.sql_types import cast
from engine.semantics.result_schema import ACTION_TEXTS, FLAT


class FlatResult:
    """Build the relations from `evaluated` to the flat table, and the select of its columns.

    The select ends in ``FROM "action_rows" AS "f" LEFT JOIN "actions" AS "a" ON "a"."action" =
    "f"."action"``: `action_rows` has a row per step, `actions` the texts of the playbook.

    Args:
        statement: Has `evaluated`.
        dialect: Decides how a prospect becomes several rows: by `UnnestedRows` if it has lists of
            structs, else by `UnpivotedRows`.
        beside: Columns of `evaluated` to select as well; an underscore is put before their names.
    """

    def __init__(self, statement: Statement, dialect: Dialect, beside: Sequence[str] = ()) -> None:
        self._playbook = statement.playbook
        self._dialect = dialect
        self._beside = beside
        self._rows: UnnestedRows | UnpivotedRows
        if dialect.lists is None:
            columns = ProspectColumns(statement, dialect.instant)
            self._rows = UnpivotedRows(statement, dialect.unpivots, columns, beside)
        else:
            nested = NestedResult(statement, dialect.lists, dialect.instant, beside)
            self._rows = UnnestedRows(nested)

    def ctes(self) -> Iterator[tuple[str, exp.Query]]:
        """Yield the name and query of each relation between `evaluated` and the select."""
        yield "actions", self._action_texts()
        yield from self._rows.ctes()

    def query(self) -> exp.Select:
        """Build the select of `FLAT` from the last of the relations."""
        columns = []
        for name in FLAT:
            shown = name.upper() if self._dialect.capitals else name
            columns.append(named(column(name, "a" if name in ACTION_TEXTS else "f"), shown))
        columns += [named(column(f"_{name}", "f"), f"_{name}") for name in self._beside]
        same = compare_sql(column("action", "a"), "=", column("action", "f"))
        select = exp.select(*columns).from_(table("action_rows", "f"))
        return select.join(table("actions", "a"), on=same, join_type="left")

    def _action_texts(self) -> exp.Query:
        """Select a row per action with its texts; without actions, one row of NULL."""
        actions = self._playbook.actions.values()
        rows = [{name: getattr(each, name) for name in ("id", *ACTION_TEXTS)} for each in actions]
        return union_all(map(_text_row, rows or [dict.fromkeys(("id", *ACTION_TEXTS))]))


def _text_row(texts: Mapping[str, str | None]) -> exp.Select:
    columns = {"action" if name == "id" else name: value for name, value in texts.items()}
    return exp.select(
        *(
            named(null("VARCHAR") if value is None else cast(text(value), "VARCHAR"), name)
            for name, value in columns.items()
        )
    )

"""Turn the nested table into rows of the flat one, for dialects that have lists of structs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.result.nested_result import NestedResult
from engine.backends.sql.tree.nested_types import field, map_array, map_indexed, struct
from engine.book.sql_nodes import (
    array,
    case,
    column,
    compare_sql,
    named,
    null,
    table,
    text,
    whole,
)
from engine.book.sql_types import cast
from engine.semantics.result_schema import (
    ACTION_TEXTS,
    FLAT,
    NESTED,
    SEPARATOR,
    STEP_COLUMNS,
    FlatColumn,
)

_STEP_FIELDS = tuple(name for name in STEP_COLUMNS if name not in ACTION_TEXTS)


class UnnestedRows:
    """Build the relations from `evaluated` to `action_rows` by unnesting the lists of ``nested``.

    Lists of ids become text, and each step a row, with its rank::

        SELECT "f"."id" AS "prospect", ...,
          NULLIF(ARRAY_TO_STRING("f"."signals", ';'), '') AS "signals",
          UNNEST(CASE WHEN ARRAY_LENGTH("f"."next_steps") = 0
            THEN [{'rank': CAST(NULL AS INT), ...}]
            ELSE LIST_TRANSFORM("f"."next_steps", LAMBDA _item, _place :
              {'rank': CAST(_place AS INT), 'action': _item.action, ...}) END) AS "_step"
        FROM "results" AS "f"
    """

    def __init__(self, nested: NestedResult) -> None:
        self._nested = nested

    def ctes(self) -> Iterator[tuple[str, exp.Query]]:
        """Yield the name and query of each relation.

        The last, `action_rows`, has the columns of the flat table but for texts of actions.
        """
        yield from self._nested.relations()
        yield "results", self._nested.select()
        yield "result_rows", self._result_rows()
        yield "action_rows", self._action_rows()

    def _result_rows(self) -> exp.Select:
        columns = {
            name: flat_value(flat, "f") for name, flat in FLAT.items() if name not in STEP_COLUMNS
        }
        columns |= {f"_{name}": column(f"_{name}", "f") for name in self._nested.beside}
        step = named(exp.Explode(this=self._ranked_steps()), "_step")
        select = exp.select(*[named(value, name) for name, value in columns.items()], step)
        return select.from_(table("results", "f"))

    def _ranked_steps(self) -> exp.Expression:
        """Build the list of next steps with their ranks, or of a single step of NULLs."""
        # Unnesting an empty list would drop the prospect. The NULLs are typed, as both branches of
        # the CASE need the same type.
        unknown = {name: null(FLAT[name].type) for name in _STEP_FIELDS}
        unknown["due_at"] = self._nested.instant(null("BIGINT"))
        nothing = array([struct(**unknown)])
        if not self._nested.has_actions:
            return nothing
        steps = column("next_steps", "f")

        def ranked(step: exp.Expression, rank: exp.Expression) -> exp.Expression:
            fields = {name: field(step, name) for name in _STEP_FIELDS if name != "rank"}
            return struct(rank=cast(rank, FLAT["rank"].type), **fields)

        empty = compare_sql(exp.ArraySize(this=steps.copy()), "=", whole(0))
        found = map_indexed(steps, ranked, self._nested.lists)
        return case((empty, nothing), otherwise=found)

    def _action_rows(self) -> exp.Select:
        names = [name for name in FLAT if name not in ACTION_TEXTS]
        columns = [
            named(field(column("_step", "f"), name), name)
            if name in _STEP_FIELDS
            else column(name, "f")
            for name in names
        ]
        columns += [column(f"_{name}", "f") for name in self._nested.beside]
        return exp.select(*columns).from_(table("result_rows", "f"))


def flat_value(flat: FlatColumn, owner: str | None = None) -> exp.Expression:
    """Build the value of the column ``flat`` from a row of the nested table, aliased ``owner``.

    Of a list, the joined ids: ``NULLIF(ARRAY_TO_STRING("f"."dark", ';'), '')``.
    """
    name, *rest = flat.path
    value: exp.Expression = column(name, owner)
    if not NESTED[name].type.startswith("ARRAY"):
        return field(value, rest[0]) if rest else value
    ids = map_array(value, lambda item: field(item, rest[0])) if rest else value
    joined = exp.ArrayToString(this=ids, expression=text(SEPARATOR))
    return exp.Nullif(this=joined, expression=text(""))

"""Turn one row into several without lists: by a lateral VALUES, or by a join with numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from engine.backends.sql.tree.dialects import Unpivots
from engine.book.sql_nodes import column, named, table, whole

UnpivotedColumn = Callable[[str], exp.Expression]
"""Builds the value of an unpivoted column, by its name."""

Branches = Sequence[Mapping[str, exp.Expression]]
"""The rows that one row becomes: each the value of its columns by name, over a table `f`."""


def unpivot(way: Unpivots, source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    """Select every row of ``source`` AS f once for each of ``branches``, with no columns yet.

    Two branches with the columns ``id`` and ``v`` give, by ``values`` and by ``numbers``::

        FROM "evaluated" AS "f" CROSS JOIN LATERAL
          (VALUES ('a', "f"."a"), ('b', "f"."b")) AS "s"("id", "v")

        FROM "evaluated" AS "f" CROSS JOIN
          (SELECT 0 AS "part" UNION ALL SELECT 1 AS "part") AS "s"

    where the column ``id`` is ``"s"."id"``, and
    ``CASE "s"."part" WHEN 0 THEN 'a' WHEN 1 THEN 'b' END``.

    Args:
        way: What the dialect supports; `numbers` works everywhere.
        source: The relation.
        branches: At least one, all with the same columns.

    Returns:
        A function that builds an unpivoted column, and the select.
    """
    return {"values": _lateral, "numbers": _numbered}[way](source, branches)


def union_all(selects: Iterable[exp.Select]) -> exp.Query:
    """Build the union of ``selects``, at least one, duplicates kept."""
    first, *rest = selects
    found: exp.Query = first
    for select in rest:
        found = exp.Union(this=found, expression=select, distinct=False)
    return found


def _lateral(source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    rows = [exp.Tuple(expressions=list(branch.values())) for branch in branches]
    names = [exp.to_identifier(name, quoted=True) for name in branches[0]]
    values = exp.Lateral(
        this=exp.Paren(this=exp.Values(expressions=rows)),
        alias=exp.TableAlias(this=exp.to_identifier("s", quoted=True), columns=names),
    )
    select = exp.select().from_(table(source, "f")).join(values, join_type="cross")
    return lambda name: column(name, "s"), select


def _numbered(source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    numbers = union_all(exp.select(named(whole(at), "part")) for at in range(len(branches)))
    select = exp.select().from_(table(source, "f"))
    select = select.join(exp.Subquery(this=numbers, alias=_as("s")), join_type="cross")

    def part(name: str) -> exp.Expression:
        case = exp.Case(this=column("part", "s"))
        for at, branch in enumerate(branches):
            case = case.when(whole(at), branch[name].copy(), copy=False)
        return case

    return part, select


def _as(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))

"""Make several rows of one where there are no lists: by a lateral VALUES or a join of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from engine.backends.sql.tree.dialects import Unpivots
from engine.book.sql_nodes import column, named, table, whole

UnpivotedColumn = Callable[[str], exp.Expression]
"""By the name of a part's column, its value in the rows that come out."""

Branches = Sequence[Mapping[str, exp.Expression]]
"""The rows that one row becomes, each by the names of its columns; values read a table `f`."""


def unpivot(way: Unpivots, source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    """Select every row of ``source`` AS f once for each of ``branches``; no columns yet."""
    return {"values": _lateral, "numbers": _numbered}[way](source, branches)


def union_all(selects: Iterable[exp.Select]) -> exp.Query:
    """All rows of ``selects``, of which there is at least one."""
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

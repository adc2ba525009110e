"""One row becomes several: three ways to say it, for engines that have the one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from engine.backends.sql.tree.dialects import Spread
from engine.book.sql_nodes import column, named, select_all, table, whole

UnpivotedColumn = Callable[[str], exp.Expression]
"""What a column of the parts is called in the rows that came out."""

Branches = Sequence[Mapping[str, exp.Expression]]
"""The parts that every row is spread into, each by the names of its columns. They read a table `f`.
The first column, called `ordinal`, is the part's own number."""


def unpivot(way: Spread, source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    """A select without columns from ``source`` AS f, a row of it as many times as there are
    ``branches``, and where it has their columns.
    """
    return {"explode": _exploded, "values": _lateral, "numbers": _numbered}[way](source, branches)


def union_all(selects: Iterable[exp.Select]) -> exp.Query:
    """All rows of ``selects``, of which there is at least one."""
    first, *rest = selects
    found: exp.Query = first
    for select in rest:
        found = exp.Union(this=found, expression=select, distinct=False)
    return found


def _exploded(source: str, branches: Branches) -> tuple[UnpivotedColumn, exp.Select]:
    structs = [
        exp.Struct(
            expressions=[
                exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=value)
                for name, value in branch.items()
            ]
        )
        for branch in branches
    ]
    one = named(exp.Explode(this=exp.Array(expressions=structs)), "_part")
    inner = select_all(source).select(one, copy=False)

    def part(name: str) -> exp.Expression:
        return exp.Dot(this=column("_part", "f"), expression=exp.to_identifier(name, quoted=True))

    return part, exp.select().from_(exp.Subquery(this=inner, alias=_as("f")))


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

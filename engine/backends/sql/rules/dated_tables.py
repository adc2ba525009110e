"""Resolve dates alone in SQL: each becomes an instant in the zone of its prospect.

A table that has such dates also has a column with the day, `"at day"` for `at`, which is NULL for
other instants; the relation `local_days` has the first and the last second of each day and zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.table_schema import day_name, staged_name

LOCAL_DAYS = "local_days"
"""The relation with the columns `zone`, `day`, `starts` and `ends`."""

DATED = "_dated"
"""The ending of the name of the relation of a table with its dates resolved."""

AT_END = "_at_end"
"""The column of dated touches with the last second of the day of `at`; NULL for other instants."""

_OWNER = "prospect_id"


def dated_table(table: str, columns: Iterable[str], dated: Sequence[str], home: str) -> exp.Select:
    """Build the select of a table of rows in which each date alone is the start of its day.

    ``"t"."at"`` becomes ``COALESCE("own_1"."starts", "home_1"."starts", "t"."at")``, where both
    joins find the row of the day: one in the prospect's zone, one in that of the calendar.

    Args:
        table: The table of rows.
        columns: The columns that are read.
        dated: Those of them that have dates alone.
        home: The zone of prospects that have none.
    """
    cells = [
        q.named(_start(dated.index(name), q.column(name, "t")), name)
        if name in dated
        else q.column(name, "t")
        for name in sorted(columns)
    ]
    if table == "touches" and "at" in dated:
        cells.append(q.named(_bound("ends", dated.index("at")), AT_END))
    select = exp.select(q.column(_OWNER, "t"), *cells).from_(q.table(table, "t"))
    same = q.compare_sql(q.column("id", "p"), "=", q.column(_OWNER, "t"))
    select = select.join(q.table("prospects", "p"), on=same, join_type="left")
    return join_days(select, [q.column(day_name(name), "t") for name in dated], home)


def join_days(select: exp.Select, days: Sequence[exp.Expression], home: str) -> exp.Select:
    """Join `local_days` twice for each of ``days``, as ``own_N`` and ``home_N``.

    Args:
        select: Has the prospects as ``p``.
        days: The columns of days.
        home: The zone of prospects that have none.
    """
    zone = q.column(staged_name("id", "timezone"), "p")
    for at, day in enumerate(days):
        for alias, in_zone in ((f"own_{at}", zone), (f"home_{at}", q.text(home))):
            on = [
                q.compare_sql(q.column("zone", alias), "=", in_zone.copy()),
                q.compare_sql(q.column("day", alias), "=", day.copy()),
            ]
            select = select.join(q.table(LOCAL_DAYS, alias), on=q.both(on), join_type="left")
    return select


def date_instant_sql(name: str, at: int, *, end: bool) -> exp.Expression:
    """Build the instant of the fact ``name`` of ``p``, whose day is joined as number ``at``.

    Args:
        name: The column of the fact.
        at: The number of the join.
        end: Whether a date means the end of the day.
    """
    bound = _bound("ends" if end else "starts", at)
    return q.coalesce(bound, q.column(name, "p"))


def _start(at: int, cell: exp.Expression) -> exp.Expression:
    return q.coalesce(_bound("starts", at), cell)


def _bound(name: str, at: int) -> exp.Expression:
    return q.coalesce(q.column(name, f"own_{at}"), q.column(name, f"home_{at}"))

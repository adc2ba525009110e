"""Resolve dates alone in SQL: each becomes an instant in the zone of its prospect.

A table that has such dates also has a column with the day, `"at day"` for `at`, which is NULL for
other instants; the relation `local_days` has the first and the last second of each day and zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from engine.backends.sql.rules.measure_passes import KEY, OWNER
from engine.book import sql_nodes as q
from engine.book.table_schema import day_name

LOCAL_DAYS = "local_days"
"""The relation with the columns `zone`, `day`, `starts` and `ends`."""

LOCAL_DAY_COLUMNS = {"zone": "VARCHAR", "day": "BIGINT", "starts": "BIGINT", "ends": "BIGINT"}
"""The columns of `local_days` and their types; a day is a number of days since 1970-01-01."""

PLACES = "prospect_places"
"""The relation with the zone in which the dates of each prospect are days."""

DATED = "_dated"
"""The ending of the name of the relation of a table with its dates resolved."""

AT_END = "_at_end"
"""The column of dated touches with the last second of the day of `at`; NULL for other instants."""


def prospect_places(zone: exp.Expression, home: exp.Expression) -> exp.Select:
    """Build the relation `PLACES`: the zone of each prospect; ``home`` if `local_days` has no such.

    Args:
        zone: The zone of a row of `prospects`, as ``p``.
        home: The zone of prospects that have none.
    """
    known = (
        exp.select(q.column("zone"))
        .distinct()
        .from_(q.table(LOCAL_DAYS))
        .subquery(exp.to_identifier("d", quoted=True))
    )
    place = q.named(q.coalesce(q.column("zone", "d"), home), "place")
    select = exp.select(q.named(q.column("id", "p"), KEY), place).from_(q.table("prospects", "p"))
    same = q.compare_sql(q.column("zone", "d"), "=", zone)
    return select.join(known, on=same, join_type="left")


def dated_table(table: str, columns: Iterable[str], dated: Sequence[str]) -> exp.Select:
    """Build the select of a table of rows in which each date alone is the start of its day.

    ``"t"."at"`` becomes ``COALESCE("day_0"."starts", "t"."at")``, where ``day_0`` is the row of
    `local_days` for that day in the zone of the prospect.

    Args:
        table: The table of rows.
        columns: The columns that are read.
        dated: Those of them that have dates alone.
    """
    cells = [
        q.named(q.coalesce(_bound("starts", dated.index(name)), q.column(name, "t")), name)
        if name in dated
        else q.column(name, "t")
        for name in sorted(columns)
    ]
    if table == "touches" and "at" in dated:
        cells.append(q.named(_bound("ends", dated.index("at")), AT_END))
    select = exp.select(q.column(OWNER, "t"), *cells).from_(q.table(table, "t"))
    return join_days(
        select, q.column(OWNER, "t"), [q.column(day_name(name), "t") for name in dated]
    )


def join_days(
    select: exp.Select, owner: exp.Expression, days: Sequence[exp.Expression]
) -> exp.Select:
    """Join `local_days` for each of ``days``, as ``day_N``; nothing if there are none.

    Args:
        select: Has the owner and the days.
        owner: The id of the prospect.
        days: The columns of days.
    """
    if not days:
        return select
    same = q.compare_sql(q.column(KEY, PLACES), "=", owner)
    select = select.join(q.table(PLACES), on=same, join_type="left")
    for at, day in enumerate(days):
        alias = f"day_{at}"
        on = [
            q.compare_sql(q.column("zone", alias), "=", q.column("place", PLACES)),
            q.compare_sql(q.column("day", alias), "=", day),
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
    return q.coalesce(_bound("ends" if end else "starts", at), q.column(name, "p"))


def _bound(name: str, at: int) -> exp.Expression:
    return q.column(name, f"day_{at}")

"""Find the region of a prospect in SQL, from its given facts."""

from __future__ import annotations

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.table_schema import staged_name
from engine.language.conditions import In
from engine.language.hours.calendar_tree import MAIN_REGION, Calendar


class RegionColumns:
    """Build the region of rows of `prospects`. It is false if the calendar has no regions.

    Args:
        calendar: The calendar of the playbook.
        column: The column that has the region already; None finds it from facts.
    """

    def __init__(self, calendar: Calendar, column: str | None) -> None:
        self._calendar = calendar
        self._column = column

    def __bool__(self) -> bool:
        return bool(self._calendar.regions)

    def of(self, owner: str) -> exp.Expression:
        """Build the id of the region of a row of ``owner``.

        ``CASE WHEN "p"."timezone" IN ('Europe/Berlin') THEN 'bavaria' ELSE '(main)' END``: a fact
        that is NULL fits no region. Without regions it is just ``'(main)'``.
        """
        if self._column is not None:
            return q.column(self._column, owner)
        branches = [
            (q.both([_holds(each, owner) for each in region.fits]), q.text(region.id))
            for region in self._calendar.regions
        ]
        main = q.text(MAIN_REGION)
        return q.case(*branches, otherwise=main) if branches else main

    def zone(self, region: exp.Expression) -> exp.Expression:
        """Build the name of the zone of prospects of ``region`` that have none."""
        main = self._calendar.timezone
        branches = [
            (
                q.compare_sql(region.copy(), "=", q.text(each.id)),
                q.text(each.calendar.timezone),
            )
            for each in self._calendar.regions
            if each.calendar.timezone != main
        ]
        return q.case(*branches, otherwise=q.text(main)) if branches else q.text(main)


def _holds(test: In, owner: str) -> exp.Expression:
    fact, type = test.subject.id, test.subject.type
    values: list[exp.Expression] = [q.constant(each, type) for each in test.values]
    return exp.In(this=q.column(staged_name("id", fact), owner), expressions=values)

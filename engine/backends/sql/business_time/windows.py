"""Translate business time to arithmetic over two tables, with equi-joins and no zone functions.

`calendar_days` has a row for every clock and UTC day, with its open windows and the open seconds
before that day; `calendar_reach` has one for every clock and bucket of open seconds, with the
windows these are in (see `engine.book.calendar.calendar_tables`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.calendar.business_clock import DAY

NO_INSTANT = 9_000_000_000_000
"""Seconds since 1970: later than any instant of the language; negated, earlier than any."""


def day_of(instant: exp.Expression) -> exp.Expression:
    """Build the UTC day of ``instant``, which must not be before 1970."""
    # Before 1970, engines differ: some divide toward 0.
    return exp.IntDiv(this=exp.Paren(this=instant), expression=q.whole(DAY))


@dataclass(frozen=True, slots=True)
class RowWindows:
    """The windows of a row of one of the tables.

    Attributes:
        owner: The alias of the joined row.
        count: The number of windows that it has columns for.
    """

    owner: str
    count: int

    @property
    def numbers(self) -> range:
        """The numbers that the columns of the windows end in: ``opens_1``, ``closes_1``, ..."""
        return range(1, self.count + 1)

    def opens(self, index: int) -> exp.Expression:
        """Build the start of a window, NULL if the row does not have it."""
        return q.column(f"opens_{index}", self.owner)

    def closes(self, index: int) -> exp.Expression:
        """Build the end of a window, NULL if the row does not have it."""
        return q.column(f"closes_{index}", self.owner)

    def length(self, index: int) -> exp.Expression:
        """Build the open seconds of a window, 0 if the row does not have it."""
        return q.coalesce(q.subtract(self.closes(index), self.opens(index)), q.whole(0))

    def before(self, index: int) -> exp.Expression:
        """Build the open seconds before a window of a day."""
        found: exp.Expression = q.column("before", self.owner)
        for earlier in range(1, index):
            found = q.add(found, self.length(earlier))
        return found

    def through(self) -> exp.Expression:
        """Build the open seconds up to the end of a day."""
        return q.add(self.before(self.count), self.length(self.count))

    def opened_by(self, instant: exp.Expression) -> exp.Expression:
        """Build the open seconds up to ``instant``, on its day.

        ``"d"."before" + CASE WHEN at > "d"."opens_1" THEN LEAST(at, "d"."closes_1") - "d"."opens_1"
        ELSE 0 END + ...``, a CASE for each window; a window that the day does not have is NULL.
        """
        found: exp.Expression = q.column("before", self.owner)
        for index in self.numbers:
            inside = q.subtract(q.least([instant, self.closes(index)]), self.opens(index))
            begun = q.compare_sql(instant, ">", self.opens(index))
            found = q.add(found, q.case((begun, inside), otherwise=q.whole(0)))
        return found

    def next_opening(self, instant: exp.Expression) -> exp.Expression:
        """Build ``instant`` itself if business is open, else the next opening, from its day.

        ``CASE WHEN at < "d"."closes_1" THEN GREATEST(at, "d"."opens_1") ... ELSE "d"."next_opening"
        END``
        """
        branches = [
            (
                q.compare_sql(instant, "<", self.closes(index)),
                q.greatest([instant, self.opens(index)]),
            )
            for index in self.numbers
        ]
        return q.case(*branches, otherwise=q.column("next_opening", self.owner))

    def reached_instant(self, target: exp.Expression) -> exp.Expression:
        """Build the instant by which ``target`` open seconds have passed, from their bucket.

        ``CASE WHEN n <= "r"."before_1" + ("r"."closes_1" - "r"."opens_1")
        THEN "r"."opens_1" + (n - "r"."before_1") ... END``
        """
        branches = []
        for index in self.numbers:
            opens, before = self.opens(index), q.column(f"before_{index}", self.owner)
            ends = q.add(before, q.subtract(self.closes(index), opens))
            branches.append(
                (q.compare_sql(target, "<=", ends), q.add(opens, q.subtract(target, before)))
            )
        return q.case(*branches)

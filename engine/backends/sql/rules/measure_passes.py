"""The passes over tables that the measures of a playbook take, and the names they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.table_schema import staged_name
from engine.language.model import Fact, Table

KEY = "_prospect"
"""The column with the id of the prospect, in every relation of the statement."""

OWNER = "prospect_id"
"""The column with the id of the prospect in the tables `touches`, `contacts` and `events`."""


LowCardinality = Mapping[tuple[Table, str], tuple[str, ...]]
"""All distinct values of some text columns, by table and column; at most `MAX_WORDS` each."""

MAX_WORDS = 60
"""One bit for each fits into a BIGINT."""

NO_WORDS: LowCardinality = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MeasurePass:
    """One pass over the rows of a table.

    Attributes:
        table: The table.
        ahead: Whether the rows are those after now.
        level: 0 for measures without bounds, else one more than the level of their bounds.
        facts: The measured facts. One of the kind `last` is in two passes: the first finds the
            latest instant, the second the cell of that row.
    """

    table: Table
    level: int
    facts: tuple[Fact, ...]
    ahead: bool = False

    @property
    def name(self) -> str:
        """The name of its common table expression."""
        return f"{self.table}{'_ahead' if self.ahead else ''}_{self.level + 1}"


def cell_of(name: str) -> exp.Expression:
    """Build a read of the column ``name`` of the table that a pass aggregates."""
    return q.column(staged_name(OWNER, name), "t")


def as_number(count: exp.Expression) -> exp.Expression:
    """Build a count as a number of the language, which is a double."""
    return exp.cast(count, "DOUBLE")


def count_distinct(cell: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Build the number of distinct values of ``cell``.

    If all of them are among ``words``, each has a bit, so that no group has to keep the words it
    has seen.
    """
    if not words:
        return as_number(exp.Count(this=exp.Distinct(expressions=[cell])))
    names, bits = zip(
        *((q.text(word), q.whole(1 << at)) for at, word in enumerate(words)), strict=True
    )
    bit = q.call("map_extract_value", q.call("map", q.array(names), q.array(bits)), cell)
    seen = exp.BitwiseOrAgg(this=exp.cast(bit, "BIGINT"))
    return as_number(q.coalesce(q.call("bit_count", seen), q.whole(0)))

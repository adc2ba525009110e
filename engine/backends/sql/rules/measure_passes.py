"""The passes over tables that the measures of a playbook take, and the names they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.sql_types import cast
from engine.book.table_schema import staged_name
from engine.language.model import Fact, Measure, Playbook, Table
from engine.semantics.dependencies import dependencies

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


class MeasurePlan:
    """The measures of a playbook by the pass that takes each."""

    def __init__(self, playbook: Playbook) -> None:
        self._facts = playbook.facts
        self._levels: dict[str, int] = {}
        for id in dependencies(playbook).measure_order:
            self._levels[id] = self._level_of(self.measure(id))

    def __contains__(self, id: str) -> bool:
        """Return whether the fact ``id`` is measured."""
        return id in self._levels

    def measure(self, id: str) -> Measure:
        """Return the measure of the measured fact ``id``."""
        measure = self._facts[id].measure
        assert measure is not None
        return measure

    def _level_of(self, measure: Measure) -> int:
        bounds = [name for name in (measure.after, measure.before) if name in self._levels]
        level = max((self._levels[name] + 1 for name in bounds), default=0)
        return level + 1 if measure.kind == "last" else level

    def passes(self) -> list[MeasurePass]:
        """Return all passes, each after those it needs."""
        found: dict[tuple[int, Table, bool], list[Fact]] = {}
        for id, level in self._levels.items():
            fact, measure = self._facts[id], self.measure(id)
            found.setdefault((level, measure.table, measure.ahead), []).append(fact)
            if measure.kind == "last":
                found.setdefault((level - 1, measure.table, measure.ahead), []).append(fact)
        return [
            MeasurePass(table, level, tuple(facts), ahead)
            for (level, table, ahead), facts in sorted(found.items(), key=lambda item: item[0])
        ]

    def pass_of(self, id: str) -> MeasurePass:
        """Return the pass after which the measured fact ``id`` is known, without its facts."""
        measure = self.measure(id)
        return MeasurePass(measure.table, self._levels[id], (), measure.ahead)


def cell_of(name: str) -> exp.Expression:
    """Build a read of the column ``name`` of the table that a pass aggregates."""
    return q.column(staged_name(OWNER, name), "t")


def as_number(count: exp.Expression) -> exp.Expression:
    """Build a count as a number of the language, which is a double."""
    return cast(count, "DOUBLE")


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
    seen = exp.BitwiseOrAgg(this=cast(bit, "BIGINT"))
    return as_number(q.coalesce(q.call("bit_count", seen), q.whole(0)))

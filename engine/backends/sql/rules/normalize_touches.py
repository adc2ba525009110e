"""Normalize touches in SQL, as `engine.semantics.normalize_rows` does.

A statement pays only for what its table has: without outcomes that mean anything and without
copies, measures read the table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.rules.dated_tables import AT_END, DATED
from engine.book import sql_nodes as q
from engine.language.model import Fact, Playbook, Table
from engine.language.parse.symbols import DEFAULT_CELLS
from engine.language.value_rules import Meaning
from engine.language.walk import refs_in
from engine.semantics.normalize_rows import RECORDED

NORMALIZED_TOUCHES = "touches_normalized"
"""The relation of normalized touches."""

MESSAGE_COLUMN = "_message"
"""The column with the number of a row's message, among those of its prospect."""

COPY = "_copy"
"""The column with the number of a row among those of its message."""

_OWNER = "prospect_id"
_ALIKE = ("at", "direction", "channel", "subject")
COMPUTED = frozenset({"delivered", "refused"})
"""The columns that no table has."""

_MEANT: Mapping[str, tuple[Meaning, exp.Expression]] = {
    "direction": ("both_spoke", q.text("both")),
    "automatic": ("automatic", exp.true()),
    "delivered": ("not_delivered", exp.false()),
    "refused": ("refused", exp.true()),
}
"""What an outcome makes of other columns: the meaning, and the cell."""


@dataclass(frozen=True, slots=True)
class TouchFeatures:
    """What a table of touches has that must be normalized.

    Attributes:
        outcomes: The ids of outcomes that occur and mean something, each with its meaning.
        copies: Whether one message may be in several rows.
        dates: The columns that have dates alone, each with its table, which may be any.
        recorded: Whether rows may have come to be known only later.
    """

    outcomes: Mapping[str, Meaning]
    copies: bool
    dates: frozenset[tuple[str, str]] = frozenset()
    recorded: bool = False

    def dated(self, table: str) -> tuple[str, ...]:
        """Return the columns of ``table`` that have dates alone, sorted."""
        return tuple(sorted(name for each, name in self.dates if each == table))

    def __bool__(self) -> bool:
        """Whether there is anything to normalize in touches."""
        dated = bool(self.dated("touches"))
        return bool(self.outcomes) or self.copies or dated or self.recorded


NO_FEATURES = TouchFeatures({}, copies=False)


def all_features(playbook: Playbook) -> TouchFeatures:
    """Return the features of a table of which nothing is known."""
    words = playbook.outcomes.values()
    return TouchFeatures({word.id: word.means for word in words if word.means}, copies=True)


def touch_columns(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the columns of touches that the measures of ``facts`` read."""
    return columns_read(facts, "touches")


def columns_read(facts: Iterable[Fact], table: Table) -> frozenset[str]:
    """Return the columns of ``table`` that the measures of ``facts`` read."""
    found = set() if table == "contacts" else {"at"}
    for measure in (fact.measure for fact in facts):
        if measure is None or measure.table != table:
            continue
        if measure.kind == "silence":
            found |= {"direction", "automatic", "delivered"}
        if measure.column is not None:
            found.add(measure.column.name)
        if measure.where is not None:
            found |= {each.id for each in refs_in(measure.where) if each.kind == "column"}
    return frozenset(found)


def columns_needed(features: TouchFeatures, columns: Iterable[str]) -> frozenset[str]:
    """Return the columns of the table that normalizing reads, to give ``columns``."""
    found = set(columns)
    if features.outcomes:
        found.add("outcome")
    if features.copies:
        found |= {*_ALIKE, "message_id"}
    if features.recorded:
        found.add(RECORDED)
    return frozenset(found) - COMPUTED


def normalized_touches(
    features: TouchFeatures, columns: Iterable[str], now: exp.Expression
) -> exp.Select:
    """Build the select of normalized touches.

    With the outcome `connected`, and no copies::

        SELECT "t"."prospect_id", "t"."at",
          CASE WHEN "t"."outcome" IN ('connected') AND "t"."at" <= $now THEN 'both'
            ELSE "t"."direction" END AS "direction"
        FROM "touches" AS "t"

    Args:
        features: What has to be normalized.
        columns: The columns that measures read.
        now: The instant of the evaluation, in seconds since 1970 UTC.
    """
    dated = "at" in features.dated("touches")
    source = "touches" if not features.dated("touches") else f"touches{DATED}"
    cells = [q.named(_cell(name, features, now), name) for name in sorted(set(columns) | {"at"})]
    if not features.copies:
        every = exp.select(q.column(_OWNER, "t"), *cells).from_(q.table(source, "t"))
        return _known_at(every, features, now)
    labeled = exp.select(q.star("t"), q.named(_least_of_alike(dated), "_least"))
    labeled = _known_at(labeled.from_(q.table(source, "t")), features, now)
    own = q.coalesce(q.column("message_id", "t"), q.column("_least", "t"))
    merged = exp.select(q.star("t"), q.named(_least("_least", own), "_label"))
    merged = merged.from_(labeled.subquery(exp.to_identifier("t", quoted=True)))
    number = q.named(_number(dated), MESSAGE_COLUMN)
    return exp.select(q.column(_OWNER, "t"), *cells, number).from_(
        merged.subquery(exp.to_identifier("t", quoted=True))
    )


def _known_at(select: exp.Select, features: TouchFeatures, now: exp.Expression) -> exp.Select:
    """Leave out the rows that came to be known after ``now``."""
    if not features.recorded:
        return select
    recorded = q.column(RECORDED, "t")
    early = q.compare_sql(recorded.copy(), "<=", now.copy())
    return select.where(q.either([q.is_null(recorded), early]))


def _cell(name: str, features: TouchFeatures, now: exp.Expression) -> exp.Expression:
    default = DEFAULT_CELLS["touches"].get(name)
    cell: exp.Expression = q.column(name, "t")
    if name in COMPUTED:
        cell = exp.Boolean(this=default)
    elif default is not None:
        cell = q.coalesce(cell, exp.Boolean(this=default))
    if name == "at" and "at" in features.dated("touches"):
        return _instant_of_date(features, now)
    if name not in _MEANT:
        return cell
    means, meant = _MEANT[name]
    ids = [id for id, each in features.outcomes.items() if each == means]
    if not ids:
        return cell
    said = [
        q.is_any_of(q.column("outcome", "t"), ids),
        q.compare_sql(q.column("at", "t"), "<=", now),
    ]
    return q.case((q.both(said), meant.copy()), otherwise=cell)


def _instant_of_date(features: TouchFeatures, now: exp.Expression) -> exp.Expression:
    """Build the instant of a touch: of a date alone, ours is at the end of the day, or now."""
    at, ends = q.column("at", "t"), q.column(AT_END, "t")
    ours = q.is_any_of(_cell("direction", features, now), ("outbound", "both"))
    today = [q.compare_sql(at, "<=", now), q.compare_sql(now, "<", ends)]
    end = q.case((q.both(today), now.copy()), otherwise=ends)
    return q.case((q.both([q.is_not_null(ends), ours]), end), otherwise=at)


def _alone() -> exp.Expression:
    """Build whether a row is alike to no other: a date alone without a subject may be any."""
    return q.both([q.is_not_null(q.column(AT_END, "t")), q.is_null(q.column("subject", "t"))])


def _least_of_alike(dated: bool) -> exp.Expression:
    """Build the least id among the rows that are alike to a row."""
    keys: list[exp.Expression] = [q.column(name, "t") for name in (_OWNER, *_ALIKE)]
    id = q.column("message_id", "t")
    if not dated:
        return exp.Window(this=exp.Min(this=id), partition_by=keys)
    keys += [q.column(AT_END, "t"), _alone()]
    least = exp.Window(this=exp.Min(this=id), partition_by=keys)
    return q.case((_alone(), id.copy()), otherwise=least)


def _least(name: str, label: exp.Expression) -> exp.Expression:
    keys = [q.column(_OWNER, "t"), label]
    return exp.Window(this=exp.Min(this=q.column(name, "t")), partition_by=keys)


def _number(dated: bool) -> exp.Expression:
    """Build the number of a row's message: by its label, else by what rows that are alike share."""
    label = q.column("_label", "t")
    own = q.coalesce(q.column("message_id", "t"), q.column("_least", "t"))
    keys: list[exp.Expression] = [q.case((q.is_not_null(own), label))]
    alike = (*_ALIKE, AT_END) if dated else _ALIKE
    keys += [q.case((q.is_null(own), q.column(name, "t"))) for name in alike]
    order = exp.Order(expressions=[exp.Ordered(this=key) for key in keys])
    owner = [q.column(_OWNER, "t")]
    number = exp.Window(this=q.call("DENSE_RANK"), partition_by=owner, order=order)
    if not dated:
        return number
    # Numbers of their own, which no rank is: the rows of a prospect from -1 down.
    every = exp.Window(this=q.call("ROW_NUMBER"), partition_by=owner, order=order.copy())
    return q.case(
        (q.both([_alone(), q.is_null(own)]), q.subtract(q.whole(0), every)), otherwise=number
    )


def number_of_copy() -> exp.Expression:
    """Build the number of a row among those of its message, from 1."""
    order = exp.Order(expressions=[exp.Ordered(this=q.column("at", "t"))])
    return exp.Window(this=q.call("ROW_NUMBER"), partition_by=_message(), order=order)


def largest_of_message(cell: exp.Expression) -> exp.Expression:
    """Build the largest ``cell`` among the rows of a message."""
    return exp.Window(this=exp.Max(this=cell), partition_by=_message())


def _message() -> list[exp.Expression]:
    return [q.column(_OWNER, "t"), q.column(MESSAGE_COLUMN, "t")]


def begins_silence(last: exp.Expression, cell: Callable[[str], exp.Expression]) -> exp.Expression:
    """Build whether silence begins with a row, after their last word at ``last``.

    ``cell`` builds the read of a column.
    """
    at, direction = cell("at"), cell("direction")
    never = q.is_null(last)
    talk = [
        q.compare_sql(direction, "=", q.text("both")),
        q.grouped(q.either([never, q.compare_sql(at, ">=", last)])),
    ]
    answered = q.both([q.compare_sql(at, ">", last), q.negated(cell("automatic"))])
    ours = [
        q.compare_sql(direction, "=", q.text("outbound")),
        cell("delivered"),
        q.grouped(q.either([never.copy(), q.grouped(answered)])),
    ]
    return q.grouped(q.either([q.grouped(q.both(talk)), q.grouped(q.both(ours))]))

"""Build the nested table of results: a row per prospect, with lists of structs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.result.action_lists import ActionLists
from engine.backends.sql.result.prospect_columns import ProspectColumns
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.column_names import ColumnKey
from engine.backends.sql.tree.dialects import Convert
from engine.backends.sql.tree.nested_types import (
    NestedIn,
    array_get,
    ascending,
    empty_array,
    field,
    filter_array,
    map_array,
    sort_key,
    struct,
    to_timestamp,
)
from engine.book import sql_nodes as q
from engine.language.walk import CAUSE_KNOWN, RuleId, Section
from engine.semantics.result_schema import NESTED, NESTED_TYPES


class NestedResult:
    """Build the select of `result_schema.NESTED` over the relations of ``statement``, unordered.

    The list of signals, for one::

        CASE WHEN "f"."signal_s" OR "f"."signal_t"
        THEN LIST_FILTER([CASE WHEN "f"."signal_s" THEN 's' END,
            CASE WHEN "f"."signal_t" THEN 't' END], LAMBDA _item : NOT _item IS NULL)
        ELSE CAST([] AS TEXT[]) END AS "signals"

    Args:
        statement: Has `evaluated`.
        lists: The dialect of lists.
        instant: Converts seconds since 1970 UTC; None for a timestamp with time zone.
        beside: Columns of `evaluated` to select as well; an underscore is put before their names.
    """

    def __init__(
        self,
        statement: Statement,
        lists: NestedIn = "duckdb",
        instant: Convert | None = None,
        beside: Sequence[str] = (),
    ) -> None:
        self.lists = lists
        self.beside = beside
        self._statement = statement
        self._playbook = statement.playbook
        self.instant = instant or (lambda seconds: to_timestamp(seconds, lists))
        self._actions = ActionLists(statement, lists, self.instant)

    @property
    def has_actions(self) -> bool:
        """Whether the playbook has actions; `next_steps` is a constant otherwise."""
        return bool(self._playbook.actions)

    def query(self) -> exp.Select:
        """Build the select with all relations that it needs."""
        query = self._statement.over(self.select())
        return q.with_relations(query, self.relations())

    def select(self) -> exp.Select:
        """Build the select of all columns from the last of `relations`."""
        columns: dict[str, exp.Expression] = {name: q.column(name, "f") for name in NESTED}
        columns["next_steps"] = self._actions.next_steps()
        columns["held_back"] = self._actions.held_back()
        columns |= {f"_{name}": q.column(f"_{name}", "f") for name in self.beside}
        select = exp.select(*[q.named(value, name) for name, value in columns.items()])
        return select.from_(q.table("with_lists", "f"))

    def relations(self) -> list[Cte]:
        """Return the relations that follow `evaluated`."""
        return [("with_lists", self._with_lists())]

    def _with_lists(self) -> exp.Select:
        """Select all columns but the lists of actions, and what these are built from."""
        single = ProspectColumns(self._statement, self.instant)
        silence = q.case((q.is_not_null(single.silent_since()), struct(**single.silence())))
        columns = single.all() | {"silence": silence} | self._conclusions()
        columns |= self._actions.columns()
        columns |= {f"_{name}": q.column(name, "f") for name in self.beside}
        select = exp.select(*[q.named(value, name) for name, value in columns.items()])
        return select.from_(q.table("evaluated", "f"))

    def _of(self, key: ColumnKey) -> exp.Expression:
        """Build a read of the column of a fact or conclusion."""
        return q.column(self._statement.names[key], "f")

    def _conclusions(self) -> dict[str, exp.Expression]:
        return {
            "dark": self._ids("dark", self._playbook.thresholds),
            "signals": self._ids("signals", self._playbook.signals),
            "causes": self._causes(),
            "cause_known": self._of(CAUSE_KNOWN),
        }

    def _ids(self, section: Section, ids: Iterable[str]) -> exp.Expression:
        """Build the list of those ``ids`` of ``section`` that fire, in their order."""
        tests = {id: self._of(RuleId(section, id)) for id in ids}
        words = q.array([q.case((test, q.text(id))) for id, test in tests.items()])
        return _unless_none(
            list(tests.values()), filter_array(words, q.is_not_null), NESTED_TYPES[section]
        )

    def _causes(self) -> exp.Expression:
        """Build the list of causes with a confidence above 0, the likeliest first, then by id."""
        ids = sorted(self._playbook.causes)
        if not ids:
            return empty_array(NESTED_TYPES["causes"])
        found = [self._of(RuleId("causes", id)) for id in ids]
        level = q.double(self._playbook.diagnosed_at)

        def cause(item: exp.Expression) -> exp.Expression:
            confidence = exp.Neg(this=field(item, "m"))
            return struct(
                id=array_get([q.text(id) for id in ids], field(item, "n"), self.lists),
                confidence=confidence,
                diagnosed=q.compare_sql(confidence, ">=", level),
            )

        items = [sort_key(value, q.whole(place)) for place, value in enumerate(found, start=1)]
        likely = filter_array(
            q.array(items), lambda item: q.compare_sql(field(item, "m"), "<", q.double(0))
        )
        tests = [q.compare_sql(value, ">", q.double(0)) for value in found]
        return _unless_none(tests, map_array(ascending(likely), cause), NESTED_TYPES["causes"])


def _unless_none(tests: list[exp.Expression], found: exp.Expression, type: str) -> exp.Expression:
    """Build ``found``, or an empty list if no test holds: then no list has to be built."""
    return (
        q.case((q.either(tests), found), otherwise=empty_array(type))
        if tests
        else empty_array(type)
    )

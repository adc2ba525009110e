"""A row a prospect of all that follows for it: state, causes and steps in lists of structs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cte
from engine.backends.sql.result.action_lists import HELD_BACK, NEXT_STEPS, ActionLists
from engine.backends.sql.rules.measures_to_sql import KEY
from engine.backends.sql.statement import Statement
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
from engine.book.sql_nodes import (
    array,
    case,
    column,
    compare_sql,
    double,
    either,
    hours,
    is_not_null,
    named,
    null,
    subtract,
    table,
    text,
    whole,
)

COLUMNS: Mapping[str, str] = {
    "id": "VARCHAR",
    "name": "VARCHAR",
    "owner": "VARCHAR",
    "stage": "VARCHAR",
    "state": "VARCHAR",
    "silent_since": "TIMESTAMPTZ",
    "silence": "STRUCT<hours: DOUBLE, business_hours: DOUBLE>",
    "goes_dark_at": "TIMESTAMPTZ",
    "dark": "ARRAY<VARCHAR>",
    "signals": "ARRAY<VARCHAR>",
    "causes": "ARRAY<STRUCT<id: VARCHAR, confidence: DOUBLE, diagnosed: BOOLEAN>>",
    "cause_known": "BOOLEAN",
    "next_steps": NEXT_STEPS,
    "held_back": HELD_BACK,
    "playbook": "VARCHAR",
    "as_of": "TIMESTAMPTZ",
}
"""The columns and their types: what schemas/recommendation.schema.json has of a prospect, but for
titles, reasons and facts. `name`, `owner` and `stage` are text whatever type the playbook gives
them. No list is NULL."""


class NestedResult:
    """Writes the select that gives `COLUMNS` over the relations of ``statement``, in no order."""

    def __init__(self, statement: Statement, dialect: NestedIn = "duckdb") -> None:
        self._statement = statement
        self._dialect = dialect
        self._playbook = statement.playbook
        self._offers = ActionLists(statement, dialect)

    def query(self) -> exp.Select:
        """One statement with all relations it needs."""
        query = self._statement.over(self.question())
        for name, relation in self.relations():
            query = query.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
        return query

    def question(self) -> exp.Select:
        """The select of all columns from the last of `relations`."""
        columns: dict[str, exp.Expression] = {name: column(name, "f") for name in COLUMNS}
        columns["next_steps"] = self._offers.next_steps()
        columns["held_back"] = self._offers.held_back()
        select = exp.select(*[named(value, name) for name, value in columns.items()])
        return select.from_(table("listed", "f"))

    def relations(self) -> list[Cte]:
        """What follows `judged`."""
        return [("listed", self._listed())]

    def _listed(self) -> exp.Select:
        """The columns but for the two lists of actions, and what these are made of."""
        columns = self._facts() | self._silence() | self._conclusions() | self._offers.columns()
        columns["playbook"] = text(self._playbook.id)
        columns["as_of"] = self._instant(self._statement.cutoffs.now.copy())
        select = exp.select(*[named(value, name) for name, value in columns.items()])
        return select.from_(table("judged", "f"))

    def _instant(self, seconds: exp.Expression) -> exp.Expression:
        return to_timestamp(seconds, self._dialect)

    def _of(self, name: str) -> exp.Expression:
        """The column of a rule or fact, by its name as in `engine.semantics.dependencies`."""
        return column(self._statement.names[name], "f")

    def _facts(self) -> dict[str, exp.Expression]:
        found: dict[str, exp.Expression] = {"id": column(KEY, "f")}
        return found | {id: self._words(id) for id in ("name", "owner", "stage")}

    def _words(self, id: str) -> exp.Expression:
        """A fact as text, as `str` has it."""
        fact = self._playbook.facts.get(id)
        if fact is None:
            return null("VARCHAR")
        value = self._of(f"facts.{id}")
        if fact.type == "boolean":
            return case((value, text("True")), (exp.Not(this=value), text("False")))
        return value if fact.type in ("text", "choice") else exp.cast(value, "VARCHAR")

    def _silence(self) -> dict[str, exp.Expression]:
        since, state = self._of("facts.silent_since"), column("_state", "f")
        open_ = subtract(column("_opened", "f"), column("_silent_opened", "f"))
        silence = struct(
            hours=hours(subtract(self._statement.cutoffs.now.copy(), since)),
            business_hours=hours(open_),
        )
        waits = compare_sql(state, "=", text("waiting"))
        return {
            "state": state,
            "silent_since": self._instant(since),
            "silence": case((is_not_null(since), silence)),
            "goes_dark_at": self._instant(case((waits, column("_goes_dark_at", "f")))),
        }

    def _conclusions(self) -> dict[str, exp.Expression]:
        return {
            "dark": self._ids("dark", self._playbook.thresholds),
            "signals": self._ids("signals", self._playbook.signals),
            "causes": self._causes(),
            "cause_known": self._of("cause_known"),
        }

    def _ids(self, section: str, ids: Iterable[str]) -> exp.Expression:
        """Which of the rules ``ids`` of ``section`` hold, in that order."""
        tests = {id: self._of(f"{section}.{id}") for id in ids}
        words = array([case((test, text(id))) for id, test in tests.items()])
        return _unless_none(
            list(tests.values()), filter_array(words, is_not_null), COLUMNS[section]
        )

    def _causes(self) -> exp.Expression:
        """Those with a confidence above 0, the likeliest first, at equal confidence by id."""
        ids = sorted(self._playbook.causes)
        if not ids:
            return empty_array(COLUMNS["causes"])
        found = [self._of(f"causes.{id}") for id in ids]
        level = double(self._playbook.diagnosed_at)

        def cause(item: exp.Expression) -> exp.Expression:
            confidence = exp.Neg(this=field(item, "m"))
            return struct(
                id=array_get([text(id) for id in ids], field(item, "n"), self._dialect),
                confidence=confidence,
                diagnosed=compare_sql(confidence, ">=", level),
            )

        items = [sort_key(value, whole(place)) for place, value in enumerate(found, start=1)]
        likely = filter_array(
            array(items), lambda item: compare_sql(field(item, "m"), "<", double(0))
        )
        tests = [compare_sql(value, ">", double(0)) for value in found]
        return _unless_none(tests, map_array(ascending(likely), cause), COLUMNS["causes"])


def _unless_none(tests: list[exp.Expression], found: exp.Expression, type: str) -> exp.Expression:
    """The list ``found``, which is not made where none of ``tests`` holds."""
    return case((either(tests), found), otherwise=empty_array(type)) if tests else empty_array(type)

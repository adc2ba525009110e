"""Turn each prospect into rows of the flat table, for dialects without lists of structs.

The order of a list depends on the prospect, so causes and blocked actions are turned into rows too,
ranked, and joined again into one text per prospect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.result.prospect_columns import ProspectColumns
from engine.backends.sql.rules.measure_passes import KEY
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Unpivots
from engine.backends.sql.tree.unpivot import unpivot
from engine.book import sql_nodes as q
from engine.book.sql_types import cast
from engine.language.model import Action
from engine.language.walk import RuleId, Section
from engine.semantics.result_schema import ACTION_TEXTS, FLAT, SEPARATOR

_PART = ("ordinal", "id", "value", "due", "cause")
"""Columns of the rows that a prospect becomes: the number and the id of an action, and its step."""


@dataclass(frozen=True, slots=True)
class _RankedList:
    """A list that becomes one column of the flat table.

    Attributes:
        name: The column.
        ranked_by: For each id the number that it is ranked by, descending; NULL if it is not in the
            list. Equal numbers keep the order of the ids here.
    """

    name: str
    ranked_by: Mapping[str, exp.Expression]


class UnpivotedRows:
    """Build the relations from `evaluated` to `action_rows` by unpivoting and ranking.

    Causes become rows, and then one text per prospect::

        "causes_rows" AS (SELECT "f"."_prospect", "s"."id" AS "_id",
            ROW_NUMBER() OVER (PARTITION BY "f"."_prospect" ORDER BY "s"."value" DESC
              NULLS LAST, "s"."ordinal") AS "_place"
          FROM "evaluated" AS "f" CROSS JOIN LATERAL (VALUES (1, 'busy', ...), ...)
            AS "s"("ordinal", "id", "value") WHERE NOT "s"."value" IS NULL)
        "causes_ids" AS (SELECT "f"."_prospect",
            MAX(CASE WHEN "f"."_place" = 1 THEN "f"."_id" END) || ... AS "_ids"
          FROM "causes_rows" AS "f" GROUP BY "f"."_prospect")

    Args:
        statement: Has `evaluated`.
        way: How a row becomes several in the dialect.
        columns: The columns with a single value per prospect.
        beside: Columns of `evaluated` to keep; an underscore is put before their names.
    """

    def __init__(
        self,
        statement: Statement,
        way: Unpivots,
        columns: ProspectColumns,
        beside: Sequence[str],
    ) -> None:
        self._statement = statement
        self._playbook = statement.playbook
        self._way = way
        self._columns = columns
        self._beside = beside
        self._actions = [self._playbook.actions[id] for id in sorted(self._playbook.actions)]
        self._lists = [each for each in (self._causes(), self._held_back()) if each.ranked_by]

    def ctes(self) -> Iterator[tuple[str, exp.Query]]:
        """Yield the name and query of each relation.

        The last, `action_rows`, has the columns of the flat table but for texts of actions.
        """
        for each in self._lists:
            yield f"{each.name}_rows", self._ranked_rows(each)
            yield f"{each.name}_ids", _joined_ids(each)
        yield "eligible_actions", self._eligible_actions()
        yield "step_rows", self._step_rows()
        yield "action_rows", self._action_rows()

    def _causes(self) -> _RankedList:
        confidence = {
            id: self._statement.rules.column(RuleId("causes", id))
            for id in sorted(self._playbook.causes)
        }
        tests = {
            id: q.compare_sql(each.copy(), ">", q.double(0)) for id, each in confidence.items()
        }
        return _RankedList("causes", {id: q.case((tests[id], confidence[id])) for id in tests})

    def _held_back(self) -> _RankedList:
        actions = self._statement.actions
        return _RankedList(
            "held_back",
            {
                each.id: q.case((actions.held(each), actions.value(each)))
                for each in self._actions
                if actions.holders(each)
            },
        )

    def _ranked_rows(self, ranked: _RankedList) -> exp.Select:
        """Select a row per prospect and member of the list: its id and its rank, from 1."""
        branches = [
            {"ordinal": q.whole(ordinal), "id": q.text(id), "value": value}
            for ordinal, (id, value) in enumerate(ranked.ranked_by.items(), start=1)
        ]
        part, select = unpivot(self._way, "evaluated", branches)
        place = _row_number(q.column(KEY, "f"), part("value"), part("ordinal"))
        columns = [q.column(KEY, "f"), q.named(part("id"), "_id"), q.named(place, "_place")]
        return select.select(*columns, copy=False).where(q.is_not_null(part("value")), copy=False)

    def _eligible_actions(self) -> exp.Select:
        """Add the value of each action unless it is blocked, and the joined lists."""
        select = q.select_all("evaluated").select(
            *[q.named(self._open_value(each), f"_value_{n}") for n, each in self._numbered()],
            *[q.named(q.column("_ids", each.name), f"_{each.name}_ids") for each in self._lists],
            copy=False,
        )
        for each in self._lists:
            same = q.compare_sql(q.column(KEY, each.name), "=", q.column(KEY, "f"))
            joined = q.table(f"{each.name}_ids", each.name)
            select = select.join(joined, on=same, join_type="left", copy=False)
        return select

    def _numbered(self) -> list[tuple[int, Action]]:
        return list(enumerate(self._actions, start=1))

    def _open_value(self, action: Action) -> exp.Expression:
        actions = self._statement.actions
        value = actions.value(action)
        if not actions.holders(action):
            return value
        return q.case((q.negated(actions.held(action)), value))

    def _step_rows(self) -> exp.Select:
        """Select a row per step; for a prospect without steps, one with ordinal 0."""
        nothing = (
            q.whole(0),
            q.null("VARCHAR"),
            q.null("DOUBLE"),
            q.null("BIGINT"),
            q.null("VARCHAR"),
        )
        branches = [dict(zip(_PART, nothing, strict=True))]
        values = {n: q.column(f"_value_{n}", "f") for n, _ in self._numbered()}
        for n, each in self._numbered():
            due, cause = self._statement.actions.due(each), self._statement.actions.cause(each)
            part = (q.whole(n), q.text(each.id), values[n], due, cause)
            branches.append(dict(zip(_PART, part, strict=True)))
        part_of, select = unpivot(self._way, "eligible_actions", branches)
        idle = q.is_null(q.coalesce(*values.values())) if values else exp.true()
        alone = exp.Paren(this=q.both([q.compare_sql(part_of("ordinal"), "=", q.whole(0)), idle]))
        flat = self._flat_columns()
        columns = [q.named(flat[name], name) for name in FLAT if name in flat]
        columns += [q.named(q.column(name, "f"), f"_{name}") for name in self._beside]
        columns += [q.named(part_of(name), f"_{name}") for name in _PART]
        select = select.select(*columns, copy=False)
        return select.where(q.either([alone, q.is_not_null(part_of("value"))]), copy=False)

    def _flat_columns(self) -> dict[str, exp.Expression]:
        """Build the columns that are the same for every step, over `eligible_actions`."""
        found = self._columns.all()
        found["prospect"] = found.pop("id")
        found |= {f"silent_{name}": value for name, value in self._columns.silence().items()}
        found["dark"] = self._ids_that_hold("dark", self._playbook.thresholds)
        found["signals"] = self._ids_that_hold("signals", self._playbook.signals)
        lists = {each.name for each in self._lists}
        for name in ("causes", "held_back"):
            found[name] = q.column(f"_{name}_ids", "f") if name in lists else q.null("VARCHAR")
        return found

    def _ids_that_hold(self, section: Section, ids: Iterable[str]) -> exp.Expression:
        """Build the joined ids of the rules that hold; NULL if no rule does."""
        column_of = self._statement.rules.column
        parts = [
            q.case(
                (column_of(RuleId(section, id)), q.text(f"{SEPARATOR}{id}")), otherwise=q.text("")
            )
            for id in ids
        ]
        joined = exp.Substring(this=cast(q.concat(parts), "VARCHAR"), start=q.whole(2))
        return exp.Nullif(this=joined, expression=q.text(""))

    def _action_rows(self) -> exp.Select:
        rank = _row_number(
            q.column("prospect", "f"), q.column("_value", "f"), q.column("_ordinal", "f")
        )
        step = {
            "rank": q.case((q.compare_sql(q.column("_ordinal", "f"), ">", q.whole(0)), rank)),
            "action": q.column("_id", "f"),
            "value": q.column("_value", "f"),
            "due_at": self._columns.instant(q.column("_due", "f")),
            "cause": q.column("_cause", "f"),
        }
        names = [name for name in FLAT if name not in ACTION_TEXTS]
        columns = [
            q.named(step[name], name) if name in step else q.column(name, "f") for name in names
        ]
        columns += [q.column(f"_{name}", "f") for name in self._beside]
        return exp.select(*columns).from_(q.table("step_rows", "f"))


def _row_number(
    owner: exp.Expression, value: exp.Expression, ordinal: exp.Expression
) -> exp.Expression:
    """Build the rank among the rows of ``owner``, from 1: by ``value`` descending, then ordinal."""
    # NULLS is written out, as engines differ in where NULL sorts.
    order = [
        exp.Ordered(this=value, desc=True, nulls_first=False),
        exp.Ordered(this=ordinal, nulls_first=False),
    ]
    return exp.Window(
        this=exp.RowNumber(), partition_by=[owner], order=exp.Order(expressions=order)
    )


def _joined_ids(ranked: _RankedList) -> exp.Select:
    """Select a row per prospect: the ids of a list in their order, joined.

    Not by STRING_AGG or LISTAGG: engines differ in the name and in the syntax of its ORDER BY.
    """
    members: list[exp.Expression] = []
    for place in range(1, len(ranked.ranked_by) + 1):
        here = q.case(
            (q.compare_sql(q.column("_place", "f"), "=", q.whole(place)), q.column("_id", "f"))
        )
        member: exp.Expression = exp.Max(this=here)
        if place > 1:
            joined = exp.Paren(this=exp.DPipe(this=q.text(SEPARATOR), expression=member))
            member = q.coalesce(joined, q.text(""))
        members.append(member)
    select = exp.select(q.column(KEY, "f"), q.named(q.concat(members), "_ids"))
    return select.from_(q.table(f"{ranked.name}_rows", "f")).group_by(q.column(KEY, "f"))

"""The answer as rows: one a recommended step, the same in every dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from engine.backends.sql.rules.measures_to_sql import KEY
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Dialect
from engine.backends.sql.tree.unpivot import Branches, union_all, unpivot
from engine.book.sql_nodes import (
    both,
    case,
    coalesce,
    column,
    compare_sql,
    concat,
    either,
    hours,
    is_not_null,
    is_null,
    named,
    null,
    select_all,
    subtract,
    table,
    text,
    whole,
)
from engine.language.model import Action

PROSPECT = (
    "prospect",
    "name",
    "owner",
    "stage",
    "state",
    "silent_since",
    "silent_hours",
    "silent_business_hours",
)
ACTION = ("rank", "action", "title", "kind", "channel", "value", "due_at", "cause")
GROUNDS = ("because", "source")
RUN = ("playbook", "as_of")
BESIDE = ("goes_dark_at", "dark", "signals", "causes", "held_back")
COLUMNS = (*PROSPECT, *ACTION, *GROUNDS, *RUN, *BESIDE)
"""The columns of the answer. What there may be several of is their ids, parted by `;`, in the order
of the playbook."""

PEOPLE = ("name", "owner", "stage")

FLAT_COMMENTS = {"action": "id"} | {name: name for name in ("title", "kind", "channel", *GROUNDS)}
"""By column, the field of an action that says it."""

PART = ("ordinal", "value", "due", "cause")
"""What the parts are called that a row is spread into: one for each action, and one with the
ordinal 0 for a prospect without any step."""


class FlatResult:
    """Writes the answer over the relation `judged` of ``statement``. ``beside`` are columns of that
    which are answered too, under their names behind an underscore.
    """

    def __init__(self, statement: Statement, dialect: Dialect, beside: Sequence[str] = ()) -> None:
        self._statement = statement
        self._more = beside
        self._dialect = dialect
        self._rules = statement.rules
        self._steps = statement.actions
        self._playbook = statement.playbook
        found = self._playbook.actions
        self._actions = {number + 1: found[id] for number, id in enumerate(sorted(found))}

    def ctes(self) -> Iterator[tuple[str, exp.Query]]:
        """The relations between `judged` and the answer."""
        yield "offers", self._offers()
        yield "actions", self._constants()
        yield "parts", self._parts()

    def query(self) -> exp.Select:
        """The answer itself."""
        names = {name: name.upper() if self._dialect.capitals else name for name in COLUMNS}
        found = {**self._prospect(), **self._step(), **self._run(), **self._beside()}
        columns = [named(found[name], names[name]) for name in COLUMNS]
        columns += [named(column(name, "f"), f"_{name}") for name in self._more]
        select = exp.select(*columns).from_(table("parts", "f"))
        same = compare_sql(column("_ordinal", "a"), "=", column("_ordinal", "f"))
        return select.join(table("actions", "a"), on=same, join_type="left")

    # One row a prospect

    def _offers(self) -> exp.Select:
        """For each action what it is worth unless it is held back, and the lists of ids."""
        select = select_all("judged")
        offers = {n: named(self._offer(each), f"_offer_{n}") for n, each in self._actions.items()}
        lists = {
            "_dark_ids": self._those("dark", self._playbook.thresholds),
            "_signal_ids": self._those("signals", self._playbook.signals),
            "_cause_ids": _listed(
                (id, self._rules.diagnosed(each)) for id, each in self._playbook.causes.items()
            ),
            "_held_ids": _listed(
                (each.id, both([is_not_null(self._steps.value(each)), self._steps.held(each)]))
                for each in self._playbook.actions.values()
                if self._steps.holders(each)
            ),
        }
        added = [*offers.values(), *(named(value, name) for name, value in lists.items())]
        return select.select(*added, copy=False)

    def _offer(self, action: Action) -> exp.Expression:
        value = self._steps.value(action)
        if not self._steps.holders(action):
            return value
        return case((exp.Not(this=exp.Paren(this=self._steps.held(action))), value))

    def _those(self, section: str, ids: Iterable[str]) -> exp.Expression:
        return _listed((id, self._rules.column(f"{section}.{id}")) for id in ids)

    # One row an action

    def _constants(self) -> exp.Query:
        """What the playbook says of each action, by its ordinal: the place of its id among all, so
        that no engine has to put ids in order.
        """
        rows = [_constant(each, n) for n, each in self._actions.items()]
        return union_all(rows or [_constant(None, 0)])

    # One row a prospect and action

    def _parts(self) -> exp.Select:
        """A row for each step of a prospect, or one for a prospect without any."""
        part, select = unpivot(self._dialect.spread, "offers", self._branches())
        columns: list[exp.Expression] = [column(name, "f") for name in (KEY, *self._kept())]
        columns += [named(part(name), f"_{name}") for name in PART]
        idle = [column(f"_offer_{n}", "f") for n in self._actions]
        none = is_null(coalesce(*idle)) if idle else exp.true()
        alone = exp.Paren(this=both([compare_sql(part("ordinal"), "=", whole(0)), none]))
        some = either([alone, is_not_null(part("value"))])
        return select.select(*columns, copy=False).where(some, copy=False)

    def _kept(self) -> list[str]:
        facts = ("silent_since", *(name for name in PEOPLE if self._has(name)))
        names = [self._statement.names[f"facts.{name}"] for name in facts]
        own = ("_state", "_goes_dark_at", "_silent_opened", "_opened")
        ids = ("_dark_ids", "_signal_ids", "_cause_ids", "_held_ids")
        return list(dict.fromkeys([*names, *own, *ids, *self._more]))

    def _has(self, fact: str) -> bool:
        return fact in self._playbook.facts

    def _branches(self) -> Branches:
        nothing = (whole(0), null("DOUBLE"), null("BIGINT"), null("VARCHAR"))
        found = [dict(zip(PART, nothing, strict=True))]
        for n, each in self._actions.items():
            offer = column(f"_offer_{n}", "f")
            part = (whole(n), offer, self._steps.due(each), self._steps.cause(each))
            found.append(dict(zip(PART, part, strict=True)))
        return found

    # What is printed

    def _instant(self, seconds: exp.Expression) -> exp.Expression:
        return self._dialect.instant(seconds)

    def _prospect(self) -> dict[str, exp.Expression]:
        silent = self._rules.column("facts.silent_since")
        elapsed = subtract(self._statement.cutoffs.now.copy(), silent)
        opened = subtract(column("_opened", "f"), column("_silent_opened", "f"))
        facts = {
            name: self._rules.column(f"facts.{name}") if self._has(name) else null("VARCHAR")
            for name in PEOPLE
        }
        return {
            "prospect": column(KEY, "f"),
            **facts,
            "state": column("_state", "f"),
            "silent_since": self._instant(silent.copy()),
            "silent_hours": hours(elapsed),
            "silent_business_hours": hours(case((is_not_null(silent.copy()), opened))),
        }

    def _step(self) -> dict[str, exp.Expression]:
        order = [
            exp.Ordered(this=column("_value", "f"), desc=True, nulls_first=False),
            exp.Ordered(this=column("_ordinal", "f"), nulls_first=False),
        ]
        rank = exp.Window(
            this=exp.RowNumber(),
            partition_by=[column(KEY, "f")],
            order=exp.Order(expressions=order),
        )
        return {
            **{name: column(name, "a") for name in FLAT_COMMENTS},
            "rank": case((compare_sql(column("_ordinal", "f"), ">", whole(0)), rank)),
            "value": column("_value", "f"),
            "due_at": self._instant(column("_due", "f")),
            "cause": column("_cause", "f"),
        }

    def _run(self) -> dict[str, exp.Expression]:
        now = self._statement.cutoffs.now.copy()
        playbook = exp.cast(text(self._playbook.id), "VARCHAR")
        return {"playbook": playbook, "as_of": self._instant(now)}

    def _beside(self) -> dict[str, exp.Expression]:
        waiting = compare_sql(column("_state", "f"), "=", text("waiting"))
        return {
            "goes_dark_at": self._instant(case((waiting, column("_goes_dark_at", "f")))),
            "dark": _ids("_dark_ids"),
            "signals": _ids("_signal_ids"),
            "causes": _ids("_cause_ids"),
            "held_back": _ids("_held_ids"),
        }


def _listed(ids: Iterable[tuple[str, exp.Expression]]) -> exp.Expression:
    """Those ids whose test holds, each behind a `;`."""
    parts = [case((test, text(f";{id}")), otherwise=text("")) for id, test in ids]
    return exp.cast(concat(parts), "VARCHAR")


def _ids(name: str) -> exp.Expression:
    """The ids of `_listed`, parted by `;`; unknown where there are none."""
    listed = exp.Substring(this=column(name, "f"), start=whole(2))
    return exp.Nullif(this=listed, expression=text(""))


def _constant(action: Action | None, ordinal: int) -> exp.Select:
    """A row of what is said of ``action``, all of it unknown where there is none."""
    columns = [
        named(_said(None if action is None else getattr(action, field)), name)
        for name, field in FLAT_COMMENTS.items()
    ]
    return exp.select(named(whole(ordinal), "_ordinal"), *columns)


def _said(words: str | None) -> exp.Expression:
    return null("VARCHAR") if words is None else exp.cast(text(words), "VARCHAR")

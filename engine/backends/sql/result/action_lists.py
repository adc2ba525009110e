"""The lists of next steps, and of actions that guards hold back, of every prospect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from engine.backends.sql.statement import Statement
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
    text_or_null,
)
from engine.book.sql_nodes import (
    array,
    case,
    coalesce,
    column,
    compare_sql,
    either,
    is_not_null,
    is_null,
    text,
    whole,
)
from engine.language.model import Action, Playbook
from engine.language.walk import RuleId
from engine.semantics.result_schema import NESTED_TYPES

ActionList = tuple[Action, str | None]
"""An action with the cause it may answer; None where it is for any."""

_RANKED = "ARRAY<STRUCT<m: DOUBLE, n: INT>>"


class ActionLists:
    """The lists of next steps and of blocked actions, by value and then by id of the action.

    They take two selects: the first collects the eligible actions as small structs of value and
    number. Titles and due instants are looked up in the second, only for the actions that are in
    the list; many more might have been.
    """

    def __init__(self, statement: Statement, lists: NestedIn, instant: Convert) -> None:
        self._statement = statement
        self._lists = lists
        self._instant = instant
        self._all = list(_offers(statement.playbook))
        dues = [statement.actions.due(action) for action, _ in self._all]
        self._dues = list(dict.fromkeys(dues))
        self._due_of = [self._dues.index(due) + 1 for due in dues]
        holders = [tuple(statement.actions.holders(action)) for action, _ in self._all]
        self._holders = [guards for guards in dict.fromkeys(holders) if guards]
        self._holders_of = [self._holders.index(one) + 1 if one else 0 for one in holders]

    def columns(self) -> dict[str, exp.Expression]:
        """Return what the first select has, over `evaluated` AS f."""
        columns = {"_eligible": self._eligible()}
        rules = self._statement.rules
        for at, guards in enumerate(self._holders, start=1):
            acting = [rules.column(RuleId("guards", id)) for id in guards]
            words = [case((test, text(id))) for id, test in zip(guards, acting, strict=True)]
            columns[f"_held_{at}"] = case((either(acting), filter_array(array(words), is_not_null)))
        for at, due in enumerate(self._dues, start=1):
            columns[f"_due_{at}"] = self._instant(due.copy())
        return columns

    def next_steps(self) -> exp.Expression:
        """Return the eligible actions that nothing holds back, over the first select AS f."""
        if not self._all:
            return empty_array(NESTED_TYPES["next_steps"])
        steps: exp.Expression = column("_eligible", "f")
        if self._holders:
            free = filter_array(steps, lambda item: is_null(self._held(item)))
            steps = case((self._any_held(), free), otherwise=steps)
        return map_array(steps, self._step)

    def held_back(self) -> exp.Expression:
        """Return the others, with the guards that hold them."""
        if not self._holders:
            return empty_array(NESTED_TYPES["held_back"])
        names = [text(action.id) for action, _ in self._all]

        def one(item: exp.Expression) -> exp.Expression:
            return struct(action=self._element(names, item), guards=self._held(item))

        held = filter_array(column("_eligible", "f"), lambda item: is_not_null(self._held(item)))
        return case(
            (self._any_held(), map_array(held, one)),
            otherwise=empty_array(NESTED_TYPES["held_back"]),
        )

    def _eligible(self) -> exp.Expression:
        playbook, columns = self._statement.playbook, self._statement.actions
        actions = [playbook.actions[id] for id in sorted(playbook.actions)]
        values = [columns.value(action) for action in actions]
        items = [
            sort_key(value, self._place(action))
            for value, action in zip(values, actions, strict=True)
        ]
        if not items:
            return empty_array(_RANKED)
        found = ascending(filter_array(array(items), lambda item: is_not_null(field(item, "m"))))
        return case((is_not_null(coalesce(*values)), found), otherwise=empty_array(_RANKED))

    def _place(self, action: Action) -> exp.Expression:
        """Which of the offers ``action`` is, counted from 1; of one that is not eligible, any."""
        places = {
            cause: whole(place)
            for place, (one, cause) in enumerate(self._all, start=1)
            if one is action
        }
        if len(places) == 1:
            return next(iter(places.values()))
        columns = self._statement.actions
        answered = columns.cause(action)
        tests = [
            (compare_sql(answered, "=", text_or_null(cause)), place)
            for cause, place in places.items()
        ]
        # Said first, so that words are compared in the few rows only where they have to be.
        return case((is_null(columns.value(action)), whole(0)), *tests)

    def _step(self, item: exp.Expression) -> exp.Expression:
        actions = [action for action, _ in self._all]
        causes = [text_or_null(cause) for _, cause in self._all]
        return struct(
            action=self._element([text(one.id) for one in actions], item),
            kind=self._element([text(one.kind) for one in actions], item),
            channel=self._element([text_or_null(one.channel) for one in actions], item),
            value=exp.Neg(this=field(item, "m")),
            due_at=self._chosen(item, self._due_of, "_due"),
            cause=self._element(causes, item),
        )

    def _held(self, item: exp.Expression) -> exp.Expression:
        """Return the guards that hold an action back; NULL where none does."""
        return self._chosen(item, self._holders_of, "_held")

    def _any_held(self) -> exp.Expression:
        return either(
            [is_not_null(column(f"_held_{at + 1}", "f")) for at in range(len(self._holders))]
        )

    def _element(self, items: Sequence[exp.Expression], item: exp.Expression) -> exp.Expression:
        """Return the one of ``items``, one for each action, that belongs to ``item``."""
        return array_get(items, field(item, "n"), self._lists)

    def _chosen(self, item: exp.Expression, places: list[int], name: str) -> exp.Expression:
        """Return the column ``name`` of the number in ``places``; NULL for 0."""
        which = self._element([whole(place) for place in places], item)
        columns = {at: column(f"{name}_{at}", "f") for at in sorted(set(places) - {0})}
        return case(*[(compare_sql(which, "=", whole(at)), one) for at, one in columns.items()])


def _offers(playbook: Playbook) -> Iterator[ActionList]:
    """All there are, by the ids of actions: steps of equal value come in this order."""
    for id in sorted(playbook.actions):
        action = playbook.actions[id]
        for cause in sorted(action.fits):
            yield action, cause
        if not action.fits:
            yield action, None

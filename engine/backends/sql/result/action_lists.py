"""Build the list of next steps and the list of blocked actions of every prospect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

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
from engine.book import sql_nodes as q
from engine.language.model import Action, Playbook
from engine.language.walk import RuleId
from engine.semantics.result_schema import NESTED_TYPES

ActionList = tuple[Action, str | None]
"""An action with a cause that it may answer; None if it is for any cause."""

_RANKED = "ARRAY<STRUCT<m: DOUBLE, n: INT>>"


class ActionLists:
    """Build the lists of next steps and of blocked actions, by value and then by id of the action.

    They take two selects. The first collects the eligible actions as small structs of value and
    number; texts and due instants are looked up in the second, only for eligible actions::

        ARRAY_SORT(LIST_FILTER([
            {'m': -"f"."action_call_value", 'n': CAST(1 AS INT)},
            {'m': -"f"."action_wait_value", 'n': CAST(2 AS INT)}],
          LAMBDA _item : NOT _item.m IS NULL)) AS "_eligible"

        LIST_TRANSFORM("f"."_eligible", LAMBDA _item :
          {'action': LIST_EXTRACT(['call', 'wait'], _item.n), ..., 'value': -_item.m, ...})

    Args:
        statement: Has the columns of actions and guards.
        lists: The dialect of lists.
        instant: Converts seconds since 1970 UTC to a timestamp.
    """

    def __init__(self, statement: Statement, lists: NestedIn, instant: Convert) -> None:
        self._statement = statement
        self._lists = lists
        self._instant = instant
        self._all = list(_offers(statement.playbook))
        self._places: dict[str, dict[str | None, int]] = {}
        for place, (action, cause) in enumerate(self._all, start=1):
            self._places.setdefault(action.id, {})[cause] = place
        dues = [statement.actions.due(action) for action, _ in self._all]
        self._dues = list(dict.fromkeys(dues))
        due_at = {due: at for at, due in enumerate(self._dues, start=1)}
        self._due_of = [due_at[due] for due in dues]
        holders = [tuple(statement.actions.holders(action)) for action, _ in self._all]
        self._holders = [guards for guards in dict.fromkeys(holders) if guards]
        held_at = {guards: at for at, guards in enumerate(self._holders, start=1)}
        self._holders_of = [held_at.get(guards, 0) for guards in holders]

    def columns(self) -> dict[str, exp.Expression]:
        """Build the columns of the first select by name, over `evaluated` AS f."""
        columns = {"_eligible": self._eligible()}
        rules = self._statement.rules
        for at, guards in enumerate(self._holders, start=1):
            acting = [rules.column(RuleId("guards", id)) for id in guards]
            words = [q.case((test, q.text(id))) for id, test in zip(guards, acting, strict=True)]
            columns[f"_held_{at}"] = q.case(
                (q.either(acting), filter_array(q.array(words), q.is_not_null))
            )
        for at, due in enumerate(self._dues, start=1):
            columns[f"_due_{at}"] = self._instant(due.copy())
        return columns

    def next_steps(self) -> exp.Expression:
        """Build the list of eligible actions that are not held back, over the first select AS f."""
        if not self._all:
            return empty_array(NESTED_TYPES["next_steps"])
        steps: exp.Expression = q.column("_eligible", "f")
        if self._holders:
            free = filter_array(steps, lambda item: q.is_null(self._held(item)))
            # Most prospects have no acting guard: their list is not even filtered.
            steps = q.case((self._any_held(), free), otherwise=steps)
        return map_array(steps, self._step)

    def held_back(self) -> exp.Expression:
        """Build the list of eligible actions that are held back, each with the acting guards."""
        if not self._holders:
            return empty_array(NESTED_TYPES["held_back"])
        names = [q.text(action.id) for action, _ in self._all]

        def one(item: exp.Expression) -> exp.Expression:
            return struct(action=self._element(names, item), guards=self._held(item))

        held = filter_array(
            q.column("_eligible", "f"), lambda item: q.is_not_null(self._held(item))
        )
        return q.case(
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
        found = ascending(
            filter_array(q.array(items), lambda item: q.is_not_null(field(item, "m")))
        )
        return q.case((q.is_not_null(q.coalesce(*values)), found), otherwise=empty_array(_RANKED))

    def _place(self, action: Action) -> exp.Expression:
        """Build the number, from 1, of ``action`` with the cause that it answers.

        0 if it is not eligible and may answer several causes.
        """
        places = {cause: q.whole(place) for cause, place in self._places[action.id].items()}
        if len(places) == 1:
            return next(iter(places.values()))
        columns = self._statement.actions
        answered = columns.cause(action)
        tests = [
            (q.compare_sql(answered, "=", text_or_null(cause)), place)
            for cause, place in places.items()
        ]
        # First, so that texts are compared only in the few rows where the action is eligible.
        return q.case((q.is_null(columns.value(action)), q.whole(0)), *tests)

    def _step(self, item: exp.Expression) -> exp.Expression:
        actions = [action for action, _ in self._all]
        causes = [text_or_null(cause) for _, cause in self._all]
        return struct(
            action=self._element([q.text(one.id) for one in actions], item),
            kind=self._element([q.text(one.kind) for one in actions], item),
            channel=self._element([text_or_null(one.channel) for one in actions], item),
            value=exp.Neg(this=field(item, "m")),
            due_at=self._chosen(item, self._due_of, "_due"),
            cause=self._element(causes, item),
        )

    def _held(self, item: exp.Expression) -> exp.Expression:
        """Build the list of guards that hold an action back; NULL if there are none."""
        return self._chosen(item, self._holders_of, "_held")

    def _any_held(self) -> exp.Expression:
        return q.either(
            [q.is_not_null(q.column(f"_held_{at + 1}", "f")) for at in range(len(self._holders))]
        )

    def _element(self, items: Sequence[exp.Expression], item: exp.Expression) -> exp.Expression:
        """Build the one of ``items``, one for each number, that belongs to ``item``."""
        return array_get(items, field(item, "n"), self._lists)

    def _chosen(self, item: exp.Expression, places: list[int], name: str) -> exp.Expression:
        """Build the column ``name`` with the number that ``places`` has for it; NULL for 0."""
        # By CASE: an array of all columns would have to be built for every item. Each number is
        # written once, as the text must not grow with the square of the actions.
        numbers: dict[int, list[exp.Expression]] = {}
        for number, at in enumerate(places, start=1):
            numbers.setdefault(at, []).append(q.whole(number))
        numbers.pop(0, None)
        return q.case(
            *[
                (exp.In(this=field(item, "n"), expressions=those), q.column(f"{name}_{at}", "f"))
                for at, those in sorted(numbers.items(), key=itemgetter(0))
            ]
        )


def _offers(playbook: Playbook) -> Iterator[ActionList]:
    """Yield each action with each cause, by the ids of both: the order of equal values."""
    for id in sorted(playbook.actions):
        action = playbook.actions[id]
        for cause in sorted(action.fits):
            yield action, cause
        if not action.fits:
            yield action, None

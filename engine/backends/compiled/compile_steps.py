"""Compile a playbook to one function from a prospect's facts to its eligible actions.

It keeps no record of what fired: what no rule reads is not computed. It returns one flat tuple,
since building objects would take longer than the rules; `ResultLayout` describes its parts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from engine.backends.compiled import codegen as py
from engine.backends.compiled.compile_rules import SILENT, RuleCompiler
from engine.backends.compiled.hoist_conditions import hoist_shared_conditions
from engine.backends.compiled.liveness import guard_only_facts
from engine.language.durations import Duration
from engine.language.model import Action, Playbook
from engine.language.walk import DARK, RuleId, conjuncts
from engine.semantics.dependencies import dependencies

Eligible = tuple[float, int, str, int, int, str | None]
"""An eligible action as a tuple that sorts by value and then by id: its value negated, the rank of
its id among those of all actions, its id, the index of its due rule in `ResultLayout.dues`, a bit
for each guard that can hold it back, and the id of its cause."""

STATE, ELIGIBLE, GUARDS, COUNT, TIMES = range(5)
"""Indices in the result: the state; the list of `Eligible`; a bit for each guard that acts and
blocks any action (0 if no action is eligible); the count of the cadence; the first time fact."""


@dataclass(frozen=True, slots=True)
class ResultLayout:
    """Where the parts of the result are.

    Attributes:
        dues: The due rules of all actions, without duplicates.
        times: The time facts whose values are at `TIMES` and after.
        passed: For each threshold whether it has passed; all slices are in playbook order.
        applicable_thresholds: For each threshold whether its `when` holds.
        signals: For each signal whether it fires.
        confidence: For each cause the confidence in it.
    """

    dues: tuple[Literal["cadence", "now"] | Duration, ...]
    times: tuple[str, ...]
    passed: slice
    applicable_thresholds: slice
    signals: slice
    confidence: slice


def result_layout(playbook: Playbook) -> ResultLayout:
    """Return the layout of the result for ``playbook``."""
    cadence, thresholds = playbook.cadence, playbook.thresholds
    since = [threshold.since for threshold in thresholds.values()]
    times = tuple(dict.fromkeys(["silent_since", cadence.start, cadence.gap_from, *since]))
    ends = [TIMES + len(times)]
    for section in (thresholds, thresholds, playbook.signals, playbook.causes):
        ends.append(ends[-1] + len(section))
    dues = tuple(dict.fromkeys(action.due for action in playbook.actions.values()))
    return ResultLayout(dues, times, *(slice(start, end) for start, end in pairwise(ends)))


class StepsCompiler:
    """Compile one playbook to code over ``values``, ``now`` and ``open_between``.

    ``call: {when: {all: [{dark: true}, {stage: demo}]}, score: 0.4, for: {busy: 0.8}, ...}`` and
    ``wait: {when: {all: [{dark: true}, {amount: {at_least: 5}}]}, score: 0.2, ...}`` become, after
    the rules::

        found = []
        if v18:
            if v23 >= 0.25 and v0 == 'demo':
                found.append((-(0.4 * (v23 * 0.8)), 0, 'call', 0, 1, 'busy'))
            if v1 >= 5.0:
                found.append((-0.2, 1, 'wait', 1, 0, None))
        guards = 0
        if found:
            if v3:
                guards |= 1
        return ('dark' if v18 else ..., found, guards, v15, v14, v13, ...)

    Args:
        playbook: What to compile.
        vetting: Returns statements that check a fact before any rule reads it, from the fact's id
            and the local variable that holds its value.
    """

    def __init__(
        self, playbook: Playbook, vetting: Callable[[str, str], Iterable[ast.stmt]]
    ) -> None:
        self._playbook = playbook
        self._rules = RuleCompiler(playbook, trace=False)
        self._vetting = vetting
        self._places = {id: place for place, id in enumerate(sorted(playbook.actions))}
        self._layout = result_layout(playbook)

    def body(self) -> list[ast.stmt]:
        """Compile the statements; the result has the layout that `result_layout` returns."""
        for_guards = guard_only_facts(self._playbook)
        vetted = [
            each
            for id in self._playbook.facts
            for each in self._vetting(id, self._rules.local(RuleId("facts", id)))
        ]
        actions = [(action, conjuncts(action.when)) for action in self._playbook.actions.values()]
        return [
            self._rules.facts(),
            *vetted,
            *self._rules.conclusions(for_guards),
            py.assign("found", ast.List(elts=[], ctx=ast.Load())),
            *hoist_shared_conditions(
                actions, self._rules.tests.compile_definitely, self._candidate
            ),
            py.assign("guards", py.const(0)),
            py.if_(py.load_name("found"), self._guards(for_guards)),
            ast.Return(value=py.tuple_of(self._parts())),
        ]

    def _candidate(self, action: Action) -> tuple[ast.expr | None, list[ast.stmt]]:
        """Compile what else must hold for ``action``, and what adds it to the list."""
        causes = sorted(action.fits)
        if not causes:
            return None, [self._add(action, py.const(-action.score), py.const(None))]
        diagnosed = py.or_([self._rules.diagnosed(cause) for cause in causes])
        return diagnosed, self._answer(action, causes)

    def _answer(self, action: Action, causes: list[str]) -> list[ast.stmt]:
        """Compile adding ``action`` for the diagnosed cause it answers best; of equals, the first
        by id.
        """
        score = py.const(action.score)
        if len(causes) == 1:
            value = py.neg(py.mul(score, self._answered(action, causes[0])))
            return [self._add(action, value, py.const(causes[0]))]
        body = [py.assign("best", py.const(-1.0)), py.assign("cause", py.const(None))]
        for cause in causes:
            better = py.comparison(py.load_name("answered"), (ast.Gt(), py.load_name("best")))
            take = [
                py.assign("best", py.load_name("answered")),
                py.assign("cause", py.const(cause)),
            ]
            answered = py.assign("answered", self._answered(action, cause))
            body.append(py.if_(self._rules.diagnosed(cause), [answered, py.if_(better, take)]))
        return [
            *body,
            self._add(action, py.neg(py.mul(score, py.load_name("best"))), py.load_name("cause")),
        ]

    def _answered(self, action: Action, cause: str) -> ast.expr:
        confidence = py.load_name(self._rules.local(RuleId("causes", cause)))
        return py.mul(confidence, py.const(action.fits[cause]))

    def _add(self, action: Action, value: ast.expr, cause: ast.expr) -> ast.stmt:
        place, due = self._places[action.id], self._layout.dues.index(action.due)
        guards = enumerate(self._playbook.guards.values())
        blocked = sum(1 << at for at, guard in guards if guard.blocks(action))
        middle = [py.const(each) for each in (place, action.id, due, blocked)]
        return py.statement(py.call_method("found", "append", py.tuple_of([value, *middle, cause])))

    def _guards(self, concluded: frozenset[RuleId]) -> list[ast.stmt]:
        """Compile which guards act; it runs only if there is an action to hold back."""
        order = [name for name in dependencies(self._playbook).order if name in concluded]
        body = [each for name in order for each in self._rules.conclude(name)]
        for place, guard in enumerate(self._playbook.guards.values()):
            if any(guard.blocks(action) for action in self._playbook.actions.values()):
                holds = self._rules.tests.compile_definitely(guard.condition)
                acts = py.not_(holds) if guard.unless else holds
                body.append(py.if_(acts, [py.add_bit("guards", place)]))
        return body or [ast.Pass()]

    def _parts(self) -> Iterable[ast.expr]:
        playbook, local = self._playbook, self._rules.local
        yield self._state()
        yield from (
            py.load_name("found"),
            py.load_name("guards"),
            py.load_name(local(RuleId("facts", playbook.cadence.count))),
        )
        yield from (py.load_name(local(RuleId("facts", name))) for name in self._layout.times)
        yield from (py.load_name(local(RuleId("dark", id))) for id in playbook.thresholds)
        yield from map(self._rules.applicable_thresholds, playbook.thresholds.values())
        yield from (py.load_name(local(RuleId("signals", id))) for id in playbook.signals)
        yield from (py.load_name(local(RuleId("causes", id))) for id in playbook.causes)

    def _state(self) -> ast.expr:
        """Compile the state, as `engine.semantics.recommend` defines it; NaN is an unknown time."""
        silent, replied = (
            py.load_name(self._rules.local(SILENT)),
            py.load_name(self._rules.local(REPLIED)),
        )
        spoken = py.if_expr(py.comparison(replied, (ast.Eq(), replied)), OUR_TURN, UNTOUCHED)
        waiting = py.if_expr(py.comparison(silent, (ast.Eq(), silent)), WAITING, spoken)
        for state in ("unclear", "closed"):
            if state in self._playbook.facts:
                standing = py.load_name(self._rules.local(RuleId("facts", state)))
                waiting = py.if_expr(standing, py.const(state), waiting)
        return py.if_expr(py.load_name(self._rules.local(DARK)), IS_DARK, waiting)


REPLIED = RuleId("facts", "last_reply_at")
IS_DARK, WAITING = py.const("dark"), py.const("waiting")
OUR_TURN, UNTOUCHED = py.const("our_turn"), py.const("untouched")

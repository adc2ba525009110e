"""A playbook turned into Python code that goes from a prospect's facts to its ranked next steps.

The same rules as in `inference.compiled`, without a word on what fired: what nobody asks for is not
worked out, and what comes back is one flat tuple, of which `Layout` knows the parts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from engine.backends.compiled.codegen import (
    add_bit,
    assign,
    call_method,
    comparison,
    const,
    if_,
    if_expr,
    load_name,
    mul,
    neg,
    not_,
    or_,
    statement,
    tuple_of,
)
from engine.backends.compiled.compile_rules import SILENT, RuleCompiler
from engine.backends.compiled.hoist_conditions import hoist_shared_conditions
from engine.backends.compiled.liveness import conjuncts, guard_only_facts
from engine.language.durations import Duration
from engine.language.model import Action, Playbook
from engine.language.walk import DARK, RuleId
from engine.semantics.dependencies import dependencies

Eligible = tuple[float, int, str, int, int, str | None]
"""An eligible action: its value below 0, so that the best sorts first; the place of its id among
those of all actions in order; its id; the place of its due in `Layout`; the guards that can hold it
back, a bit each; and the id of its cause."""

STATE, FOUND, GUARDS, COUNT, TIMES = range(5)
"""The state, the list of `Eligible`, the guards that act (a bit each, of those that block anything;
none where nothing is eligible), the count of the cadence, and the first of the times."""


@dataclass(frozen=True, slots=True)
class ResultLayout:
    """What comes after `COUNT`: the values of the time facts ``times``, then in playbook order
    which thresholds have passed, of which the `when` holds, which signals fire, and the confidence
    in each cause. ``dues`` are all that actions have, each once.
    """

    dues: tuple[Literal["cadence", "now"] | Duration, ...]
    times: tuple[str, ...]
    passed: slice
    applicable_thresholds: slice
    signals: slice
    confidence: slice


def result_layout(playbook: Playbook) -> ResultLayout:
    """Return the layout of what the code for ``playbook`` returns."""
    cadence, thresholds = playbook.cadence, playbook.thresholds
    since = [threshold.since for threshold in thresholds.values()]
    trace = tuple(dict.fromkeys(["silent_since", cadence.start, cadence.gap_from, *since]))
    ends = [TIMES + len(trace)]
    for section in (thresholds, thresholds, playbook.signals, playbook.causes):
        ends.append(ends[-1] + len(section))
    dues = tuple(dict.fromkeys(action.due for action in playbook.actions.values()))
    return ResultLayout(dues, trace, *(slice(start, end) for start, end in pairwise(ends)))


class StepsCompiler:
    """Writes the code of one playbook, which takes ``values``, ``now`` and ``open_between``.

    ``vetting`` gives statements about a fact and the local variable that holds it, done before any
    rule looks at it.
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
        """Return the statements; what they return is laid out as `result_layout` says."""
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
            assign("found", ast.List(elts=[], ctx=ast.Load())),
            *hoist_shared_conditions(actions, self._rules.tests.compile_definitely, self._judged),
            assign("guards", const(0)),
            if_(load_name("found"), self._guards(for_guards)),
            ast.Return(value=tuple_of(self._parts())),
        ]

    def _judged(self, action: Action) -> tuple[ast.expr | None, list[ast.stmt]]:
        """Return what else must hold for ``action``, and what is done then."""
        causes = sorted(action.fits)
        if not causes:
            return None, [self._add(action, const(-action.score), const(None))]
        diagnosed = or_([self._rules.diagnosed(cause) for cause in causes])
        return diagnosed, self._answer(action, causes)

    def _answer(self, action: Action, causes: list[str]) -> list[ast.stmt]:
        """Add ``action`` for the diagnosed cause it answers best; of equals, the first by id."""
        score = const(action.score)
        if len(causes) == 1:
            value = neg(mul(score, self._answered(action, causes[0])))
            return [self._add(action, value, const(causes[0]))]
        body = [assign("best", const(-1.0)), assign("cause", const(None))]
        for cause in causes:
            better = comparison(load_name("answered"), (ast.Gt(), load_name("best")))
            take = [
                assign("best", load_name("answered")),
                assign("cause", const(cause)),
            ]
            answered = assign("answered", self._answered(action, cause))
            body.append(if_(self._rules.diagnosed(cause), [answered, if_(better, take)]))
        return [*body, self._add(action, neg(mul(score, load_name("best"))), load_name("cause"))]

    def _answered(self, action: Action, cause: str) -> ast.expr:
        confidence = load_name(self._rules.local(RuleId("causes", cause)))
        return mul(confidence, const(action.fits[cause]))

    def _add(self, action: Action, value: ast.expr, cause: ast.expr) -> ast.stmt:
        place, due = self._places[action.id], self._layout.dues.index(action.due)
        guards = enumerate(self._playbook.guards.values())
        blocked = sum(1 << at for at, guard in guards if guard.blocks(action))
        trace = [const(each) for each in (place, action.id, due, blocked)]
        return statement(call_method("found", "append", tuple_of([value, *trace, cause])))

    def _guards(self, concluded: frozenset[RuleId]) -> list[ast.stmt]:
        """Which guards act, once there is something that they could hold back."""
        order = [name for name in dependencies(self._playbook).order if name in concluded]
        body = [each for name in order for each in self._rules.conclude(name)]
        for place, guard in enumerate(self._playbook.guards.values()):
            if any(guard.blocks(action) for action in self._playbook.actions.values()):
                holds = self._rules.tests.compile_definitely(guard.condition)
                acts = not_(holds) if guard.unless else holds
                body.append(if_(acts, [add_bit("guards", place)]))
        return body or [ast.Pass()]

    def _parts(self) -> Iterable[ast.expr]:
        playbook, local = self._playbook, self._rules.local
        yield self._state()
        yield from (
            load_name("found"),
            load_name("guards"),
            load_name(local(RuleId("facts", playbook.cadence.count))),
        )
        yield from (load_name(local(RuleId("facts", name))) for name in self._layout.times)
        yield from (load_name(local(RuleId("dark", id))) for id in playbook.thresholds)
        yield from map(self._rules.applicable_thresholds, playbook.thresholds.values())
        yield from (load_name(local(RuleId("signals", id))) for id in playbook.signals)
        yield from (load_name(local(RuleId("causes", id))) for id in playbook.causes)

    def _state(self) -> ast.expr:
        """As `advise.state_of`: an unknown time is not equal to itself."""
        silent, replied = (
            load_name(self._rules.local(SILENT)),
            load_name(self._rules.local(REPLIED)),
        )
        spoken = if_expr(comparison(replied, (ast.Eq(), replied)), OUR_TURN, UNTOUCHED)
        waiting = if_expr(comparison(silent, (ast.Eq(), silent)), WAITING, spoken)
        return if_expr(load_name(self._rules.local(DARK)), IS_DARK, waiting)


REPLIED = RuleId("facts", "last_reply_at")
IS_DARK, WAITING = const("dark"), const("waiting")
OUR_TURN, UNTOUCHED = const("our_turn"), const("untouched")

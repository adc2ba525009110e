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
    choose,
    compare,
    constant,
    do,
    either,
    load,
    method,
    negate,
    negative,
    times,
    tuple_of,
    when,
)
from engine.backends.compiled.compile_rules import SILENT, Rules
from engine.backends.compiled.liveness import only_for_guards, required
from engine.backends.compiled.shared_guards import blocks
from engine.language.durations import Duration
from engine.language.model import Action, Playbook
from engine.semantics.dependencies import layers

Eligible = tuple[float, int, str, int, int, str | None]
"""An eligible action: its value below 0, so that the best sorts first; the place of its id among
those of all actions in order; its id; the place of its due in `Layout`; the guards that can hold it
back, a bit each; and the id of its cause."""

STATE, FOUND, GUARDS, COUNT, TIMES = range(5)
"""The state, the list of `Eligible`, the guards that act (a bit each, of those that block anything;
none where nothing is eligible), the count of the cadence, and the first of the times."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What comes after `COUNT`: the values of the time facts ``times``, then in playbook order
    which thresholds have passed, of which the `when` holds, which signals fire, and the confidence
    in each cause. ``dues`` are all that actions have, each once.
    """

    dues: tuple[Literal["cadence", "now"] | Duration, ...]
    times: tuple[str, ...]
    passed: slice
    waited_for: slice
    signals: slice
    confidence: slice


def layout_of(playbook: Playbook) -> Layout:
    """The layout of what the code for ``playbook`` returns."""
    cadence, thresholds = playbook.cadence, playbook.thresholds
    since = [threshold.since for threshold in thresholds.values()]
    told = tuple(dict.fromkeys(["silent_since", cadence.start, cadence.gap_from, *since]))
    ends = [TIMES + len(told)]
    for section in (thresholds, thresholds, playbook.signals, playbook.causes):
        ends.append(ends[-1] + len(section))
    dues = tuple(dict.fromkeys(action.due for action in playbook.actions.values()))
    return Layout(dues, told, *(slice(start, end) for start, end in pairwise(ends)))


class StepsWriter:
    """Writes the code of one playbook, which takes ``values``, ``now`` and ``open_between``.

    ``vetting`` gives statements about a fact and the local variable that holds it, done before any
    rule looks at it.
    """

    def __init__(
        self, playbook: Playbook, vetting: Callable[[str, str], Iterable[ast.stmt]]
    ) -> None:
        self._playbook = playbook
        self._rules = Rules(playbook, told=False)
        self._vetting = vetting
        self._places = {id: place for place, id in enumerate(sorted(playbook.actions))}
        self._layout = layout_of(playbook)

    def body(self) -> list[ast.stmt]:
        """The statements; what they return is as `layout_of` says."""
        for_guards = only_for_guards(self._playbook)
        vetted = [
            each
            for id in self._playbook.facts
            for each in self._vetting(id, self._rules.local(f"facts.{id}"))
        ]
        actions = [(action, required(action.when)) for action in self._playbook.actions.values()]
        return [
            self._rules.facts(),
            *vetted,
            *self._rules.conclusions(for_guards),
            assign("found", ast.List(elts=[], ctx=ast.Load())),
            *blocks(actions, self._rules.tests.certainly, self._judged),
            assign("guards", constant(0)),
            when(load("found"), self._guards(for_guards)),
            ast.Return(value=tuple_of(self._parts())),
        ]

    def _judged(self, action: Action) -> tuple[ast.expr | None, list[ast.stmt]]:
        """What else must hold for ``action``, and what is done then."""
        causes = sorted(action.fits)
        if not causes:
            return None, [self._add(action, constant(-action.score), constant(None))]
        diagnosed = either([self._rules.diagnosed(cause) for cause in causes])
        return diagnosed, self._answer(action, causes)

    def _answer(self, action: Action, causes: list[str]) -> list[ast.stmt]:
        """Adds ``action`` for the diagnosed cause it answers best; of equals, the first by id."""
        score = constant(action.score)
        if len(causes) == 1:
            value = negative(times(score, self._answered(action, causes[0])))
            return [self._add(action, value, constant(causes[0]))]
        body = [assign("best", constant(-1.0)), assign("cause", constant(None))]
        for cause in causes:
            better = compare(load("answered"), (ast.Gt(), load("best")))
            take = [
                assign("best", load("answered")),
                assign("cause", constant(cause)),
            ]
            answered = assign("answered", self._answered(action, cause))
            body.append(when(self._rules.diagnosed(cause), [answered, when(better, take)]))
        return [*body, self._add(action, negative(times(score, load("best"))), load("cause"))]

    def _answered(self, action: Action, cause: str) -> ast.expr:
        confidence = load(self._rules.local(f"causes.{cause}"))
        return times(confidence, constant(action.fits[cause]))

    def _add(self, action: Action, value: ast.expr, cause: ast.expr) -> ast.stmt:
        place, due = self._places[action.id], self._layout.dues.index(action.due)
        guards = enumerate(self._playbook.guards.values())
        blocked = sum(1 << at for at, guard in guards if guard.blocks(action))
        told = [constant(each) for each in (place, action.id, due, blocked)]
        return do(method("found", "append", tuple_of([value, *told, cause])))

    def _guards(self, concluded: frozenset[str]) -> list[ast.stmt]:
        """Which guards act, once there is something that they could hold back."""
        order = [name for layer in layers(self._playbook) for name in layer if name in concluded]
        body = [each for name in order for each in self._rules.conclude(name)]
        for place, guard in enumerate(self._playbook.guards.values()):
            if any(guard.blocks(action) for action in self._playbook.actions.values()):
                holds = self._rules.tests.certainly(guard.condition)
                acts = negate(holds) if guard.unless else holds
                body.append(when(acts, [add_bit("guards", place)]))
        return body or [ast.Pass()]

    def _parts(self) -> Iterable[ast.expr]:
        playbook, local = self._playbook, self._rules.local
        yield self._state()
        yield from (load("found"), load("guards"), load(local(f"facts.{playbook.cadence.count}")))
        yield from (load(local(f"facts.{name}")) for name in self._layout.times)
        yield from (load(local(f"dark.{id}")) for id in playbook.thresholds)
        yield from map(self._rules.waited_for, playbook.thresholds.values())
        yield from (load(local(f"signals.{id}")) for id in playbook.signals)
        yield from (load(local(f"causes.{id}")) for id in playbook.causes)

    def _state(self) -> ast.expr:
        """As `advise.state_of`: an unknown time is not equal to itself."""
        silent, replied = load(self._rules.local(SILENT)), load(self._rules.local(REPLIED))
        spoken = choose(compare(replied, (ast.Eq(), replied)), OUR_TURN, UNTOUCHED)
        waiting = choose(compare(silent, (ast.Eq(), silent)), WAITING, spoken)
        return choose(load(self._rules.local("dark")), DARK, waiting)


REPLIED = "facts.last_reply_at"
DARK, WAITING = constant("dark"), constant("waiting")
OUR_TURN, UNTOUCHED = constant("our_turn"), constant("untouched")

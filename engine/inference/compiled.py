"""A playbook turned once into Python code, for many evaluations in one process.

The code is built as a syntax tree from the typed tree: every name in it is one of ours, and what a
file says stands in it as constants only, so no author's text ever becomes source. One function
holds the rules in the order of their layers; facts and conclusions are its local variables.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from engine.inference.compiled_tests import Tests, lasted
from engine.inference.firings import Firings, Situation
from engine.inference.layers import layers
from engine.inference.python_trees import (
    assign,
    both,
    call,
    compare,
    constant,
    do,
    either,
    known,
    load,
    method,
    minus,
    put,
    times,
    unknown,
    when,
)
from engine.inference.truth import fold
from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Fact, Playbook, Threshold

Run = Callable[[Mapping[str, Value], int, Callable[[int, int], int]], Firings]


class Compiled:
    """The evaluator of one playbook that runs code made for it. Threads may share it.

    Raises CycleError where rules feed themselves.
    """

    name = "compiled"

    def __init__(self, playbook: Playbook) -> None:
        function = ast.fix_missing_locations(
            ast.Module(body=[Writer(playbook).function()], type_ignores=[])
        )
        scope: dict[str, Any] = {"Firings": Firings, "fold": fold, "tuple": tuple}
        exec(compile(function, "<playbook>", "exec"), scope)  # noqa: S102 - from nodes of ours
        self._run = cast("Run", scope["run"])

    def evaluate(self, situation: Situation) -> Firings:
        """The firings of ``situation``."""
        return self._run(situation.facts, situation.now, situation.clock.open_between)


class Writer:
    """Writes the function of one playbook, a conclusion at a time."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._tests = Tests(playbook.calendar.business_day)
        self._day = playbook.calendar.business_day
        self._body: list[ast.stmt] = []

    def function(self) -> ast.FunctionDef:
        """`def run(facts, now, open_between)`, which returns the `Firings`."""
        for layer in layers(self._playbook):
            for name in layer:
                self._conclude(name)
        facts = [name for name in self._tests.locals if name.startswith("facts.")]
        loads = [
            assign(self._local(name), method("facts", "get", constant(name.removeprefix("facts."))))
            for name in facts
        ]
        names = [ast.arg(arg=name) for name in ("facts", "now", "open_between")]
        arguments = ast.arguments(
            posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        derived = assign("derived", ast.Dict(keys=[], values=[]))
        body = [derived, *loads, *self._body, *self._results()]
        function = ast.FunctionDef(name="run", args=arguments, body=body, decorator_list=[])
        if "type_params" in ast.FunctionDef._fields:  # from Python 3.12 on
            setattr(function, "type_params", [])  # noqa: B010 - Python 3.11 has no such field
        return function

    def _local(self, name: str) -> str:
        return self._tests.local(name)

    def _conclude(self, name: str) -> None:
        """Write the conclusion called ``name``; what feeds it is written before."""
        section, _, rule = name.partition(".")
        playbook = self._playbook
        match section:
            case "facts":
                self._derive(playbook.facts[rule])
            case "dark" if rule:
                self._pass(name, playbook.thresholds[rule])
            case "dark":
                passed = [load(self._local(f"dark.{id}")) for id in playbook.thresholds]
                self._set(name, either(passed))
            case "signals":
                self._set(name, self._tests.certainly(playbook.signals[rule].when))
            case "causes":
                self._weigh(name, playbook.causes[rule])
            case "cause_known":
                self._set(name, either([self._diagnosed(id) for id in playbook.causes]))
            case "actions":
                self._set(name, self._tests.certainly(playbook.actions[rule].when))
            case _:
                guard = playbook.guards[rule]
                holds = self._tests.certainly(guard.condition)
                acts = ast.UnaryOp(op=ast.Not(), operand=holds) if guard.unless else holds
                self._set(name, acts)

    def _set(self, name: str, value: ast.expr) -> None:
        self._body.append(assign(self._local(name), value))

    def _derive(self, fact: Fact) -> None:
        """True, false or unknown, unless the fact was set by hand."""
        if fact.when is None:
            return
        name = self._local(f"facts.{fact.id}")
        holds = self._tests.certainly(fact.when)
        fails = self._tests.certainly(fact.when, holds=False)
        found = [
            when(
                holds, _derived(name, fact.id, True), [when(fails, _derived(name, fact.id, False))]
            )
        ]
        self._body.append(when(unknown(name), found))

    def _pass(self, name: str, threshold: Threshold) -> None:
        """Whether silence, counted from the later of `since` and `silent_since`, has lasted."""
        silent = self._local("facts.silent_since")
        since = self._local(f"facts.{threshold.since}")
        later = compare(load(since), (ast.Gt(), load(silent)))
        began = ast.IfExp(test=both([known(since), later]), body=load(since), orelse=load(silent))
        length = lasted(began, load("now"), threshold.silent_for)
        needed = constant(threshold.silent_for.seconds(self._day))
        has_lasted = compare(length, (ast.GtE(), needed))
        self._set(name, both([known(silent), self._tests.certainly(threshold.when), has_lasted]))

    def _weigh(self, name: str, cause: Cause) -> None:
        """(1 − ∏ (1 − weight)) × ∏ (1 − against) over the evidence that fires, as written."""
        fired = f"{self._local(name)}_fired"
        considered = (
            load(self._local("dark")) if cause.when is None else self._tests.certainly(cause.when)
        )
        body = [
            assign(fired, ast.List(elts=[], ctx=ast.Load())),
            assign("doubt", constant(1.0)),
            assign("trust", constant(1.0)),
            *[self._count(item, fired) for item in cause.evidence],
            assign(self._local(name), times(minus(constant(1.0), load("doubt")), load("trust"))),
        ]
        self._body += [
            assign(fired, constant(None)),
            assign(self._local(name), constant(0.0)),
            when(considered, body),
        ]

    def _count(self, item: Evidence, fired: str) -> ast.stmt:
        counted = [do(method(fired, "append", constant(item.id)))]
        for product, weight in (("doubt", item.weight), ("trust", item.against)):
            if weight is not None:
                counted.append(assign(product, times(load(product), constant(1.0 - weight))))
        return when(self._tests.certainly(item.when), counted)

    def _diagnosed(self, cause: str) -> ast.expr:
        local = self._local(f"causes.{cause}")
        reached = compare(load(local), (ast.GtE(), constant(self._playbook.diagnosed_at)))
        return both([known(f"{local}_fired"), reached])

    def _results(self) -> list[ast.stmt]:
        """Everything that fired, in the order of the playbook."""
        playbook = self._playbook
        fired = {
            "thresholds": ("dark", playbook.thresholds),
            "signals": ("signals", playbook.signals),
            "wanted": ("actions", playbook.actions),
            "guards": ("guards", playbook.guards),
        }
        body: list[ast.stmt] = []
        for field, (section, rules) in fired.items():
            tests = [(id, load(self._local(f"{section}.{id}"))) for id in rules]
            body += _listed(field, tests)
        body += _listed("diagnosed", [(id, self._diagnosed(id)) for id in playbook.causes])
        body.append(assign("evidence", ast.Dict(keys=[], values=[])))
        for id in playbook.causes:
            local = f"{self._local(f'causes.{id}')}_fired"
            found = call(load("tuple"), load(local))
            body.append(when(known(local), [put("evidence", id, found)]))
        confidence = ast.Dict(
            keys=[constant(id) for id in playbook.causes],
            values=[load(self._local(f"causes.{id}")) for id in playbook.causes],
        )
        lists = {field: call(load("tuple"), load(field)) for field in (*fired, "diagnosed")}
        fields = {**lists, "derived": load("derived"), "evidence": load("evidence")}
        keywords = [
            ast.keyword(arg=field, value=value)
            for field, value in {**fields, "confidence": confidence}.items()
        ]
        body.append(ast.Return(value=ast.Call(func=load("Firings"), args=[], keywords=keywords)))
        return body


def _derived(name: str, id: str, truth: bool) -> list[ast.stmt]:
    return [assign(name, constant(truth)), put("derived", id, constant(truth))]


def _listed(field: str, tests: Iterable[tuple[str, ast.expr]]) -> list[ast.stmt]:
    """The list ``field`` of the ids whose test is true."""
    empty = assign(field, ast.List(elts=[], ctx=ast.Load()))
    return [empty, *[when(test, [do(method(field, "append", constant(id)))]) for id, test in tests]]

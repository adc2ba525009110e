"""A playbook turned once into Python code, for many evaluations in one process.

The code is built as a syntax tree from the typed tree: every name in it is one of ours, and what a
file says stands in it as constants only, so no author's text ever becomes source. One function
holds the rules in the order of their layers; facts and conclusions are its local variables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from engine.backends.compiled.codegen import (
    assign,
    call,
    compare,
    constant,
    do,
    load,
    method,
    negate,
    put,
    run_of,
    when,
)
from engine.backends.compiled.compile_rules import Rules, unknown_facts
from engine.language.model import Cause, Playbook
from engine.semantics.evaluate_conditions import fold
from engine.semantics.firings import Firings, Situation


class Compiled:
    """The evaluator of one playbook that runs code made for it. Threads may share it.

    Raises CycleError where rules feed themselves.
    """

    name = "compiled"

    def __init__(self, playbook: Playbook) -> None:
        self._unknown = unknown_facts(playbook)
        scope = {"Firings": Firings, "fold": fold, "tuple": tuple}
        causes = playbook.causes.values()
        scope |= {fired_local(at): Fired(cause) for at, cause in enumerate(causes)}
        self._run = run_of(("values", "now", "open_between"), Writer(playbook).body(), scope)

    def evaluate(self, situation: Situation) -> Firings:
        """The firings of ``situation``."""
        facts = self._unknown | dict(situation.facts)
        if len(facts) != len(self._unknown):
            facts = {name: facts[name] for name in self._unknown}
        firings: Firings = self._run(facts.values(), situation.now, situation.clock.open_between)
        return firings


class Fired(dict[int, tuple[str, ...]]):
    """Ids of the evidence of one cause, by the bits of what fired."""

    def __init__(self, cause: Cause) -> None:
        super().__init__()
        self._ids = [item.id for item in cause.evidence]

    def __missing__(self, bits: int) -> tuple[str, ...]:
        """What is asked for the first time."""
        found = tuple(id for at, id in enumerate(self._ids) if bits >> at & 1)
        if len(self) < 1024:
            self[bits] = found
        return found


def fired_local(cause: int) -> str:
    """What the code calls the `Fired` of the cause that stands in that place of the playbook."""
    return f"fired{cause}"


class Writer:
    """Writes the function of one playbook: its rules, and everything that fired as `Firings`."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._rules = Rules(playbook, told=True)

    def body(self) -> list[ast.stmt]:
        """What is done with ``values``, ``now`` and ``open_between``; returns the `Firings`."""
        derived = assign("derived", ast.Dict(keys=[], values=[]))
        return [derived, self._rules.facts(), *self._rules.conclusions(), *self._results()]

    def _results(self) -> list[ast.stmt]:
        """Everything that fired, in the order of the playbook."""
        playbook, tests = self._playbook, self._rules.tests
        passed = [(id, self._concluded(f"dark.{id}")) for id in playbook.thresholds]
        signals = [(id, self._concluded(f"signals.{id}")) for id in playbook.signals]
        diagnosed = [(id, self._rules.diagnosed(id)) for id in playbook.causes]
        wanted = [(id, tests.certainly(action.when)) for id, action in playbook.actions.items()]
        guards = []
        for id, guard in playbook.guards.items():
            holds = tests.certainly(guard.condition)
            guards.append((id, negate(holds) if guard.unless else holds))
        listed = {
            "thresholds": passed,
            "signals": signals,
            "diagnosed": diagnosed,
            "wanted": wanted,
            "guards": guards,
        }
        body = [each for field, found in listed.items() for each in _listed(field, found)]
        body += self._evidence()
        confidence = ast.Dict(
            keys=[constant(id) for id in playbook.causes],
            values=[self._concluded(f"causes.{id}") for id in playbook.causes],
        )
        fields = {field: call(load("tuple"), load(field)) for field in listed}
        fields |= {"derived": load("derived"), "evidence": load("evidence")}
        fields["confidence"] = confidence
        keywords = [ast.keyword(arg=field, value=value) for field, value in fields.items()]
        body.append(ast.Return(value=ast.Call(func=load("Firings"), args=[], keywords=keywords)))
        return body

    def _evidence(self) -> list[ast.stmt]:
        body = [assign("evidence", ast.Dict(keys=[], values=[]))]
        for at, id in enumerate(self._playbook.causes):
            bits = load(self._rules.evidence(id))
            found = ast.Subscript(value=load(fired_local(at)), slice=bits, ctx=ast.Load())
            considered = compare(bits, (ast.GtE(), constant(0)))
            body.append(when(considered, [put("evidence", id, found)]))
        return body

    def _concluded(self, name: str) -> ast.expr:
        return load(self._rules.local(name))


def _listed(field: str, tests: Iterable[tuple[str, ast.expr]]) -> list[ast.stmt]:
    """The list ``field`` of the ids whose test is true."""
    empty = assign(field, ast.List(elts=[], ctx=ast.Load()))
    return [empty, *[when(test, [do(method(field, "append", constant(id)))]) for id, test in tests]]

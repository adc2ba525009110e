"""Evaluate prospects by Python code that is compiled from the playbook once.

The code is built as a syntax tree from the playbook's tree: every name in it is chosen here, and
what a file says becomes constants only, so no author's text ever becomes source. One function holds
the rules in the order of their strata; facts and conclusions are its local variables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from engine.backends.compiled import codegen as py
from engine.backends.compiled.compile_rules import RuleCompiler, set_all_unknown
from engine.language.model import Cause, Playbook
from engine.language.value_rules import fold_case
from engine.language.walk import RuleId
from engine.semantics.firings import Context, Firings


class CompiledEvaluator:
    """An evaluator that runs code compiled for one playbook. Threads may share it.

    Raises:
        CycleError: Rules feed themselves.
    """

    name = "compiled"

    def __init__(self, playbook: Playbook) -> None:
        self._unknown = set_all_unknown(playbook)
        scope = {"Firings": Firings, "fold": fold_case, "tuple": tuple}
        causes = playbook.causes.values()
        scope |= {evidence_local(at): EvidenceIds(cause) for at, cause in enumerate(causes)}
        self._run = py.compile_function(
            ("values", "now", "open_between"), FiringsCompiler(playbook).body(), scope
        )

    def evaluate(self, context: Context) -> Firings:
        """Return the firings of ``context``."""
        facts = self._unknown | dict(context.facts)
        # The code takes values by position. The union above has kept the order of the playbook;
        # names that are no facts came last, and only where there are some is a second map built.
        if len(facts) != len(self._unknown):
            facts = {name: facts[name] for name in self._unknown}
        firings: Firings = self._run(facts.values(), context.now, context.clock.open_between)
        return firings


class EvidenceIds(dict[int, tuple[str, ...]]):
    """The ids of the evidence of one cause that fired, by a bit for each.

    They are cached: few of all combinations occur, and the same ones again and again.
    """

    def __init__(self, cause: Cause) -> None:
        super().__init__()
        self._ids = [item.id for item in cause.evidence]

    def __missing__(self, bits: int) -> tuple[str, ...]:
        """Compute the ids for a combination that is not cached."""
        found = tuple(id for at, id in enumerate(self._ids) if bits >> at & 1)
        if len(self) < 1024:  # of n pieces of evidence there are 2 ** n combinations
            self[bits] = found
        return found


def evidence_local(cause: int) -> str:
    """Return the global that holds the `EvidenceIds` of the cause at that position of the
    playbook.
    """
    return f"fired{cause}"


class FiringsCompiler:
    """Compile one playbook to code that returns all that fired as `Firings`.

    After the rules, the code collects what fired::

        thresholds = []
        if v16:
            thresholds.append('week')
        ...
        evidence = {}
        if v28 >= 0:
            evidence['busy'] = fired0[v28]
        return Firings(thresholds=tuple(thresholds), ..., confidence={'busy': v23})
    """

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._rules = RuleCompiler(playbook, trace=True)

    def body(self) -> list[ast.stmt]:
        """Compile statements over ``values``, ``now`` and ``open_between``, ending in a return."""
        derived = py.assign("derived", ast.Dict(keys=[], values=[]))
        return [derived, self._rules.facts(), *self._rules.conclusions(), *self._results()]

    def _results(self) -> list[ast.stmt]:
        """Compile the lists of what fired, in playbook order, and the return."""
        playbook, tests = self._playbook, self._rules.tests
        passed = [(id, self._concluded(RuleId("dark", id))) for id in playbook.thresholds]
        signals = [(id, self._concluded(RuleId("signals", id))) for id in playbook.signals]
        diagnosed = [(id, self._rules.diagnosed(id)) for id in playbook.causes]
        applicable = [
            (id, tests.compile_definitely(action.when)) for id, action in playbook.actions.items()
        ]
        guards = []
        for id, guard in playbook.guards.items():
            holds = tests.compile_definitely(guard.condition)
            guards.append((id, py.not_(holds) if guard.unless else holds))
        listed = {
            "thresholds": passed,
            "signals": signals,
            "diagnosed": diagnosed,
            "applicable": applicable,
            "guards": guards,
        }
        body = [each for field, found in listed.items() for each in _listed(field, found)]
        body += self._evidence()
        confidence = ast.Dict(
            keys=[py.const(id) for id in playbook.causes],
            values=[self._concluded(RuleId("causes", id)) for id in playbook.causes],
        )
        fields = {
            field: py.call_name(py.load_name("tuple"), py.load_name(field)) for field in listed
        }
        fields |= {"derived": py.load_name("derived"), "evidence": py.load_name("evidence")}
        fields["confidence"] = confidence
        keywords = [ast.keyword(arg=field, value=value) for field, value in fields.items()]
        body.append(
            ast.Return(value=ast.Call(func=py.load_name("Firings"), args=[], keywords=keywords))
        )
        return body

    def _evidence(self) -> list[ast.stmt]:
        body = [py.assign("evidence", ast.Dict(keys=[], values=[]))]
        for at, id in enumerate(self._playbook.causes):
            bits = py.load_name(self._rules.evidence(id))
            found = ast.Subscript(
                value=py.load_name(evidence_local(at)), slice=bits, ctx=ast.Load()
            )
            considered = py.comparison(bits, (ast.GtE(), py.const(0)))
            body.append(py.if_(considered, [py.set_item("evidence", id, found)]))
        return body

    def _concluded(self, name: RuleId) -> ast.expr:
        return py.load_name(self._rules.local(name))


def _listed(field: str, tests: Iterable[tuple[str, ast.expr]]) -> list[ast.stmt]:
    """Compile the list ``field`` of the ids whose test is true."""
    empty = py.assign(field, ast.List(elts=[], ctx=ast.Load()))
    return [
        empty,
        *[
            py.if_(test, [py.statement(py.call_method(field, "append", py.const(id)))])
            for id, test in tests
        ],
    ]

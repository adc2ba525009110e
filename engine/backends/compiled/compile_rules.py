"""Compile the rules of a playbook to Python statements that leave conclusions in local variables.

Conclusions come in the order of the strata. Causes that are considered only for prospects who are
dark are weighed in a block that others skip, and common subexpressions are computed once.
"""

from __future__ import annotations

import ast

from engine.backends.compiled import codegen as py
from engine.backends.compiled.common_operands import Operand, worth_hoisting
from engine.backends.compiled.compile_conditions import NUMERIC, ConditionCompiler, open_time
from engine.backends.compiled.liveness import common_subexpressions, facts_needing_false
from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Fact, Playbook, Threshold
from engine.language.walk import DARK, RuleId
from engine.semantics.dependencies import dependencies

SILENT = RuleId("facts", "silent_since")
UNKNOWN = float("nan")
"""An unknown number, time or duration; None is an unknown value of any other type."""


def set_all_unknown(playbook: Playbook) -> dict[str, Value | None]:
    """Return NaN or None for each fact of ``playbook``, by id and in playbook order."""
    facts = playbook.facts.values()
    return {fact.id: UNKNOWN if fact.type in NUMERIC else None for fact in facts}


class RuleCompiler:
    """Compile facts, thresholds, signals and causes; no rule reads actions and guards.

    A derived fact (``v5``) and a cause (``v23``) that is weighed if the prospect is dark (``v18``),
    with one piece of evidence for it and one against it, become::

        if v5 is None:
            v5 = v1 >= 100.0
        if v18:
            doubt = 1.0
            trust = 1.0
            if 0 <= now - v14 <= 604800:
                doubt = doubt * 0.5
            if v5:
                trust = trust * 0.8
            v23 = (1.0 - doubt) * trust
        else:
            v23 = 0.0

    Args:
        playbook: What to compile.
        trace: Keep all that `Firings` reports: a bit for each piece of evidence that fired, and
            every derived fact in the map ``derived``. Otherwise keep only what some rule reads, and
            which thresholds are applicable.
    """

    def __init__(self, playbook: Playbook, *, trace: bool) -> None:
        self.playbook = playbook
        graph = dependencies(playbook)
        self.tests = ConditionCompiler(playbook.calendar.business_day, graph.graph)
        self._trace = trace
        self._masks = trace or playbook.diagnosed_at <= 0
        self._read = graph.read
        self._two_sided = frozenset(playbook.facts) if trace else facts_needing_false(playbook)
        everybody, dark = common_subexpressions(playbook)
        self._for_dark = [each for each in worth_hoisting(dark) if each not in everybody]
        self._for_all: list[Operand] = [each for each in worth_hoisting(dark) if each in everybody]
        self._facts = [self.local(RuleId("facts", name)) for name in playbook.facts]

    def local(self, name: RuleId, part: str = "") -> str:
        """Return the local variable that holds the fact or conclusion called ``name``."""
        return self.tests.local(name, part)

    def facts(self) -> ast.stmt:
        """Compile an unpacking of ``values``, one value per fact in playbook order."""
        return py.unpack(self._facts, py.load_name("values"))

    def conclusions(self, later: frozenset[RuleId] = frozenset()) -> list[ast.stmt]:
        """Compile all conclusions, each after those it reads, except those in ``later``."""
        causes = self.playbook.causes
        dark = [name for name, cause in causes.items() if cause.when is None]
        body = self.tests.hoist(self._for_all)
        for stratum in dependencies(self.playbook).strata:
            for name in stratum:
                if name not in later:
                    body += self.conclude(name)
            if weighed := [causes[name] for name in dark if RuleId("causes", name) in stratum]:
                body.append(self._weigh_dark(weighed))
        return body

    def conclude(self, name: RuleId) -> list[ast.stmt]:
        """Compile the conclusion ``name``; those it reads have to be compiled before it."""
        playbook = self.playbook
        match name:
            case RuleId("facts", rule):
                return self._derive(playbook.facts[rule])
            case RuleId("dark", rule) if rule:
                return [self._set(name, self._passed(playbook.thresholds[rule]))]
            case RuleId("dark"):
                passed = [
                    py.load_name(self.local(RuleId("dark", id))) for id in playbook.thresholds
                ]
                return [self._set(name, py.or_(passed))]
            case RuleId("signals", rule):
                return [self._set(name, self.tests.compile_definitely(playbook.signals[rule].when))]
            case RuleId("causes", rule) if playbook.causes[rule].when is not None:
                return self._weigh_considered(playbook.causes[rule])
            case RuleId("cause_known") if name in self._read:
                return [self._set(name, py.or_([self.diagnosed(id) for id in playbook.causes]))]
            case _:
                return []

    def evidence(self, cause: str) -> str:
        """Return the local variable with a bit for each piece of evidence of ``cause`` that fired.

        It is -1 if the cause is not considered. Without ``trace`` it is assigned only if a
        diagnosis takes no more than being considered (a level of 0).
        """
        return self.tests.declare(RuleId("causes", cause), "evidence")

    def diagnosed(self, cause: str) -> ast.expr:
        """Compile whether ``cause`` is considered and its confidence reaches the level."""
        # At a level of 0, a confidence of 0 does not tell whether the cause is considered.
        if self.playbook.diagnosed_at <= 0:
            return py.comparison(py.load_name(self.evidence(cause)), (ast.GtE(), py.const(0)))
        confidence = py.load_name(self.local(RuleId("causes", cause)))
        return py.comparison(confidence, (ast.GtE(), py.const(self.playbook.diagnosed_at)))

    def applicable_thresholds(self, threshold: Threshold) -> ast.expr:
        """Compile whether the `when` of ``threshold`` certainly holds, from what was kept of it."""
        name = RuleId("dark", threshold.id)
        if not self.tests.declared(name, "when"):
            return py.const(True)
        return py.load_name(self.local(name, "when"))

    def _set(self, name: RuleId, value: ast.expr) -> ast.stmt:
        return py.assign(self.local(name), value)

    def _derive(self, fact: Fact) -> list[ast.stmt]:
        """Compile a derived fact: true, false or unknown, unless its value was given."""
        if fact.when is None:
            return []
        name = self.local(RuleId("facts", fact.id))
        unset = py.comparison(py.load_name(name), (ast.Is(), py.const(None)))
        holds = self.tests.compile_definitely(fact.when)
        if fact.id not in self._two_sided:  # False may stand for unknown: no rule tells them apart
            return [py.if_(unset, [py.assign(name, holds)])]
        fails = self.tests.compile_definitely(fact.when, holds=False)
        otherwise = [py.if_(fails, self._derived(fact.id, truth=False))]
        return [py.if_(unset, [py.if_(holds, self._derived(fact.id, truth=True), otherwise)])]

    def _derived(self, id: str, *, truth: bool) -> list[ast.stmt]:
        known = [self._set(RuleId("facts", id), py.const(truth))]
        return [*known, py.set_item("derived", id, py.const(truth))] if self._trace else known

    def _passed(self, threshold: Threshold) -> ast.expr:
        """Compile whether silence, from the later of `since` and `silent_since`, has lasted."""
        holds = self.tests.compile_definitely(threshold.when)
        if not self._trace and not py.is_const(holds, True):
            holds = py.walrus(self.tests.declare(RuleId("dark", threshold.id), "when"), holds)
        needed = py.const(threshold.silent_for.seconds(self.tests.business_day))
        lasted = py.comparison(self._lasted(threshold), (ast.GtE(), needed))
        if not threshold.silent_for.business:
            return py.and_([holds, lasted])
        silent = py.load_name(self.local(SILENT))  # asked first: the clock cannot take NaN
        return py.and_([holds, py.comparison(silent, (ast.Eq(), silent)), lasted])

    def _lasted(self, threshold: Threshold) -> ast.expr:
        business, since = threshold.silent_for.business, RuleId("facts", threshold.since)
        if since == SILENT:
            return self.tests.open_age(SILENT) if business else self.tests.age(SILENT)
        silent, other = py.load_name(self.local(SILENT)), py.load_name(self.local(since))
        # Where `other` is unknown, NaN, the comparison is false and `silent` counts.
        began = py.if_expr(py.comparison(other, (ast.Gt(), silent)), other, silent)
        return (
            open_time(began, py.load_name("now"))
            if business
            else py.sub(py.load_name("now"), began)
        )

    def _weigh_dark(self, causes: list[Cause]) -> ast.stmt:
        """Compile the confidence in ``causes``, which are considered if the prospect is dark."""
        body = self.tests.hoist(self._for_dark)
        for cause in causes:
            body += self._weigh(cause)
        return py.if_(py.load_name(self.local(DARK)), body, self._not_considered(causes))

    def _weigh_considered(self, cause: Cause) -> list[ast.stmt]:
        assert cause.when is not None
        considered = self.tests.compile_definitely(cause.when)
        return [py.if_(considered, self._weigh(cause), self._not_considered([cause]))]

    def _not_considered(self, causes: list[Cause]) -> list[ast.stmt]:
        names = [self.local(RuleId("causes", cause.id)) for cause in causes]
        body = [py.assign(names[0], py.const(0.0), *names[1:])]
        if self._masks:
            masks = [self.evidence(cause.id) for cause in causes]
            body.append(py.assign(masks[0], py.const(-1), *masks[1:]))
        return body

    def _weigh(self, cause: Cause) -> list[ast.stmt]:
        """Compile the confidence: (1 − ∏ (1 − weight)) × ∏ (1 − against) of what fires."""
        # In playbook order, one factor after another, as the definition does: any other order can
        # differ in the last bit.
        body = [py.assign("doubt", py.const(1.0))]
        confidence = py.sub(py.const(1.0), py.load_name("doubt"))
        if any(item.against is not None for item in cause.evidence):
            body.append(py.assign("trust", py.const(1.0)))
            confidence = py.mul(confidence, py.load_name("trust"))
        if self._masks:
            body.append(py.assign(self.evidence(cause.id), py.const(0)))
        for bit, item in enumerate(cause.evidence):
            body.append(
                py.if_(self.tests.compile_definitely(item.when), self._count(cause, item, bit))
            )
        return [*body, self._set(RuleId("causes", cause.id), confidence)]

    def _count(self, cause: Cause, item: Evidence, bit: int) -> list[ast.stmt]:
        counted = [py.add_bit(self.evidence(cause.id), bit)] if self._masks else []
        for product, weight in (("doubt", item.weight), ("trust", item.against)):
            if weight is not None:
                counted.append(
                    py.assign(product, py.mul(py.load_name(product), py.const(1.0 - weight)))
                )
        return counted

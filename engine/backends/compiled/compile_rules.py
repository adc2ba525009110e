"""The rules of one playbook as Python statements: facts in, conclusions left in local variables.

Conclusions stand in the order of their layers. What only those who are dark can come to is written
into blocks that nobody else enters, and what many tests need is worked out once before them.
"""

from __future__ import annotations

import ast

from engine.backends.compiled.codegen import (
    add_bit,
    and_,
    assign,
    comparison,
    const,
    if_,
    if_expr,
    is_const,
    load_name,
    mul,
    or_,
    set_item,
    sub,
    unpack,
    walrus,
)
from engine.backends.compiled.common_operands import Operand, worth_hoisting
from engine.backends.compiled.compile_conditions import NUMERIC, ConditionCompiler, open_time
from engine.backends.compiled.liveness import common_subexpressions, facts_needing_false
from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Fact, Playbook, Threshold
from engine.language.walk import DARK, RuleId
from engine.semantics.dependencies import dependencies

SILENT = RuleId("facts", "silent_since")
UNKNOWN = float("nan")
"""Stands for an unknown number, time or duration; of other types, None does."""


def set_all_unknown(playbook: Playbook) -> dict[str, Value | None]:
    """Return the value of each fact of ``playbook`` while it is unknown, in playbook order."""
    facts = playbook.facts.values()
    return {fact.id: UNKNOWN if fact.type in NUMERIC else None for fact in facts}


class RuleCompiler:
    """Writes the rules of ``playbook``, but for actions and guards, which feed nothing.

    With ``trace``, all that `Firings` tell is kept: which evidence fired, and every derived fact in
    the dict ``derived``. Without, only what some rule reads, and which thresholds are waited for.
    """

    def __init__(self, playbook: Playbook, *, trace: bool) -> None:
        self.playbook = playbook
        graph = dependencies(playbook)
        self.tests = ConditionCompiler(playbook.calendar.business_day, graph.graph)
        self._told = trace
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
        """Read the value of every fact, in playbook order, from the variable ``values``."""
        return unpack(self._facts, load_name("values"))

    def conclusions(self, later: frozenset[RuleId] = frozenset()) -> list[ast.stmt]:
        """All conclusions but those called as in ``later``."""
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
        """Write the conclusion called ``name``; what feeds it is written before."""
        playbook = self.playbook
        match name:
            case RuleId("facts", rule):
                return self._derive(playbook.facts[rule])
            case RuleId("dark", rule) if rule:
                return [self._set(name, self._passed(playbook.thresholds[rule]))]
            case RuleId("dark"):
                passed = [load_name(self.local(RuleId("dark", id))) for id in playbook.thresholds]
                return [self._set(name, or_(passed))]
            case RuleId("signals", rule):
                return [self._set(name, self.tests.compile_definitely(playbook.signals[rule].when))]
            case RuleId("causes", rule) if playbook.causes[rule].when is not None:
                return self._weigh_considered(playbook.causes[rule])
            case RuleId("cause_known") if name in self._read:
                return [self._set(name, or_([self.diagnosed(id) for id in playbook.causes]))]
            case _:
                return []

    def evidence(self, cause: str) -> str:
        """Return the local with a bit for each piece of evidence that fired, or -1 if the cause is
        not considered. Without ``trace`` it is there only if being considered is all a diagnosis
        needs.
        """
        return self.tests.declare(RuleId("causes", cause), "evidence")

    def diagnosed(self, cause: str) -> ast.expr:
        """Whether ``cause`` is considered and its confidence has reached the level."""
        if self.playbook.diagnosed_at <= 0:
            return comparison(load_name(self.evidence(cause)), (ast.GtE(), const(0)))
        confidence = load_name(self.local(RuleId("causes", cause)))
        return comparison(confidence, (ast.GtE(), const(self.playbook.diagnosed_at)))

    def applicable_thresholds(self, threshold: Threshold) -> ast.expr:
        """Whether the `when` of ``threshold`` certainly holds, once it is concluded."""
        name = RuleId("dark", threshold.id)
        if not self.tests.declared(name, "when"):
            return const(True)
        return load_name(self.local(name, "when"))

    def _set(self, name: RuleId, value: ast.expr) -> ast.stmt:
        return assign(self.local(name), value)

    def _derive(self, fact: Fact) -> list[ast.stmt]:
        """Set a derived fact to true, false or unknown, unless it was set by hand."""
        if fact.when is None:
            return []
        name = self.local(RuleId("facts", fact.id))
        unset = comparison(load_name(name), (ast.Is(), const(None)))
        holds = self.tests.compile_definitely(fact.when)
        if fact.id not in self._two_sided:
            return [if_(unset, [assign(name, holds)])]
        fails = self.tests.compile_definitely(fact.when, holds=False)
        otherwise = [if_(fails, self._derived(fact.id, truth=False))]
        return [if_(unset, [if_(holds, self._derived(fact.id, truth=True), otherwise)])]

    def _derived(self, id: str, *, truth: bool) -> list[ast.stmt]:
        known = [self._set(RuleId("facts", id), const(truth))]
        return [*known, set_item("derived", id, const(truth))] if self._told else known

    def _passed(self, threshold: Threshold) -> ast.expr:
        """Whether silence, counted from the later of `since` and `silent_since`, has lasted."""
        holds = self.tests.compile_definitely(threshold.when)
        if not self._told and not is_const(holds, True):
            holds = walrus(self.tests.declare(RuleId("dark", threshold.id), "when"), holds)
        needed = const(threshold.silent_for.seconds(self.tests.business_day))
        lasted = comparison(self._lasted(threshold), (ast.GtE(), needed))
        if not threshold.silent_for.business:
            return and_([holds, lasted])
        silent = load_name(self.local(SILENT))
        return and_([holds, comparison(silent, (ast.Eq(), silent)), lasted])

    def _lasted(self, threshold: Threshold) -> ast.expr:
        business, since = threshold.silent_for.business, RuleId("facts", threshold.since)
        if since == SILENT:
            return self.tests.open_age(SILENT) if business else self.tests.age(SILENT)
        silent, other = load_name(self.local(SILENT)), load_name(self.local(since))
        began = if_expr(comparison(other, (ast.Gt(), silent)), other, silent)
        return open_time(began, load_name("now")) if business else sub(load_name("now"), began)

    def _weigh_dark(self, causes: list[Cause]) -> ast.stmt:
        """Confidence in ``causes``, which are considered for those who are dark."""
        body = self.tests.hoist(self._for_dark)
        for cause in causes:
            body += self._weigh(cause)
        return if_(load_name(self.local(DARK)), body, self._not_considered(causes))

    def _weigh_considered(self, cause: Cause) -> list[ast.stmt]:
        assert cause.when is not None
        considered = self.tests.compile_definitely(cause.when)
        return [if_(considered, self._weigh(cause), self._not_considered([cause]))]

    def _not_considered(self, causes: list[Cause]) -> list[ast.stmt]:
        names = [self.local(RuleId("causes", cause.id)) for cause in causes]
        body = [assign(names[0], const(0.0), *names[1:])]
        if self._masks:
            masks = [self.evidence(cause.id) for cause in causes]
            body.append(assign(masks[0], const(-1), *masks[1:]))
        return body

    def _weigh(self, cause: Cause) -> list[ast.stmt]:
        """(1 − ∏ (1 − weight)) × ∏ (1 − against) over the evidence that fires, as written."""
        body = [assign("doubt", const(1.0))]
        confidence = sub(const(1.0), load_name("doubt"))
        if any(item.against is not None for item in cause.evidence):
            body.append(assign("trust", const(1.0)))
            confidence = mul(confidence, load_name("trust"))
        if self._masks:
            body.append(assign(self.evidence(cause.id), const(0)))
        for bit, item in enumerate(cause.evidence):
            body.append(
                if_(self.tests.compile_definitely(item.when), self._count(cause, item, bit))
            )
        return [*body, self._set(RuleId("causes", cause.id), confidence)]

    def _count(self, cause: Cause, item: Evidence, bit: int) -> list[ast.stmt]:
        counted = [add_bit(self.evidence(cause.id), bit)] if self._masks else []
        for product, weight in (("doubt", item.weight), ("trust", item.against)):
            if weight is not None:
                counted.append(assign(product, mul(load_name(product), const(1.0 - weight))))
        return counted

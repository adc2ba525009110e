"""The rules of one playbook as Python statements: facts in, conclusions left in local variables.

Conclusions stand in the order of their layers. What only those who are dark can come to is written
into blocks that nobody else enters, and what many tests need is worked out once before them.
"""

from __future__ import annotations

import ast

from engine.backends.compiled.codegen import (
    add_bit,
    assign,
    bind,
    both,
    choose,
    compare,
    constant,
    either,
    is_constant,
    load,
    minus,
    put,
    times,
    unpack,
    when,
)
from engine.backends.compiled.common_operands import Operand, worth_keeping
from engine.backends.compiled.compile_conditions import NUMERIC, Tests, open_time
from engine.backends.compiled.liveness import false_or_unknown, read_names, shared_operands
from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Fact, Playbook, Threshold
from engine.semantics.dependencies import layers

SILENT = "facts.silent_since"
UNKNOWN = float("nan")
"""Stands for an unknown number, time or duration; of other types, None does."""


def unknown_facts(playbook: Playbook) -> dict[str, Value | None]:
    """What stands for each fact of ``playbook`` as long as nobody knows it, in playbook order."""
    facts = playbook.facts.values()
    return {fact.id: UNKNOWN if fact.type in NUMERIC else None for fact in facts}


class Rules:
    """Writes the rules of ``playbook``, but for actions and guards, which feed nothing.

    With ``told``, all that `Firings` tell is kept: which evidence fired, and every derived fact in
    the dict ``derived``. Without, only what some rule reads, and which thresholds are waited for.
    """

    def __init__(self, playbook: Playbook, *, told: bool) -> None:
        self.playbook = playbook
        self.tests = Tests(playbook.calendar.business_day)
        self._told = told
        self._masks = told or playbook.diagnosed_at <= 0
        self._read = read_names(playbook)
        self._two_sided = frozenset(playbook.facts) if told else false_or_unknown(playbook)
        everybody, dark = shared_operands(playbook)
        self._for_dark = [each for each in worth_keeping(dark) if each not in everybody]
        self._for_all: list[Operand] = [each for each in worth_keeping(dark) if each in everybody]
        self._facts = [self.local(f"facts.{name}") for name in playbook.facts]

    def local(self, name: str) -> str:
        """The local variable that holds the fact or conclusion called ``name``."""
        return self.tests.local(name)

    def facts(self) -> ast.stmt:
        """Takes the value of every fact, in playbook order, from what is called ``values``."""
        return unpack(self._facts, load("values"))

    def conclusions(self, later: frozenset[str] = frozenset()) -> list[ast.stmt]:
        """All conclusions but those called as in ``later``."""
        causes = self.playbook.causes
        dark = [name for name, cause in causes.items() if cause.when is None]
        body = self.tests.keep(self._for_all)
        for layer in layers(self.playbook):
            for name in layer:
                if name not in later:
                    body += self.conclude(name)
            if weighed := [causes[name] for name in dark if f"causes.{name}" in layer]:
                body.append(self._weigh_dark(weighed))
        return body

    def conclude(self, name: str) -> list[ast.stmt]:
        """The conclusion called ``name``; what feeds it is written before."""
        section, _, rule = name.partition(".")
        playbook = self.playbook
        match section:
            case "facts":
                return self._derive(playbook.facts[rule])
            case "dark" if rule:
                return [self._set(name, self._passed(playbook.thresholds[rule]))]
            case "dark":
                passed = [load(self.local(f"dark.{id}")) for id in playbook.thresholds]
                return [self._set(name, either(passed))]
            case "signals":
                return [self._set(name, self.tests.certainly(playbook.signals[rule].when))]
            case "causes" if playbook.causes[rule].when is not None:
                return self._weigh_considered(playbook.causes[rule])
            case "cause_known" if name in self._read:
                return [self._set(name, either([self.diagnosed(id) for id in playbook.causes]))]
            case _:
                return []

    def evidence(self, cause: str) -> str:
        """The local with a bit for each piece of evidence that fired, -1 where the cause is not
        considered. Without ``told`` it is there only if being considered is all a diagnosis needs.
        """
        return self.local(f"causes.{cause}.evidence")

    def diagnosed(self, cause: str) -> ast.expr:
        """Whether ``cause`` is considered and its confidence has reached the level."""
        if self.playbook.diagnosed_at <= 0:
            return compare(load(self.evidence(cause)), (ast.GtE(), constant(0)))
        confidence = load(self.local(f"causes.{cause}"))
        return compare(confidence, (ast.GtE(), constant(self.playbook.diagnosed_at)))

    def waited_for(self, threshold: Threshold) -> ast.expr:
        """Whether the `when` of ``threshold`` certainly holds, once it is concluded."""
        name = f"dark.{threshold.id}.when"
        return load(self.local(name)) if name in self.tests.locals else constant(True)

    def _set(self, name: str, value: ast.expr) -> ast.stmt:
        return assign(self.local(name), value)

    def _derive(self, fact: Fact) -> list[ast.stmt]:
        """True, false or unknown, unless the fact was set by hand."""
        if fact.when is None:
            return []
        name = self.local(f"facts.{fact.id}")
        unset = compare(load(name), (ast.Is(), constant(None)))
        holds = self.tests.certainly(fact.when)
        if fact.id not in self._two_sided:
            return [when(unset, [assign(name, holds)])]
        fails = self.tests.certainly(fact.when, holds=False)
        otherwise = [when(fails, self._derived(fact.id, truth=False))]
        return [when(unset, [when(holds, self._derived(fact.id, truth=True), otherwise)])]

    def _derived(self, id: str, *, truth: bool) -> list[ast.stmt]:
        known = [self._set(f"facts.{id}", constant(truth))]
        return [*known, put("derived", id, constant(truth))] if self._told else known

    def _passed(self, threshold: Threshold) -> ast.expr:
        """Whether silence, counted from the later of `since` and `silent_since`, has lasted."""
        holds = self.tests.certainly(threshold.when)
        if not self._told and not is_constant(holds, True):
            holds = bind(self.local(f"dark.{threshold.id}.when"), holds)
        needed = constant(threshold.silent_for.seconds(self.tests.business_day))
        lasted = compare(self._lasted(threshold), (ast.GtE(), needed))
        if not threshold.silent_for.business:
            return both([holds, lasted])
        silent = load(self.local(SILENT))
        return both([holds, compare(silent, (ast.Eq(), silent)), lasted])

    def _lasted(self, threshold: Threshold) -> ast.expr:
        business, since = threshold.silent_for.business, f"facts.{threshold.since}"
        if since == SILENT:
            return self.tests.open_age(SILENT) if business else self.tests.age(SILENT)
        silent, other = load(self.local(SILENT)), load(self.local(since))
        began = choose(compare(other, (ast.Gt(), silent)), other, silent)
        return open_time(began, load("now")) if business else minus(load("now"), began)

    def _weigh_dark(self, causes: list[Cause]) -> ast.stmt:
        """Confidence in ``causes``, which are considered for those who are dark."""
        body = self.tests.keep(self._for_dark)
        for cause in causes:
            body += self._weigh(cause)
        return when(load(self.local("dark")), body, self._not_considered(causes))

    def _weigh_considered(self, cause: Cause) -> list[ast.stmt]:
        assert cause.when is not None
        considered = self.tests.certainly(cause.when)
        return [when(considered, self._weigh(cause), self._not_considered([cause]))]

    def _not_considered(self, causes: list[Cause]) -> list[ast.stmt]:
        names = [self.local(f"causes.{cause.id}") for cause in causes]
        body = [assign(names[0], constant(0.0), *names[1:])]
        if self._masks:
            masks = [self.evidence(cause.id) for cause in causes]
            body.append(assign(masks[0], constant(-1), *masks[1:]))
        return body

    def _weigh(self, cause: Cause) -> list[ast.stmt]:
        """(1 − ∏ (1 − weight)) × ∏ (1 − against) over the evidence that fires, as written."""
        body = [assign("doubt", constant(1.0))]
        confidence = minus(constant(1.0), load("doubt"))
        if any(item.against is not None for item in cause.evidence):
            body.append(assign("trust", constant(1.0)))
            confidence = times(confidence, load("trust"))
        if self._masks:
            body.append(assign(self.evidence(cause.id), constant(0)))
        for bit, item in enumerate(cause.evidence):
            body.append(when(self.tests.certainly(item.when), self._count(cause, item, bit)))
        return [*body, self._set(f"causes.{cause.id}", confidence)]

    def _count(self, cause: Cause, item: Evidence, bit: int) -> list[ast.stmt]:
        counted = [add_bit(self.evidence(cause.id), bit)] if self._masks else []
        for product, weight in (("doubt", item.weight), ("trust", item.against)):
            if weight is not None:
                counted.append(assign(product, times(load(product), constant(1.0 - weight))))
        return counted

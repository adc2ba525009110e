"""The evaluators that must agree; one more is one more line here."""

from __future__ import annotations

from collections.abc import Callable

from engine.backends.compiled.compiled_evaluator import CompiledEvaluator
from engine.backends.rete.network import ReteEvaluator, unavailable_reason
from engine.backends.sql.sql_evaluator import SqlEvaluator
from engine.language.model import Playbook
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context, Firings

Evaluate = Callable[[Context], Firings]

EVALUATORS: dict[str, Callable[[Playbook], Evaluate]] = {
    "meaning": lambda playbook: ReferenceEvaluator(playbook).evaluate,
    "compiled": lambda playbook: CompiledEvaluator(playbook).evaluate,
    "columnar": lambda playbook: SqlEvaluator(playbook).evaluate,
}
LEFT_OUT: dict[str, str] = {}
"""Evaluators that cannot run here, with the reason, which the head of the test report shows."""

_reason = unavailable_reason()
if _reason is None:
    EVALUATORS["rete"] = lambda playbook: ReteEvaluator(playbook).evaluate
else:
    LEFT_OUT["rete"] = _reason

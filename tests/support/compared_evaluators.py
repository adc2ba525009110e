"""The evaluators that must agree; one more is one more line here."""

from __future__ import annotations

from collections.abc import Callable

from engine.backends.compiled.compiled_evaluator import Compiled
from engine.backends.rete.network import Rete, why_not
from engine.backends.sql.sql_evaluator import Columnar
from engine.language.model import Playbook
from engine.semantics.evaluate_rules import Meaning
from engine.semantics.firings import Firings, Situation

Evaluate = Callable[[Situation], Firings]

EVALUATORS: dict[str, Callable[[Playbook], Evaluate]] = {
    "meaning": lambda playbook: Meaning(playbook).evaluate,
    "compiled": lambda playbook: Compiled(playbook).evaluate,
    "columnar": lambda playbook: Columnar(playbook).evaluate,
}
LEFT_OUT: dict[str, str] = {}
"""Evaluators that cannot run here, with the reason, which the head of the test report shows."""

_reason = why_not()
if _reason is None:
    EVALUATORS["rete"] = lambda playbook: Rete(playbook).evaluate
else:
    LEFT_OUT["rete"] = _reason

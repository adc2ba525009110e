"""The evaluators that must agree; one more is one more line here."""

from __future__ import annotations

from collections.abc import Callable

from engine.inference.columnar.evaluator import Columnar
from engine.inference.compiled import Compiled
from engine.inference.firings import Firings, Situation
from engine.inference.meaning import Meaning
from engine.inference.rete import Rete, why_not
from engine.language.model import Playbook

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

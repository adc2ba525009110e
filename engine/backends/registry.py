"""The evaluators by name, and what `auto` picks where facts are at hand.

For a whole book, `commands.next` and `commands.score` decide first whether it goes to SQL at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from engine.language.model import Playbook
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context, Firings

EvaluatorName = Literal["auto", "meaning", "rete", "compiled", "columnar"]


class Evaluator(Protocol):
    """Built once for a playbook; gives the firings of any number of situations."""

    name: str

    def evaluate(self, context: Context) -> Firings:
        """Return the firings of one prospect at one instant."""
        ...


@runtime_checkable
class BatchEvaluator(Protocol):
    """An evaluator that takes about as long for many situations as for one."""

    def evaluate_all(self, situations: Sequence[Context]) -> list[Firings]:
        """Return the firings of each of ``situations``."""
        ...


class EvaluatorUnavailable(Exception):
    """The evaluator asked for cannot run here; the message says why and what to install."""


def create_evaluator(name: EvaluatorName, playbook: Playbook, *, batch: bool = False) -> Evaluator:
    """Create the evaluator called ``name``. All give the same answers; `auto` picks for a ``batch``
    of prospects the code compiled from the playbook, which takes longest to make and least to run,
    and for one prospect the rule engine if it is installed, else the definition. Raises
    EvaluatorUnavailable.
    """
    if name == "compiled" or (name == "auto" and batch):
        from engine.backends.compiled.compiled_evaluator import CompiledEvaluator

        return CompiledEvaluator(playbook)
    if name == "columnar":
        from engine.backends.sql.sql_evaluator import SqlEvaluator

        return SqlEvaluator(playbook)
    if name == "meaning":
        return ReferenceEvaluator(playbook)
    from engine.backends.rete import network as rete

    reason = rete.unavailable_reason()
    if reason is None:
        return rete.ReteEvaluator(playbook)
    if name == "auto":
        return ReferenceEvaluator(playbook)
    raise EvaluatorUnavailable(reason)


def firings_of(evaluator: Evaluator, situations: Sequence[Context]) -> list[Firings]:
    """Return the firings of each of ``situations``."""
    if isinstance(evaluator, BatchEvaluator):
        return evaluator.evaluate_all(situations)
    return [evaluator.evaluate(context) for context in situations]

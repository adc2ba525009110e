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
    """Evaluates prospects by the rules of one playbook.

    Attributes:
        name: One of `EvaluatorName`, but never `auto`.
    """

    name: str

    def evaluate(self, context: Context) -> Firings:
        """Return what fires for one prospect at one instant."""
        ...


@runtime_checkable
class BatchEvaluator(Protocol):
    """An evaluator for which many contexts take about as long as one."""

    def evaluate_all(self, contexts: Sequence[Context]) -> list[Firings]:
        """Return the firings for each of ``contexts``, in their order."""
        ...


class EvaluatorUnavailable(Exception):
    """The requested evaluator cannot run here; the message says why and what to install."""


def create_evaluator(name: EvaluatorName, playbook: Playbook, *, batch: bool = False) -> Evaluator:
    """Create an evaluator; all of them give the same answers.

    Args:
        name: Which one. `auto` is `compiled` for a batch; for one prospect `rete` if durable-rules
            is installed, else `meaning`.
        playbook: Whose rules it evaluates.
        batch: Whether to expect many prospects: compiled code takes longest to build and least to
            run.

    Raises:
        EvaluatorUnavailable: It cannot run here.
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


def firings_of(evaluator: Evaluator, contexts: Sequence[Context]) -> list[Firings]:
    """Return the firings for each of ``contexts``, in their order and in one run if possible."""
    if isinstance(evaluator, BatchEvaluator):
        return evaluator.evaluate_all(contexts)
    return [evaluator.evaluate(context) for context in contexts]

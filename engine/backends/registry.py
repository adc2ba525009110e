"""The evaluators of one prospect, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from engine.language.model import Playbook
from engine.semantics.evaluate_rules import Meaning
from engine.semantics.firings import Firings, Situation

Name = Literal["auto", "meaning", "rete", "compiled", "columnar"]


class Evaluator(Protocol):
    """Built once for a playbook; gives the firings of any number of situations."""

    name: str

    def evaluate(self, situation: Situation) -> Firings:
        """The firings of one prospect at one instant."""
        ...


@runtime_checkable
class Together(Protocol):
    """An evaluator that takes about as long for many situations as for one."""

    def evaluate_all(self, situations: Sequence[Situation]) -> list[Firings]:
        """The firings of each of ``situations``."""
        ...


class Unavailable(Exception):
    """The evaluator asked for cannot run here; the message says why and what to install."""


def evaluator(name: Name, playbook: Playbook, *, many: bool = False) -> Evaluator:
    """The evaluator called ``name``. All give the same answers; `auto` picks for ``many`` prospects
    the code compiled from the playbook, which takes longest to make and least to run, and for one
    the rule engine where it is installed, else the definition. Raises Unavailable.
    """
    if name == "compiled" or (name == "auto" and many):
        from engine.backends.compiled.compiled_evaluator import Compiled

        return Compiled(playbook)
    if name == "columnar":
        from engine.backends.sql.sql_evaluator import Columnar

        return Columnar(playbook)
    if name == "meaning":
        return Meaning(playbook)
    from engine.backends.rete import network as rete

    reason = rete.why_not()
    if reason is None:
        return rete.Rete(playbook)
    if name == "auto":
        return Meaning(playbook)
    raise Unavailable(reason)


def firings_of(evaluator: Evaluator, situations: Sequence[Situation]) -> list[Firings]:
    """The firings of each of ``situations``."""
    if isinstance(evaluator, Together):
        return evaluator.evaluate_all(situations)
    return [evaluator.evaluate(situation) for situation in situations]

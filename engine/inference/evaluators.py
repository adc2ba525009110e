"""The evaluators of one prospect, by name."""

from __future__ import annotations

from typing import Literal, Protocol

from engine.inference.firings import Firings, Situation
from engine.inference.meaning import Meaning
from engine.language.model import Playbook

Name = Literal["auto", "meaning", "rete", "compiled"]


class Evaluator(Protocol):
    """Built once for a playbook; gives the firings of any number of situations."""

    name: str

    def evaluate(self, situation: Situation) -> Firings:
        """The firings of one prospect at one instant."""
        ...


class Unavailable(Exception):
    """The evaluator asked for cannot run here; the message says why and what to install."""


def evaluator(name: Name, playbook: Playbook, *, many: bool = False) -> Evaluator:
    """The evaluator called ``name``. All give the same answers; `auto` picks for ``many`` prospects
    the code compiled from the playbook, which takes longest to make and least to run, and for one
    the rule engine where it is installed, else the definition. Raises Unavailable.
    """
    if name == "compiled" or (name == "auto" and many):
        from engine.inference.compiled import Compiled

        return Compiled(playbook)
    if name == "meaning":
        return Meaning(playbook)
    from engine.inference import rete

    reason = rete.why_not()
    if reason is None:
        return rete.Rete(playbook)
    if name == "auto":
        return Meaning(playbook)
    raise Unavailable(reason)

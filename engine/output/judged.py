"""One prospect judged by one playbook: all that the answers of `why` are made from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.advice.advise import Recommendation, advise
from engine.advice.adviser import Adviser
from engine.advice.explain import Explainer
from engine.book.prospect import Prospect
from engine.inference.firings import Firings, Situation
from engine.language.model import Playbook


@dataclass(frozen=True, slots=True)
class Judged:
    """What was known, which rules fired on it, and what follows."""

    playbook: Playbook
    situation: Situation
    firings: Firings
    recommendation: Recommendation

    @property
    def explainer(self) -> Explainer:
        """Explains the firings by the facts, whichever evaluator found them."""
        return Explainer(self.playbook, self.situation, self.firings)


def judged(adviser: Adviser, prospect: Prospect, now: int) -> Judged:
    """``prospect`` at ``now`` (seconds since 1970 UTC)."""
    situation = adviser.situation(prospect, now)
    firings = adviser.firings(situation)
    recommendation = advise(adviser.playbook, prospect.id, situation, firings)
    return Judged(adviser.playbook, situation, firings, recommendation)

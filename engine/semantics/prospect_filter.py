"""The filter for prospects of a book, by the recommendation for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from engine.semantics.recommend import Recommendation


@dataclass(frozen=True, slots=True)
class ProspectFilter:
    """Which prospects are shown, and how many.

    Empty ``owners`` and ``states`` admit all. ``due_by``: only prospects whose first step is due at
    or before that instant (seconds since 1970 UTC). ``everybody``: prospects without a step too.
    ``limit`` is how many are shown, 0 for all, None for the default of the output format.
    """

    everybody: bool = False
    owners: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    due_by: int | None = None
    limit: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether there is a criterion besides having a step."""
        return bool(self.owners or self.states) or self.due_by is not None

    def admits(self, recommendation: Recommendation) -> bool:
        """Return whether ``recommendation`` passes the filter. Owners are compared without case."""
        if not recommendation.steps and not self.everybody:
            return False
        if self.states and recommendation.state not in self.states:
            return False
        if self.owners and not self.asks_for(recommendation.facts.get("owner")):
            return False
        return self.due_by is None or _due_by(recommendation, self.due_by)

    def asks_for(self, owner: object) -> bool:
        """Return whether ``owner`` is one of ``owners``, compared without case."""
        return owner is not None and fold_name(owner) in map(fold_name, self.owners)


def fold_name(name: object) -> str:
    """Return what two spellings of one owner, or of one account, have in common."""
    return unicodedata.normalize("NFC", str(name)).strip().casefold()


def _due_by(recommendation: Recommendation, instant: int) -> bool:
    due = recommendation.steps[0].due_at if recommendation.steps else None
    return due is not None and due <= instant

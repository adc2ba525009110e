"""Choose which of many recommendations are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from engine.advice.rounding import rounded
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation


def select(
    recommendations: Iterable[Recommendation], wanted: ProspectFilter
) -> list[Recommendation]:
    """Those ``wanted``, by the value of their first step, then by id; last those without a step.

    Values count as they are printed, so that the order of what is seen never looks wrong.
    """
    return sorted((one for one in recommendations if wanted.admits(one)), key=_rank)


def _rank(recommendation: Recommendation) -> tuple[float, str]:
    if not recommendation.steps:
        return 1.0, recommendation.prospect
    return -rounded(recommendation.steps[0].value), recommendation.prospect

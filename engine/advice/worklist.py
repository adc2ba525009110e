"""Select and sort the recommendations of a work list."""

from __future__ import annotations

from collections.abc import Iterable

from engine.advice.rounding import rounded
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation


def select(
    recommendations: Iterable[Recommendation], wanted: ProspectFilter
) -> list[Recommendation]:
    """Select those ``wanted``, sorted by the value of their first step and then by id.

    Those without a step are last. Values are rounded as they are printed: of two that look equal,
    the one with the smaller id has to come first.
    """
    return sorted((one for one in recommendations if wanted.admits(one)), key=_rank)


def _rank(recommendation: Recommendation) -> tuple[float, str]:
    if not recommendation.steps:
        return 1.0, recommendation.prospect
    return -rounded(recommendation.steps[0].value), recommendation.prospect

"""Select and sort the recommendations of a work list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.advice.rounding import rounded
from engine.semantics.prospect_filter import ProspectFilter, fold_name
from engine.semantics.recommend import Recommendation


def select(
    recommendations: Iterable[Recommendation], wanted: ProspectFilter
) -> list[Recommendation]:
    """Select those ``wanted``, sorted by the value of their first step and then by id.

    Those without a step are last. Values are rounded as they are printed: of two that look equal,
    the one with the smaller id has to come first.
    """
    return sorted((one for one in recommendations if wanted.admits(one)), key=_rank)


class Grouped(NamedTuple):
    """The first of each group, in order, and how many more there are of it."""

    first: list[str]
    more: list[int]


def first_of_accounts(accounts: Iterable[tuple[str, object]]) -> Grouped:
    """Return the first prospect of each account.

    Accounts are compared without case. A prospect without one stands alone.

    Args:
        accounts: The ids of prospects in order, each with its account, None if it has none.
    """
    places: dict[tuple[bool, str], int] = {}
    found = Grouped([], [])
    for id, account in accounts:
        group = (False, id) if account is None else (True, fold_name(account))
        at = places.setdefault(group, len(found.first))
        if at < len(found.first):
            found.more[at] += 1
        else:
            found.first.append(id)
            found.more.append(0)
    return found


def _rank(recommendation: Recommendation) -> tuple[float, str]:
    if not recommendation.steps:
        return 1.0, recommendation.prospect
    return -rounded(recommendation.steps[0].value), recommendation.prospect

"""The word an author probably meant, among the words that may stand there."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 60
"""No name an author means is longer; a longer word is not compared at all."""
_SHORTEST = 3
"""A beginning with fewer letters says nothing."""


def closest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that differs least from ``word``, or None where none is near.

    Near is at most one slip in three letters: a letter left out, put in, wrong, or swapped with its
    neighbour. Upper case, spaces and hyphens count for nothing. Of equally near words the first in
    the alphabet is taken, so that two runs say the same. Where none is near, the only one that
    begins with ``word``, or that ``word`` begins with, is what was meant.
    """
    if len(word) > _LONGEST:
        return None
    folded, candidates = _folded(word), list(allowed)
    slips = max(1, len(folded) // 3)
    near = [
        (distance, candidate)
        for candidate in candidates
        if abs(len(candidate) - len(word)) <= slips
        and (distance := _distance(folded, _folded(candidate))) <= slips
        and distance < max(len(folded), 2)
    ]
    return min(near)[1] if near else _only_beginning(folded, candidates)


def _only_beginning(folded: str, candidates: list[str]) -> str | None:
    alike = [
        candidate
        for candidate in candidates
        if min(len(candidate), len(folded)) >= _SHORTEST
        and (candidate.startswith(folded) or folded.startswith(candidate))
    ]
    return alike[0] if len(alike) == 1 else None


def did_you_mean(word: str, allowed: Iterable[str]) -> str | None:
    """The question to ask about a word that is not among the allowed ones."""
    found = closest(word, allowed)
    return None if found is None else f"did you mean `{found}`?"


def _folded(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")


def _distance(one: str, other: str) -> int:
    """Least number of slips between two words (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, target in enumerate(other, start=1):
            slip = min(
                last[column] + 1,
                current[column - 1] + 1,
                last[column - 1] + (letter != target),
            )
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == target:
                slip = min(slip, before[column - 2] + 1)
            current.append(slip)
        before, last = last, current
    return last[-1]

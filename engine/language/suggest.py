"""The word an author probably meant, among the words that may stand there."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 60
"""No name an author means is longer; a longer word is not compared at all."""


def closest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that differs least from ``word``, or None where none is near.

    Near is at most one slip in three letters: a letter left out, put in, wrong, or swapped with its
    neighbour. Upper case, spaces and hyphens count for nothing. Of equally near words the first in
    the alphabet is taken, so that two runs say the same.
    """
    if len(word) > _LONGEST:
        return None
    folded = _folded(word)
    slips = max(1, len(folded) // 3)
    near = [
        (distance, candidate)
        for candidate in allowed
        if abs(len(candidate) - len(word)) <= slips
        and (distance := _distance(folded, _folded(candidate))) <= slips
        and distance < max(len(folded), 2)
    ]
    return min(near)[1] if near else None


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

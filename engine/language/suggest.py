"""The word an author probably meant, among the words that may stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_LONGEST = 60
"""No name an author means is longer; a longer word is not compared at all."""
_MANY = 1000
"""Among more words than this, ids of a large book say, only one slip is near: words that are all
alike lie within two slips of each other, and looking for one takes no longer than reading them.
"""
_SHORTEST = 3
"""A beginning with fewer letters says nothing."""


def closest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that differs least from ``word``, or None where none is near.

    Near is at most one slip in three letters: a letter left out, put in, wrong, or swapped with its
    neighbour; among very many words only one slip. Upper case, spaces and hyphens count for
    nothing. Of equally near words the first in the alphabet is taken, so that two runs say the
    same. Where none is near, the only one that begins with ``word``, or that ``word`` begins with,
    is what was meant.
    """
    if len(word) > _LONGEST:
        return None
    folded, candidates = _folded(word), list(allowed)
    near = _within_one(folded, candidates) if len(candidates) > _MANY else _near(folded, candidates)
    return min(near)[1] if near else _only_beginning(folded, candidates)


def _near(folded: str, candidates: list[str]) -> list[tuple[int, str]]:
    """The candidates that are near, each with its distance."""
    most = min(max(1, len(folded) // 3), max(len(folded), 2) - 1)
    return [
        (distance, candidate)
        for candidate in candidates
        if abs(len(candidate) - len(folded)) <= most
        and (distance := _distance(folded, _folded(candidate), most)) <= most
    ]


def _within_one(folded: str, candidates: list[str]) -> list[tuple[int, str]]:
    """As `_near` for at most one slip: every slip is made and looked up."""
    most = min(1, max(len(folded), 2) - 1)
    found: dict[str, str] = {}
    for candidate in candidates:
        if abs(len(candidate) - len(folded)) <= most:
            key = _folded(candidate)
            found[key] = min(candidate, found.get(key, candidate))
    if folded in found:
        return [(0, found[folded])]
    return [(1, found[slip]) for slip in _slips(folded, set().union(*found)) if slip in found]


def _slips(word: str, letters: set[str]) -> Iterator[str]:
    """Every word that one slip makes of ``word`` with ``letters``."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            yield before + letter + after
            yield before + letter + after[1:]


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


def _distance(one: str, other: str, most: int) -> int:
    """Least number of slips between two words (optimal string alignment); where it is more than
    ``most``, some number that is.
    """
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
        # A swap looks back two rows, so it takes both above the limit to know.
        if min(current) > most and min(last) > most:
            break
        before, last = last, current
    else:
        return last[-1]
    return most + 1

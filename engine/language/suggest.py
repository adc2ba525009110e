"""Suggest the closest known word for one that is probably misspelled."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_LENGTH = 60
"""Longer words are not compared: no name an author means is longer."""
_MANY = 1000
"""Among more words than this, such as the ids of a large book, only one edit is allowed: with two,
too many of them would be near.
"""
_MIN_LENGTH = 3
"""Letters that a common prefix must have."""
_MIN_LETTERS_OF_A_SLIP = 4
"""Shorter words differ by one letter and mean something else: `won` and `own`."""


def closest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word with the least edit distance from ``word``; None if no word is near.

    Near is at most one edit per three letters: a letter left out, added, replaced, or swapped with
    its neighbor; among more than 1,000 words only one edit. Case, spaces and hyphens are ignored.
    Of equally near words the alphabetically first is taken, so that two runs print the same. If no
    word is near, the only one is returned that begins with ``word`` or that ``word`` begins with.
    """
    if len(word) > _MAX_LENGTH:
        return None
    folded, candidates = _fold(word), list(allowed)
    near = _near(folded, candidates)
    return min(near)[1] if near else _only_beginning(folded, candidates)


def one_edit_from(word: str, known: Iterable[str]) -> str | None:
    """Return a known word that is one edit from ``word``, None if there is none.

    Words of fewer than four letters are too much alike, and so are those that differ by a digit:
    `day_5` beside `day_3` is no mistake.
    """
    from rapidfuzz.distance import OSA

    if not _MIN_LETTERS_OF_A_SLIP <= len(word) <= _MAX_LENGTH:
        return None
    bare = _without_digits(word)
    near = (
        each
        for each in sorted(known)
        if OSA.distance(word, each, score_cutoff=1) == 1 and _without_digits(each) != bare
    )
    return next(near, None)


def _without_digits(word: str) -> str:
    return "".join(letter for letter in word if not letter.isdigit())


def did_you_mean(word: str, allowed: Iterable[str]) -> str | None:
    """Return "did you mean `x`?" with the closest allowed word, or None if no word is near."""
    found = closest(word, allowed)
    return None if found is None else f"did you mean `{found}`?"


def misspelled(text: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed text that ``text`` is with one word misspelled, or None.

    Stricter than `closest`, for words of other people's tables: all words but one must be equal,
    and that one must be near. So `Closed Won` is no slip of `closed_lost`, but `Closed Lots` is.
    """
    words = _fold(text).split("_")
    found = [
        (distance, other)
        for other in allowed
        if (distance := _slips(words, _fold(other).split("_"))) is not None
    ]
    return min(found)[1] if found else None


def _slips(words: list[str], others: list[str]) -> float | None:
    """Return how far the one word that differs is, None if it is another word."""
    different = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    if len(words) != len(others) or len(different) != 1:
        return None
    (word, other) = different[0]
    if min(len(word), len(other)) < _MIN_LETTERS_OF_A_SLIP:
        return None
    near = _near(word, [other])
    return near[0][0] if near else None


def _near(folded: str, candidates: list[str]) -> list[tuple[float, str]]:
    """Return the candidates that are near, each with its distance (optimal string alignment)."""
    if not candidates:
        return []
    # Imported here and not at the top: most runs suggest nothing, and need not wait for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = 1 if len(candidates) > _MANY else max(1, len(folded) // 3)
    found = process.extract_iter(
        folded, candidates, processor=_fold, scorer=OSA.distance, score_cutoff=limit
    )
    return [(distance, candidate) for candidate, distance, _ in found]


def _only_beginning(folded: str, candidates: list[str]) -> str | None:
    alike = [
        candidate
        for candidate in candidates
        if min(len(candidate), len(folded)) >= _MIN_LENGTH
        and (candidate.startswith(folded) or folded.startswith(candidate))
    ]
    return alike[0] if len(alike) == 1 else None


def _fold(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")

"""Fold text in SQL as `engine.language.value_rules` does, in every dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from sys import maxunicode

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.language.value_rules import FOLDED_AWAY, Words, fold_case


def translated(value: exp.Expression, sought: str, dropped: str = "") -> exp.Expression:
    """Build ``value`` with every letter folded that folds to one of ``sought``.

    Not LOWER: engines differ in what it makes of a dotted capital I or a final sigma, and some
    leave letters beyond ASCII as they are. Other letters make no difference, so they are not
    folded.

    Args:
        value: The text.
        sought: The letters that it is searched for.
        dropped: Characters to leave out.
    """
    letters = [each for letter in dict.fromkeys(sought) for each in _capitals().get(letter, ())]
    if not letters and not dropped:
        return value
    small = "".join(fold_case(letter) for letter in letters)
    return q.call("TRANSLATE", value, q.text("".join(letters) + dropped), q.text(small))


def folded_word(value: exp.Expression, words: Iterable[str], dropped: str = "") -> exp.Expression:
    """Build ``value`` folded by `fold_word`, for a comparison with ``words``, which are folded.

    ``REPLACE(REPLACE(TRANSLATE("t"."channel", 'EMAIL...', 'email...'), ' ', ''), '-', '')``

    Args:
        value: The text.
        words: What it is compared with.
        dropped: More characters to leave out, besides `FOLDED_AWAY`.
    """
    found = translated(value, "".join(words), dropped)
    for character in FOLDED_AWAY:
        found = q.call("REPLACE", found, q.text(character), q.text(""))
    return found


@cache
def _capitals() -> Mapping[str, tuple[str, ...]]:
    """Map each letter to the other letters that fold to it."""
    found: dict[str, tuple[str, ...]] = {}
    for point in range(maxunicode + 1):
        letter = chr(point)
        small = letter.lower()
        if small != letter and len(small) == 1 and fold_case(letter) == small:
            found[small] = (*found.get(small, ()), letter)
    return found


def word_id(text: exp.Expression, words: Words, *, with_map: bool = False) -> exp.Expression:
    """Build the id of the word that ``text`` is a spelling of; NULL for any other text.

    ``CASE WHEN text IN ('email') THEN text ELSE CASE folded WHEN 'mail' THEN 'email' END END``

    Args:
        text: The text, without surrounding spaces.
        words: The words; every text is an id if there are none.
        with_map: Look spellings up in a map, ``ELEMENT_AT(STR_TO_MAP('mail-email', ' ', '-'),
            folded)``, which Spark plans much faster than a branch for each of them.
    """
    if not words:
        return text
    known = words.spellings
    plain = (q.is_any_of(text, words.ids), text.copy())
    if not known:
        return q.case(plain)
    folded = folded_word(text.copy(), known)
    # No spelling has a space or a hyphen, which are folded away.
    if with_map and not any(mark in id for mark in " -" for id in words.ids):
        pairs = " ".join(f"{spelling}-{id}" for spelling, id in known.items())
        ids = q.call("STR_TO_MAP", q.text(pairs), q.text(" "), q.text("-"))
        found = q.call("ELEMENT_AT", ids, folded)
    else:
        found = exp.Case(this=folded)
        for spelling, id in known.items():
            found = found.when(q.text(spelling), q.text(id), copy=False)
    # The ids first: most tables have them, and folding a text takes several steps.
    return q.case(plain, otherwise=found)

"""Find characters that cannot be seen, that reorder the text around them, or that pile up on it.

Playbooks may not contain them and output escapes the first two: a text must not read as something
it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import bidirectional, category, combining, name

INVISIBLE_RANGES = (
    (0x7F, 0x9F),  # general category Cc
    (0xAD, 0xAD),  # Default_Ignorable_Code_Point, like all ranges without a comment
    (0x34F, 0x34F),
    (0x61C, 0x61C),  # Bidi_Control, too
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180E, 0x180E),
    (0x200B, 0x200B),
    (0x200E, 0x200F),  # Bidi_Control, too
    (0x2028, 0x202E),  # line and paragraph separators (Zl, Zp); Bidi_Control
    (0x2060, 0x206F),  # Bidi_Control among them
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),  # general category Cs
    (0xFDD0, 0xFDEF),  # Noncharacter_Code_Point
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),  # the last three are Cf, marks of interlinear annotation
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)),  # noncharacters
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE00FF),  # the tags among them can spell any hidden ASCII text
    (0xE01F0, 0xE0FFF),
)
"""First and last code points of ranges that are invisible in any context.

The control characters of ASCII are left out: each caller treats tabs and line feeds differently.

Not Co and Cn: private and unassigned characters are drawn as a box, and a character that is new in
Unicode must not be refused because Python is older. Nor Cf as a whole: some of it, such as U+06DD,
is drawn. docs/decisions/0025-one-set-of-invisible-characters.md has the reasons.
"""

_JOINERS = "\u200c\u200d"
_EMOJI_SELECTORS = "\ufe0e\ufe0f"
_IDEOGRAPH_SELECTORS = "\ufe00-\ufe0d\U000e0100-\U000e01ef"
_MONGOLIAN_SELECTORS = "\u180b-\u180d\u180f"

_CURSIVE = frozenset({"ADLAM", "ARABIC", "MANDAIC", "MONGOLIAN", "NKO", "SYRIAC"})
"""Scripts whose letters join, so that joiners change how they are drawn, by the first word of the
Unicode names of their letters."""
_EMBEDDINGS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_VIRAMA = 9
"""Canonical combining class of viramas, which join the letters of Indic scripts."""
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_KEYCAP = "\u20e3"
_EMOJI = re.compile(
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618"
    "\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660"
    "\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa"
    "\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea"
    "\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728"
    "\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
"""The characters with the property Emoji of Unicode 16, but for digits; of the last range, the
blocks of pictographs, all of them, as the author's system may know new ones."""


INVISIBLE = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in INVISIBLE_RANGES)
"""`INVISIBLE_RANGES` as the content of a character class `[...]` of `re`."""

_SUSPECT = re.compile(
    rf"([\x00-\x08\x0b-\x1f{INVISIBLE}])"
    f"|[{_JOINERS}{_EMOJI_SELECTORS}{_IDEOGRAPH_SELECTORS}{_MONGOLIAN_SELECTORS}]"
)


def invisible_in(text: str) -> Iterator[int]:
    """Yield the index of every invisible character of ``text`` except tabs and line feeds.

    Joiners and variation selectors are yielded only where they do not affect how the text is drawn:
    between Latin letters, for example, but not inside a Persian word or an emoji.
    """
    for found in _SUSPECT.finditer(text):
        if found[1] or not _is_spelling(text, found.start()):
            yield found.start()


MAX_MARKS = 30
"""Combining marks in a row, as in the Stream-Safe Text Format of Unicode (UAX 15, section 13)."""

_MAY_BE_MARKS = re.compile(f"[^\\x00-\u02ff]{{{MAX_MARKS + 1}}}")
_SPLIT_MARKS = "\u0f73\u0f75\u0f81"
"""Characters without a combining class that NFC splits into marks."""


def piled_marks(text: str) -> int | None:
    """Return the index of the first mark of ``text`` that follows `MAX_MARKS` others, or None.

    No language needs so many. To sort a long run of them, as NFC does, takes quadratic time.
    """
    if not _MAY_BE_MARKS.search(text):  # nearly every text, and much faster than what follows
        return None
    run = 0
    for at, character in enumerate(text):
        run = run + 1 if combining(character) or character in _SPLIT_MARKS else 0
        if run > MAX_MARKS:
            return at
    return None


def describe_character(character: str) -> str:
    """Return a phrase with the code point of ``character`` and its name, if it has a name."""
    point = f"U+{ord(character):04X}"
    called = name(character, "").lower()
    return f"invisible character {point} ({called})" if called else f"control character {point}"


def is_joiner(character: str) -> bool:
    """Return whether ``character`` is the zero width joiner or non-joiner."""
    return character in _JOINERS


def reorders(character: str) -> bool:
    """Return whether ``character`` has the property Bidi_Control."""
    # `unicodedata` has no such property. The three marks have the class of ordinary letters.
    return character in "\u061c\u200e\u200f" or bidirectional(character) in _EMBEDDINGS


def _is_spelling(text: str, at: int) -> bool:
    """Return whether a joiner or selector belongs to the word or emoji that it is in."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    character = text[at]
    if character in _JOINERS:
        return _joins(before, character, after)
    if character in _EMOJI_SELECTORS:
        return _is_emoji(before) or (before in tuple("0123456789#*") and after == _KEYCAP)
    return _script(before) == ("MONGOLIAN" if "\u180b" <= character <= "\u180f" else "CJK")


def _joins(before: str, joiner: str, after: str) -> bool:
    """Return whether ``joiner`` changes how the characters beside it are drawn.

    It does after a virama, as in RFC 5892 (appendix A.1 and A.2), and before one, as Bengali and
    Kannada spell some clusters. In cursive scripts it must have a visible character on both sides,
    one of which may be of another script: Persian puts its endings to Latin words with a
    non-joiner.
    """
    if _VIRAMA in map(_combining_class, (before, after)):
        return True
    if _is_visible(before) and _is_visible(after) and {_script(before), _script(after)} & _CURSIVE:
        return True
    part_of_emoji = _is_emoji(before) or before in (*_EMOJI_SELECTORS, *_SKIN_TONES)
    return joiner == "\u200d" and part_of_emoji and _is_emoji(after)


def _combining_class(character: str) -> int:
    return combining(character) if character else 0


def _script(character: str) -> str:
    return name(character, "").partition(" ")[0] if character else ""


def _is_visible(character: str) -> bool:
    return bool(character) and category(character)[0] in "LMNPS"


def _is_emoji(character: str) -> bool:
    # Not by general category: a selector after `+`, a symbol too, would hide.
    return _EMOJI.fullmatch(character) is not None

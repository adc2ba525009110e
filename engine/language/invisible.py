"""Find characters that cannot be seen or that reorder the text around them.

Playbooks may not contain them and output escapes them: a text must not read as something it is not.
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
_EMOJI_NOT_SYMBOLS = "\u203c\u2049\u2139\u3030"
"""Emoji whose general category is not So or Sm."""


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
    """Return whether ``character`` may be an emoji, including emoji newer than this Python."""
    if not character:
        return False
    kind = category(character)
    # Unassigned here, but in the blocks of pictographs: the author's system may know it already.
    new = kind == "Cn" and 0x1F000 <= ord(character) <= 0x1FAFF
    return kind in ("So", "Sm") or new or character in _EMOJI_NOT_SYMBOLS

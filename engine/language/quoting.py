"""Quote an author's words inside a message."""

from __future__ import annotations

import re

from engine.language.invisible import invisible_in, is_joiner

_MAX_LENGTH = 60


def quoted(value: object) -> str:
    """Return ``value`` as YAML writes it, in backticks, on one line, truncated to 60 characters.

    Invisible characters are replaced by their code points, such as `U+200B`.
    """
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif value is None:
        text = "null"
    else:
        # Not `str.split()`, which also splits at no-break spaces: those must be shown.
        text = " ".join(filter(None, re.split(r"[ \t\r\n]+", _text_of(value))))
    hidden = set(invisible_in(text))
    text = "".join(
        letter
        if at not in hidden and (letter.isprintable() or is_joiner(letter))
        else f"U+{ord(letter):04X}"
        for at, letter in enumerate(text)
    )
    return f"`{text}`" if len(text) <= _MAX_LENGTH else f"`{text[: _MAX_LENGTH - 1]}…`"


def _text_of(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        assert isinstance(value, int)
        return f"{'-' if value < 0 else ''}{value.bit_length():,} bits"

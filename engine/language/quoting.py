"""How an author's words look inside a message."""

from __future__ import annotations

import re

_LONGEST = 60


def quoted(value: object) -> str:
    """``value`` as the author wrote it, in backticks, on one line, and not too long to read."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif value is None:
        text = "null"
    else:
        # Only what YAML takes for white space: a no-break space is to be seen.
        text = " ".join(filter(None, re.split(r"[ \t\r\n]+", str(value))))
    text = "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 1]}…`"


def _escaped(letter: str) -> str:
    return f"U+{ord(letter):04X}"

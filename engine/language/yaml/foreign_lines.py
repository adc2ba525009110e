"""Find lines that are no YAML: what a merge left behind, odd spaces, odd quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

Finding = tuple[tuple[int, int], str, str]
"""Place (line and column from 0), message, help."""

_MERGE = re.compile(r"(<{7}|={7}|>{7})( |$)")
_ODD_SPACES = re.compile(r"[ ]*([\u00a0\u2007\u202f\u3000]+)")
_ODD_QUOTES = re.compile(r"(?:[:\[{,-]\s+|[\[{])([\u201c\u201d\u2018\u2019\u201e])")


def foreign_line(lines: Sequence[str], around: range) -> Finding | None:
    """Return what is wrong with one of ``lines``; None if they might all be YAML.

    Args:
        lines: The lines of a file that the parser refuses.
        around: The numbers, from 0, of the lines in which it failed.
    """
    for number, line in enumerate(lines):
        if _MERGE.match(line):
            help = (
                "keep one of the two versions, and delete the lines `<<<<<<<`, `=======`, `>>>>>>>`"
            )
            return (number, 0), "this merge conflict has not been resolved", help
    for number in around:
        line = lines[number] if number < len(lines) else ""
        spaces, quotes = _ODD_SPACES.match(line), _ODD_QUOTES.search(line)
        if spaces:
            code = f"U+{ord(spaces[1][0]):04X}"
            message = f"this line is indented with {code}, which only looks like a space"
            return (number, spaces.start(1)), message, "indent with plain spaces"
        if quotes:
            message = f"`{quotes[1]}` is no quote that YAML knows"
            return (number, quotes.start(1)), message, 'write straight quotes: `key: "text"`'
    return None

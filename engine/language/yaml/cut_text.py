"""Find text that a `#` has cut short: after a space, it begins a comment.

`because: We are #1 in this` says `We are`. A comment that is meant as one has a space after its
`#`, as nearly all have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import Document

_COMMENT = re.compile(r"[ \t]+(#[^\s#!].*)")


def cut_by_comment(text: str, document: Document) -> Iterator[Problem]:
    """Report each text without quotes that is followed by ` #` and no space.

    Args:
        text: The file as text.
        document: What was read from it.
    """
    if not _COMMENT.search(text):
        return
    lines = text.replace("\r\n", "\n").split("\n")
    for path, span in document.spans.items():
        start, end = lines[span.line - 1], lines[span.end_line - 1]
        comment = _COMMENT.match(end, span.end_column - 1)
        if comment is None or start[span.column - 1 : span.column] in (
            '"',
            "'",
            "[",
            "{",
            "|",
            ">",
        ):
            continue
        value = document.data
        for key in path:
            value = value[key]
        if isinstance(value, str):
            column = comment.start(1) + 1
            lost = comment[1].rstrip()
            place = Span(span.file, span.end_line, column, span.end_line, column + len(lost))
            message = f"{quoted(lost)} is read as a comment, so that the text ends before it"
            help = "put the whole text in quotes; write `# ` with a space if it is a comment"
            yield Problem(place, "text-after-hash", message, help, severity="warning")

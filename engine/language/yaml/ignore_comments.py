"""Find comments that ask for a problem to be ignored.

`# relight: ignore[zero-weight] until 2027-01-31 because the data comes in January` at the end of a
line is about that line; alone on its line it is about the next one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.document import Document, IgnoreComment

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#+[ \t]*relight[ \t]*:", re.MULTILINE | re.IGNORECASE)
_IGNORE = re.compile(
    r"#+[ \t]*relight[ \t]*:[ \t]*ignore[ \t]*\[(?P<codes>[^\]]*)\]"
    r"(?:[ \t]+until[ \t]+(?P<until>\S+))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_REASON = re.compile(r"[ \t]+because[ \t]+(\S.*)", re.IGNORECASE)
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

FORM = "`# relight: ignore[zero-weight] until 2027-01-31 because ...`"
"""How such a comment is written."""


def ignore_comments(text: str, document: Document) -> Iterator[IgnoreComment | Problem]:
    """Yield each such comment, and a problem for each that cannot be read.

    Args:
        text: The file as text.
        document: What was read from it.
    """
    if not _COMMENT.search(text):
        return
    lines = text.replace("\r\n", "\n").split("\n")
    texts = _texts(document)
    alone: list[tuple[str, Span]] = []  # of which the line that they are about is still to come
    for number, line in enumerate(lines, 1):
        starts = (found.start() for found in _COMMENT.finditer(line))
        start = next((at for at in starts if not _inside(texts, number, at + 1)), len(line))
        comment, before = line[start:].rstrip(), line[:start].strip()
        span = Span(document.name, number, start + 1, number, start + 1 + len(comment))
        says_something = before and not before.startswith("#")
        if comment:
            alone.append((comment, span))
        if says_something:
            for each in alone:
                yield from _read(*each, number)
            alone.clear()
    for each in alone:
        yield from _read(*each, each[1].line)


def _read(comment: str, span: Span, about: int) -> Iterator[IgnoreComment | Problem]:
    found = _IGNORE.fullmatch(comment)
    codes = [] if found is None else [code.strip() for code in found["codes"].split(",")]
    if found is None or not all(_CODE.fullmatch(code) for code in codes):
        yield _bad(span, "this is no comment that Relight understands", f"write {FORM}")
        return
    until = None if found["until"] is None else _date(found["until"])
    if found["until"] is not None and until is None:
        message = f"{quoted(found['until'])} is not a date"
        yield _bad(span, message, "write it like `2027-01-31`")
        return
    why = _REASON.fullmatch(found["rest"])
    reason = None if why is None else why[1]
    yield IgnoreComment(tuple(dict.fromkeys(codes)), about, until, reason, span)


def _bad(span: Span, message: str, help: str) -> Problem:
    return Problem(span, "bad-ignore", message, help, severity="warning")


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if _DATE.fullmatch(written) else None
    except ValueError:  # there is no such day
        return None


def _texts(document: Document) -> list[Span]:
    """Return the spans of all keys and of values without parts, in order; none overlaps another."""
    parents = {path[:-1] for path in document.spans if path}
    values = (span for path, span in document.spans.items() if path not in parents)
    return sorted((*values, *document.key_spans.values()))


def _inside(texts: list[Span], line: int, column: int) -> bool:
    """Return whether a place is part of one of ``texts``."""
    at = bisect_right(texts, (line, column), key=lambda span: (span.line, span.column))
    return at > 0 and (line, column) < (texts[at - 1].end_line, texts[at - 1].end_column)

"""Find comments that ask for a problem to be ignored.

`# relight: ignore[zero-weight] until 2027-01-31 because the data comes in January` at the end of a
line is about that line; alone on its line it is about the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    within = _lines_of_texts(document)
    for number, line in enumerate(lines, 1):
        starts = (found.start() for found in _COMMENT.finditer(line))
        texts = within.get(number, ())
        start = next((at for at in starts if not _inside(texts, number, at + 1)), None)
        if start is not None:
            comment = line[start:].rstrip()
            span = Span(document.name, number, start + 1, number, start + 1 + len(comment))
            about = number if line[:start].strip() else _next_line(lines, number)
            yield from _read(comment, span, about)


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


def _next_line(lines: list[str], number: int) -> int:
    """Return the number of the line after line ``number`` that is not blank and no comment."""
    for at in range(number, len(lines)):
        if lines[at].strip() and not lines[at].lstrip().startswith("#"):
            return at + 1
    return number


def _lines_of_texts(document: Document) -> dict[int, list[Span]]:
    """Return the spans of all keys and of values without parts, by each line that they are on."""
    found: dict[int, list[Span]] = {}
    parents = {path[:-1] for path in document.spans if path}
    values = (span for path, span in document.spans.items() if path not in parents)
    for span in (*values, *document.key_spans.values()):
        for line in range(span.line, span.end_line + 1):
            found.setdefault(line, []).append(span)
    return found


def _inside(spans: Iterable[Span], line: int, column: int) -> bool:
    """Return whether a place is part of one of the texts at ``spans``."""
    place = (line, column)
    return any(
        (span.line, span.column) <= place < (span.end_line, span.end_column) for span in spans
    )

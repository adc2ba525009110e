"""Format the problems of a book for people: grouped by table, column and word, or row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from engine.book.book_problem import BookProblem
from engine.reports.escape import printable
from engine.reports.problems.problem_report import STYLES
from engine.reports.terminal.phrases import counted
from engine.reports.terminal.style import Style

MAX_KINDS = 12
"""The most kinds of problems that are told without being asked."""
MAX_MESSAGES = 3
"""The most words of a kind: the rest are counted."""
MAX_ROWS = 3
"""The first rows that a group names."""
MAX_OF_A_KIND = 20
"""The most problems of a kind that are listed row by row."""

_Kind = tuple[str, str | None, str]
"""The file, the column and the code of a problem."""


def rows_text(problems: Iterable[BookProblem], style: Style) -> str:
    """Lay out a line for each problem, and a second one for its help; 20 of a kind at most.

    What is left out is counted at the end: `touches.csv column "at": and 5 more like these`.
    """
    counts: Counter[_Kind] = Counter()
    lines = []
    for problem in problems:
        counts[_kind(problem)] += 1
        if counts[_kind(problem)] <= MAX_OF_A_KIND:
            lines.append(_single(problem, style))
    for (file, column, code), count in counts.items():
        if count > MAX_OF_A_KIND:
            more = f"and {count - MAX_OF_A_KIND:,} more like these"
            lines.append(f"{_place(file, None, column)}: [{printable(code)}] {more}\n")
    return "".join(lines)


def grouped_text(problems: Sequence[BookProblem], style: Style) -> str:
    """Lay out the kinds of problems, the most frequent first, each with its words and first rows.

    `touches.csv column "direction": error[not-a-choice]: ... (980 rows: 3, 7, 12, ...)`
    """
    kinds: dict[_Kind, list[BookProblem]] = {}
    for problem in problems:
        kinds.setdefault(_kind(problem), []).append(problem)
    # What concerns a whole file or column comes first: the rows may follow from it.
    ordered = sorted(kinds.values(), key=lambda found: (found[0].row is not None, -len(found)))
    text = "".join(_group(found, style) for found in ordered[:MAX_KINDS])
    left = ordered[MAX_KINDS:]
    if left:
        text += f"and {counted(sum(map(len, left)), 'problem')} of {len(left):,} other kinds\n"
    return text


def _group(problems: Sequence[BookProblem], style: Style) -> str:
    """Lay out the problems of one kind."""
    by_message: dict[str, list[BookProblem]] = {}
    for problem in problems:
        by_message.setdefault(problem.message, []).append(problem)
    words = sorted(by_message.values(), key=lambda found: -len(found))
    lines = []
    told = None
    for found in words[:MAX_MESSAGES]:
        first, rows = found[0], [one.row for one in found if one.row is not None]
        if len(found) == 1:
            lines.append(_line(first, first.row, "", style))
        else:
            named = ", ".join(map(str, rows[:MAX_ROWS])) + (", ..." if rows[MAX_ROWS:] else "")
            lines.append(_line(first, None, f" ({counted(len(found), 'row')}: {named})", style))
        if first.help != told:
            lines.append(_help(first, style))
        told = first.help
    rest = words[MAX_MESSAGES:]
    if rest:
        count = counted(sum(map(len, rest)), "row")
        lines.append(f"  and {len(rest):,} other words like these in {count}\n")
    return "".join(lines)


def _single(problem: BookProblem, style: Style) -> str:
    return _line(problem, problem.row, "", style) + _help(problem, style)


def _line(problem: BookProblem, row: int | None, more: str, style: Style) -> str:
    kind = style.apply(f"{problem.severity}[{printable(problem.code)}]", STYLES[problem.severity])
    place = _place(problem.file, row, problem.column)
    return f"{place}: {kind}: {printable(problem.message)}{more}\n"


def _place(file: str, row: int | None, column: str | None) -> str:
    at = "" if row is None else f":{row}"
    return f"{printable(file)}{at}" + ("" if column is None else f" column `{printable(column)}`")


def _help(problem: BookProblem, style: Style) -> str:
    if not problem.help:
        return ""
    return f"  {style.apply('help:', 'bold cyan')} {printable(problem.help)}\n"


def _kind(problem: BookProblem) -> _Kind:
    return problem.file, problem.column, problem.code

"""Format the profile of a book: what is read of it, and which rules it can never make fire."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from engine.assurance.profile.book_profile import BookProfile, ProfiledColumn, ProfiledTable
from engine.language.instants import iso
from engine.reports.escape import printable
from engine.reports.problems.problem_report import row_data
from engine.reports.terminal.phrases import counted
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text

_WORDS = 3
_NAMED = 12
_LEAST_WIDTH = 40


def profile_text(found: BookProfile, style: Style, verbose: bool) -> str:
    """Format the profile for people, a table for each table of the book.

    Args:
        found: The profile.
        style: The layout of the output.
        verbose: Whether to name all facts without a column and all rules that can never fire.
    """
    parts = [_table(table, found.now, style, verbose) for table in found.tables]
    if found.missing:
        names = ", ".join(found.missing)
        parts.append(f"{style.apply('Not in the book', 'bold')}: {names}\n")
    if found.unfed:
        what = f"{counted(len(found.unfed), 'fact')} that rules read but no column supplies"
        parts.append(_list(what, found.unfed, style, verbose))
    if found.idle:
        kinds = Counter(rule.split(".")[0] for rule in found.idle)
        counts = ", ".join(f"{kind} {kinds[kind]:,}" for kind in kinds)
        what = f"{counted(len(found.idle), 'rule')} that can therefore never fire ({counts})"
        parts.append(_list(what, found.idle, style, verbose))
    return "\n".join(parts)


def _table(table: ProfiledTable, now: int, style: Style, verbose: bool) -> str:
    """Lay out one table: a headline, its columns, and what is odd in them."""
    facts = [counted(table.rows, "row")]
    if table.left_out:
        facts.append(f"{table.left_out:,} left out")
    if table.oldest is not None and table.newest is not None:
        facts.append(f"from {iso(table.oldest)[:10]} to {iso(table.newest)[:10]}")
    if table.ahead:
        facts.append(f"{table.ahead:,} later than {iso(now)[:10]}")
    if table.copies:
        facts.append(f"{counted(table.copies, 'repeat')} of a message")
    text = f"{style.apply(printable(table.file), 'bold')}  {', '.join(facts)}\n"
    text += columns_text(
        [
            TextColumn("  column", [f"  {column.name}" for column in table.columns], min_width=12),
            TextColumn("in the file", [_source(column) for column in table.columns], drop_order=1),
            TextColumn("type", [column.type for column in table.columns], drop_order=2),
            TextColumn("filled", [_share(column, table) for column in table.columns]),
            TextColumn("unreadable", [_unreadable(column) for column in table.columns]),
        ],
        style,
    )
    for column in table.columns:
        text += _odd(column, verbose)
    if table.ignored:
        names = ", ".join(f"`{printable(name)}`" for name in table.ignored[:_NAMED])
        more = len(table.ignored) - _NAMED
        text += f"  not read: {names}{f' and {more:,} more' if more > 0 else ''}\n"
    return text


def _source(column: ProfiledColumn) -> str:
    return "" if column.source == column.name else column.source


def _share(column: ProfiledColumn, table: ProfiledTable) -> str:
    return f"{_percent(column.filled, table.rows)}"


def _unreadable(column: ProfiledColumn) -> str:
    count = sum(map(len, column.unreadable))
    return f"{count:,} ({_percent(count, column.filled)})" if count else ""


def _percent(part: int, whole: int) -> str:
    """Write a share so that only nothing is 0 % and only everything is 100 %."""
    if whole == 0:
        return ""
    rounded = round(100 * part / whole)
    if (rounded == 0) != (part == 0):
        return "<1%"
    return "99%" if rounded == 100 and part < whole else f"{rounded}%"


def _odd(column: ProfiledColumn, verbose: bool) -> str:
    """Lay out the words of a column that cannot be read, that are mapped, and dates alone."""
    most = None if verbose else _WORDS
    lines = []
    for group in column.unreadable[:most]:
        first = group[0]
        help = f"; {first.help}" if first.help else ""
        lines.append(f"{printable(first.message)} ({counted(len(group), 'row')}){printable(help)}")
    if most is not None and len(column.unreadable) > most:
        rest = sum(map(len, column.unreadable[most:]))
        lines.append(f"and {len(column.unreadable) - most:,} others ({counted(rest, 'row')})")
    mapped = [f"`{printable(text)}` as {id}" for text, id in sorted(column.mapped.items())]
    if mapped:
        more = f" and {len(mapped) - _NAMED:,} more" if len(mapped) > _NAMED and not verbose else ""
        lines.append(f"reads {', '.join(mapped if verbose else mapped[:_NAMED])}{more}")
    if column.dates_alone:
        lines.append(f"{counted(column.dates_alone, 'date')} without a time")
    return "".join(f"  {column.name}: {line}\n" for line in lines)


def _list(what: str, names: Sequence[str], style: Style, verbose: bool) -> str:
    shown = names if verbose else names[:_NAMED]
    more = f", and {len(names) - len(shown):,} more: add -v" if len(shown) < len(names) else ""
    text = textwrap.wrap(
        ", ".join(shown) + more,
        width=max(style.width, _LEAST_WIDTH),
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([style.apply(what, "bold"), *text]) + "\n"


def profile_data(found: BookProfile) -> dict[str, Any]:
    """Return the profile as JSON data, keys in the documented order."""
    return {
        "book": found.place,
        "playbook": found.playbook,
        "as_of": iso(found.now),
        "tables": [_table_data(table) for table in found.tables],
        "missing_tables": list(found.missing),
        "facts_without_column": list(found.unfed),
        "rules_that_never_fire": list(found.idle),
        "problems": [row_data(problem) for problem in found.problems],
    }


def _table_data(table: ProfiledTable) -> dict[str, Any]:
    return {
        "table": table.table,
        "file": table.file,
        "rows": table.rows,
        "left_out": table.left_out,
        "oldest": None if table.oldest is None else iso(table.oldest),
        "newest": None if table.newest is None else iso(table.newest),
        "ahead": table.ahead,
        "copies": table.copies,
        "columns": [_column_data(column) for column in table.columns],
        "not_read": list(table.ignored),
    }


def _column_data(column: ProfiledColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "source": column.source,
        "type": column.type,
        "filled": column.filled,
        "dates_alone": column.dates_alone,
        "unreadable": sum(map(len, column.unreadable)),
        "words": [
            {"message": group[0].message, "help": group[0].help, "rows": len(group)}
            for group in column.unreadable
        ],
        "mapped": dict(sorted(column.mapped.items())),
    }


def profile_summary(found: BookProfile) -> str:
    """Count in one line what is wrong: `checked the book: 58 problems in 3 of its columns`."""
    columns = {(one.file, one.column) for one in _wrong(found) if one.column is not None}
    count = sum(1 for _ in _wrong(found))
    if not count:
        return "checked the book: no problems\n"
    where = f" in {counted(len(columns), 'column')}" if columns else ""
    return f"checked the book: {counted(count, 'problem')}{where}\n"


def _wrong(found: BookProfile) -> Iterable[Any]:
    return (problem for problem in found.problems if problem.severity != "note")

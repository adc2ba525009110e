"""`relight next`: list the prospects to turn to now, by the value of their first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import InputOptions, Inputs, open_inputs, parse_due_by
from engine.commands.process.known_words import check_owners
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled
from engine.commands.process.prospect_selection import Shape, select_by_sql, select_one_by_one
from engine.reports.recommendations.next_page import ClockOwner, WorkList, list_summary
from engine.semantics.prospect_filter import ProspectFilter

_FIRST = 20
"""Prospects in a list for the terminal without `--limit` and `--all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOptions(InputOptions):
    """The options of `next`; empty ``owners`` and ``states`` select all, a ``limit`` of 0 too.

    ``clock`` is whose clock shows due times. ``by`` is what has a line.
    """

    limit: int | None
    everybody: bool
    owners: tuple[str, ...]
    states: tuple[str, ...]
    due_by: str | None
    clock: ClockOwner
    by: Literal["prospect", "account"]


def run_next(options: NextOptions, output: Output) -> int:
    """Print the list and the number of prospects, and return the exit code.

    Raises:
        UsageError: An instant cannot be read, or nobody in the book has an owner asked for.
    """
    inputs = open_inputs(options, output, batch=True)
    wanted = _filter(options, inputs)
    shape = Shape(_limit(wanted, output.format), options.by == "account")
    book = inputs.book
    if options.engine == "columnar" or (options.engine == "auto" and book.large):
        found = select_by_sql(inputs, wanted, shape)
    else:
        found = select_one_by_one(inputs, wanted, shape, bar=progress_enabled(output.quiet))
    if found.total:
        check_owners(options.owners, found.owners, str(options.book))
    work_list = WorkList(
        inputs.playbook,
        inputs.now,
        wanted,
        found.shown,
        found.selected,
        found.total,
        book.problems,
        options.clock,
        book.columns,
        found.accounts,
        found.more,
    )
    output.render(work_list)
    if not output.complete:
        output.note(list_summary(work_list))
        output.book_problems(book.problems)
        inputs.note_left_out(found.unclear, output)
    return FINE


def _filter(options: NextOptions, inputs: Inputs) -> ProspectFilter:
    due_by = options.due_by
    return ProspectFilter(
        everybody=options.everybody,
        owners=options.owners,
        states=options.states,
        due_by=None if due_by is None else parse_due_by(due_by, inputs.playbook, inputs.now),
        limit=options.limit,
    )


def _limit(wanted: ProspectFilter, format: str | None) -> int | None:
    """Return the number of prospects to show, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return _FIRST if format == "text" and not wanted.everybody else None

"""`relight next`: list the prospects to turn to now, by the value of their first step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.advice.rounding import rounded
from engine.advice.worklist import select
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import InputOptions, Inputs, open_inputs, parse_due_by
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled, with_progress
from engine.reports.recommendations.next_page import WorkList, list_summary
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation

_FIRST = 20
"""Prospects in a list for the terminal without `--limit` and `--all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOptions(InputOptions):
    """The options of `next`; empty ``owners`` and ``states`` select all, a ``limit`` of 0 too."""

    limit: int | None
    everybody: bool
    owners: tuple[str, ...]
    states: tuple[str, ...]
    due_by: str | None


class Selection(NamedTuple):
    """The recommendations to show, and the numbers of prospects that are selected, in all, and
    unclear.
    """

    shown: Sequence[Recommendation]
    selected: int
    total: int
    unclear: int


def run_next(options: NextOptions, output: Output) -> int:
    """Print the list and the number of prospects, and return the exit code."""
    inputs = open_inputs(options, output, batch=True)
    due_by = (
        None
        if options.due_by is None
        else parse_due_by(options.due_by, inputs.playbook, inputs.now)
    )
    wanted = ProspectFilter(
        everybody=options.everybody,
        owners=options.owners,
        states=options.states,
        due_by=due_by,
        limit=options.limit,
    )
    limit = _limit(wanted, output.format)
    book = inputs.book
    if options.engine == "columnar" or (options.engine == "auto" and book.large):
        found = select_by_sql(inputs, wanted, limit)
    else:
        found = select_one_by_one(inputs, wanted, limit, bar=progress_enabled(output.quiet))
    work_list = WorkList(
        inputs.playbook,
        inputs.now,
        wanted,
        found.shown,
        found.selected,
        found.total,
        book.problems,
    )
    output.render(work_list)
    if not output.complete:
        output.note(list_summary(work_list))
        output.book_problems(book.problems)
        inputs.note_left_out(found.unclear, output)
    return FINE


def select_one_by_one(
    inputs: Inputs, wanted: ProspectFilter, limit: int | None, *, bar: bool
) -> Selection:
    """Recommend for every prospect of the book, and keep the first that are wanted.

    Args:
        inputs: The playbook, the book and the instant.
        wanted: Which prospects to select.
        limit: The number to show; None shows all.
        bar: Whether to show a progress bar.
    """
    states: Counter[str] = Counter()

    def recommendations() -> Iterator[Recommendation]:
        expected = len(inputs.book.ids()) if bar else 0
        prospects = with_progress(inputs.prospects(), expected, bar)
        for recommendation in inputs.advisor.recommend_all(prospects, inputs.now):
            states[recommendation.state] += 1
            yield recommendation

    found = select(recommendations(), wanted)
    return Selection(found[:limit], len(found), states.total(), states["unclear"])


def select_by_sql(inputs: Inputs, wanted: ProspectFilter, limit: int | None) -> Selection:
    """Rank the whole book in SQL, and recommend only for the prospects to show.

    It selects the same prospects as `select_one_by_one`, but many times faster from a large book.

    Args:
        inputs: The playbook, the book and the instant.
        wanted: Which prospects to select.
        limit: The number to show; None shows all.
    """
    from engine.backends.sql.job.book_query import BookQuery
    from engine.backends.sql.job.prospect_ranking import Ranking
    from engine.book.staging.stage import stage
    from engine.book.staging.staged_prospects import prospects_of

    playbook, now = inputs.playbook, inputs.now
    staged = stage(inputs.book, playbook, now)
    try:
        ranking = Ranking(BookQuery(staged, playbook, now), with_due=wanted.due_by is not None)
        ids, selected = ranking.chosen(wanted, rounded, limit)
        prospects = prospects_of(staged, playbook, ids)
        shown = list(inputs.advisor.recommend_all(prospects, now))
        return Selection(shown, selected, ranking.count(), ranking.count("unclear"))
    finally:
        staged.close()


def _limit(wanted: ProspectFilter, format: str | None) -> int | None:
    """Return the number of prospects to show, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return _FIRST if format == "text" and not wanted.everybody else None

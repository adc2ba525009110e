"""`relight next`: list the prospects to turn to now, by the value of their first step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from engine.advice.rounding import rounded
from engine.advice.worklist import select
from engine.book.prospect import Prospect
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import InputOptions, Inputs, open_inputs, parse_due_by
from engine.commands.process.known_words import check_owners
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled, with_progress
from engine.language.conditions import Value
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
    """The recommendations to show, and the numbers of prospects that are selected and in all.

    ``owners`` are the owners of all prospects.
    """

    shown: Sequence[Recommendation]
    selected: int
    total: int
    owners: AbstractSet[str]


def run_next(options: NextOptions, output: Output) -> int:
    """Print the list and the number of prospects, and return the exit code.

    Raises:
        UsageError: An instant cannot be read, or nobody in the book has an owner asked for.
    """
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
    )
    output.render(work_list)
    if not output.complete:
        output.note(list_summary(work_list))
        output.book_problems(book.problems)
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
    advisor, book = inputs.advisor, inputs.book
    total = 0
    owners: set[str] = set()

    def begun(prospects: Iterator[Prospect]) -> Iterator[Prospect]:
        for prospect in prospects:
            if prospect.begun(inputs.now):
                yield prospect
            else:
                book.later += 1
                owners.update(_owner(prospect.facts))

    def recommendations() -> Iterator[Recommendation]:
        nonlocal total
        expected = len(book.ids()) if bar else 0
        prospects = with_progress(book.prospects(), expected, bar)
        for recommendation in advisor.recommend_all(begun(prospects), inputs.now):
            total += 1
            owners.update(_owner(recommendation.facts))
            yield recommendation

    found = select(recommendations(), wanted)
    return Selection(found[:limit], len(found), total, owners)


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
    from engine.book.staging.staged_prospects import later_owners, prospects_of

    playbook, now = inputs.playbook, inputs.now
    staged = stage(inputs.book, playbook, now)
    try:
        ranking = Ranking(BookQuery(staged, playbook, now), with_due=wanted.due_by is not None)
        ids, selected = ranking.chosen(wanted, rounded, limit)
        prospects = prospects_of(staged, playbook, ids)
        shown = list(inputs.advisor.recommend_all(prospects, now))
        owners = ranking.owners() | later_owners(staged, playbook, inputs.book.later)
        return Selection(shown, selected, ranking.count(), owners)
    finally:
        staged.close()


def _owner(facts: Mapping[str, Value]) -> list[str]:
    return [str(facts["owner"])] if "owner" in facts else []


def _limit(wanted: ProspectFilter, format: str | None) -> int | None:
    """Return the number of prospects to show, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return _FIRST if format == "text" and not wanted.everybody else None

"""The whole answer of `next`: judge a book, choose, and lay out in the format asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.advice.rounding import rounded
from engine.advice.worklist import select
from engine.backends.registry import EvaluatorName
from engine.commands.process.inputs import Inputs
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled, with_progress
from engine.reports.recommendations.as_csv import answer_csv
from engine.reports.recommendations.as_json import answer_json
from engine.reports.recommendations.next_page import Counts, footer, list_text
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation

FIRST = 20
"""Prospects shown as text where nobody says how many, nor asks for all."""


def run_next(asked: Inputs, wanted: ProspectFilter, engine: EvaluatorName, output: Output) -> None:
    """Print whom to turn to, and on standard error how many there are."""
    book, playbook = asked.book, asked.advisor.playbook
    limit = _limit(wanted, output.format)
    if engine == "columnar" or (engine == "auto" and book.large):
        found = ranked(asked, wanted, limit)
    else:
        found = evaluation(asked, wanted, limit, bar=progress_enabled(output.quiet))
    match output.format:
        case "json":
            output.result(answer_json(playbook, asked.now, found.shown, book.problems))
            return
        case "csv":
            output.result(answer_csv(playbook, asked.now, found.shown))
        case _:
            output.result(list_text(found.shown, output.style, output.verbose))
    output.note(footer(Counts(len(found.shown), found.chosen, found.book), wanted))
    output.rows(book.problems)


@dataclass(frozen=True, slots=True)
class ChosenProspects:
    """The recommendations to show, how many were ``chosen``, and how many the ``book`` has."""

    shown: list[Recommendation]
    chosen: int
    book: int


def evaluation(
    asked: Inputs, wanted: ProspectFilter, limit: int | None, *, bar: bool
) -> ChosenProspects:
    """Every prospect is advised on, and the first ones are kept."""
    advisor, book = asked.advisor, asked.book
    count = 0

    def all_of_them() -> Iterator[Recommendation]:
        nonlocal count
        total = len(book.ids()) if bar else 0
        prospects = with_progress(book.prospects(), total, bar)
        for recommendation in advisor.recommend_all(prospects, asked.now):
            count += 1
            yield recommendation

    found = select(all_of_them(), wanted)
    return ChosenProspects(found[:limit], len(found), count)


def ranked(asked: Inputs, wanted: ProspectFilter, limit: int | None) -> ChosenProspects:
    """SQL ranks the whole book; only those to show are advised on, by what is known of them."""
    from engine.backends.sql.job.book_query import BookQuery
    from engine.backends.sql.job.prospect_ranking import Ranking
    from engine.book.staging.stage import stage
    from engine.book.staging.staged_prospects import prospects_of

    advisor, playbook, now = asked.advisor, asked.advisor.playbook, asked.now
    staged = stage(asked.book, playbook, now)
    try:
        ranking = Ranking(BookQuery(staged, playbook, now), with_due=wanted.due_by is not None)
        ids, total = ranking.chosen(wanted, rounded, limit)
        shown = advisor.recommend_all(prospects_of(staged, playbook, ids), now)
        return ChosenProspects(list(shown), total, ranking.count())
    finally:
        staged.close()


def _limit(wanted: ProspectFilter, format: str) -> int | None:
    """How many are shown, None for all."""
    if wanted.limit is not None:
        return wanted.limit or None
    return FIRST if format == "text" and not wanted.everybody else None

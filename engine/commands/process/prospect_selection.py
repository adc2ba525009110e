"""Select the prospects of a book that `next` lists, one by one or by SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from engine.advice.rounding import rounded
from engine.advice.worklist import first_of_accounts, select
from engine.book.prospect import Prospect
from engine.commands.process.inputs import Inputs
from engine.commands.process.progress import with_progress
from engine.language.conditions import Value
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation


class Selection(NamedTuple):
    """The recommendations to show, and how many prospects are selected, in all, and unclear.

    ``owners`` are the owners of all prospects. If there is one line for each account, ``accounts``
    is their number and ``more`` how many others of its account each of ``shown`` stands for.
    """

    shown: Sequence[Recommendation]
    selected: int
    total: int
    unclear: int
    owners: AbstractSet[str]
    accounts: int | None = None
    more: Sequence[int] = ()


class Shape(NamedTuple):
    """How many lines to show, None for all, and whether there is one for each account."""

    limit: int | None
    by_account: bool


def select_one_by_one(
    inputs: Inputs, wanted: ProspectFilter, shape: Shape, *, bar: bool
) -> Selection:
    """Recommend for every prospect of the book, and keep the first that are wanted.

    Args:
        inputs: The playbook, the book and the instant.
        wanted: Which prospects to select.
        shape: Which of them to show.
        bar: Whether to show a progress bar.
    """
    states: Counter[str] = Counter()
    owners: set[str] = set()

    def later(prospect: Prospect) -> None:
        owners.update(_owner(prospect.facts))

    def recommendations() -> Iterator[Recommendation]:
        expected = len(inputs.book.ids()) if bar else 0
        prospects = with_progress(inputs.prospects(later), expected, bar)
        for recommendation in inputs.advisor.recommend_all(prospects, inputs.now):
            states[recommendation.state] += 1
            owners.update(_owner(recommendation.facts))
            yield recommendation

    found = select(recommendations(), wanted)
    total, unclear = states.total(), states["unclear"]
    if not shape.by_account:
        return Selection(found[: shape.limit], len(found), total, unclear, owners)
    first, more = first_of_accounts((one.prospect, one.facts.get("account")) for one in found)
    by_id = {one.prospect: one for one in found}
    shown = [by_id[id] for id in first[: shape.limit]]
    return Selection(shown, len(found), total, unclear, owners, len(first), more[: shape.limit])


def select_by_sql(inputs: Inputs, wanted: ProspectFilter, shape: Shape) -> Selection:
    """Rank the whole book in SQL, and recommend only for the prospects to show.

    It selects the same prospects as `select_one_by_one`, but many times faster from a large book.

    Args:
        inputs: The playbook, the book and the instant.
        wanted: Which prospects to select.
        shape: Which of them to show.
    """
    from engine.backends.sql.job.book_query import BookQuery
    from engine.backends.sql.job.prospect_ranking import Ranking
    from engine.book.staging.stage import stage
    from engine.book.staging.staged_prospects import later_owners, prospects_of

    playbook, now = inputs.playbook, inputs.now
    staged = stage(inputs.book, playbook, now)
    try:
        ranking = Ranking(BookQuery(staged, playbook, now), with_due=wanted.due_by is not None)
        limit = None if shape.by_account else shape.limit
        ids, selected = ranking.chosen(wanted, rounded, limit)
        accounts: int | None = None
        more: list[int] = []
        if shape.by_account:
            account_of = ranking.accounts()
            ids, more = first_of_accounts((id, account_of[id]) for id in ids)
            accounts, ids = len(ids), ids[: shape.limit]
        prospects = prospects_of(staged, playbook, ids)
        shown = list(inputs.advisor.recommend_all(prospects, now))
        owners = ranking.owners() | later_owners(staged, playbook, inputs.book.later)
        more = more[: shape.limit]
        total, unclear = ranking.count(), ranking.count("unclear")
        return Selection(shown, selected, total, unclear, owners, accounts, more)
    finally:
        staged.close()


def _owner(facts: Mapping[str, Value]) -> list[str]:
    return [str(facts["owner"])] if "owner" in facts else []

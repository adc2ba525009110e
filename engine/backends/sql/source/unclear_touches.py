"""Find touches that leave open who spoke last, or whether somebody refused."""

from __future__ import annotations

from sqlglot import exp

from engine.backends.sql.tree.letter_case import folded_word
from engine.book import sql_nodes as q
from engine.book.header_names import MARKS, REFUSAL_PARTS, looks_like_refusal
from engine.language.value_rules import Words


def owners_of_unclear(
    touches: exp.Table,
    owner: exp.Expression,
    undated: exp.Expression,
    outcome: exp.Expression,
    words: Words,
) -> exp.Select:
    """Select the prospects with a touch that has no date or may be a refusal, each once.

    A refusal may be what an outcome says that speaks of an opt-out and is no spelling of any word::

        SELECT DISTINCT "t"."_owner" FROM (
          SELECT ..., REPLACE(TRANSLATE(...), ' ', '') AS "_word", ... AS "_bare" FROM "touches"
        ) AS "t"
        WHERE "t"."_undated" OR (("t"."_bare" LIKE '%unsubscri%' OR ...)
          AND NOT "t"."_word" IN ('unsubscribed'))

    Args:
        touches: The table, as `t`.
        owner: The prospect of a row, named.
        undated: Whether a row has no date.
        outcome: What the outcome of a row says, as text.
        words: The outcomes that can be read.
    """
    bare = folded_word(outcome.copy(), REFUSAL_PARTS, MARKS)
    folded = exp.select(
        owner,
        q.named(undated, "_undated"),
        q.named(folded_word(outcome, words.spellings), "_word"),
        q.named(bare, "_bare"),
    ).from_(touches)
    likes = (q.text(f"%{part}%") for part in REFUSAL_PARTS)
    speaks = [exp.Like(this=q.column("_bare", "t"), expression=like) for like in likes]
    refused = [q.grouped(q.either(speaks))]
    if known := [spelling for spelling in words.spellings if looks_like_refusal(spelling)]:
        refused.append(q.negated(q.is_any_of(q.column("_word", "t"), known)))
    unclear = q.either([q.column("_undated", "t"), q.grouped(q.both(refused))])
    select = exp.select(q.column(owner.alias, "t")).distinct()
    return select.from_(folded.subquery(exp.to_identifier("t", quoted=True))).where(unclear)

"""Find replies of a prospect's account on its other deals."""

from __future__ import annotations

from typing import NamedTuple

from engine.advice.advisor import Advisor, Evaluation
from engine.book.book import Book
from engine.semantics.prospect_filter import fold_name


class AccountReply(NamedTuple):
    """The last reply of the same account on the deal ``prospect``, in seconds since 1970 UTC."""

    prospect: str
    at: int


def account_replies(advisor: Advisor, book: Book, evaluation: Evaluation) -> list[AccountReply]:
    """Return the replies on other deals of the account since the last one on this, newest first.

    Accounts are compared without case. Only the columns with ids and accounts are read of
    prospects of other accounts.

    Args:
        advisor: Measures the other deals.
        book: Has them.
        evaluation: The prospect.
    """
    one = evaluation.recommendation
    account = one.facts.get("account")
    if account is None:
        return []
    same = fold_name(account)
    ids = {id for id, other in book.ids_by("account") if fold_name(other) == same}
    since = int(one.facts.get("last_reply_at", -1))
    found = []
    for other in book.prospects_of(ids - {one.prospect}):
        # Of rows with one id, the first counts, and that one may be of another account.
        if fold_name(other.facts.get("account", "")) != same:
            continue
        replied = advisor.context(other, one.now).facts.get("last_reply_at")
        if other.begun(one.now) and replied is not None and since < int(replied) <= one.now:
            found.append(AccountReply(other.id, int(replied)))
    return sorted(found, key=lambda reply: (-reply.at, reply.prospect))

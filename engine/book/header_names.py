"""Find the column of a file for each column of a table, spelled as people and CRMs spell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine.book.book_problem import BookError, BookProblem
from engine.language.quoting import quoted
from engine.language.value_rules import fold_word

CRM_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("record id", "deal id", "opportunity id"),
    "prospect_id": ("deal id", "opportunity id"),
    "stage": ("stage name", "deal stage", "opportunity stage", "pipeline stage", "sales stage"),
    "name": ("full name", "deal name", "deal title", "opportunity name", "contact name"),
    "owner": ("owner name", "deal owner", "opportunity owner", "record owner", "assigned to"),
    "account": (
        "account name",
        "company",
        "company name",
        "deal organization",
        "associated company",
    ),
    "crm_url": ("record url", "deal url"),
    "timezone": ("TimeZoneSidKey", "hs_timezone"),
    "created_at": ("created date", "create date", "created time", "createdAt", "date created"),
    "closed_at": ("closed date", "date closed"),
    "opted_out": ("HasOptedOut", "opt out", "unsubscribed", "is unsubscribed"),
    "do_not_contact": ("DNC", "do not disturb", "HasOptedOutSolicit"),
    "email_opt_out": (
        "HasOptedOutOfEmail",
        "hs_email_optout",
        "email opt out",
        "opted out of email",
        "unsubscribed from all email",
        "marketing email opt out",
        "donotemail",
        "is blacklisted",
        "opted out of email: one to one",
    ),
    "phone_opt_out": (
        "DoNotCall",
        "donotphone",
        "phone blacklisted",
        "call opt out",
        "opted out of calls",
    ),
    "email_bounced": ("IsEmailBounced", "email bounced", "email is bounced"),
}
"""Names that well-known CRMs give to standard facts and opt-outs, besides the facts' own ids.

`CloseDate` is not among them: of an open deal, it is the date that is hoped for.
"""


_KEYS = frozenset({"id", "prospect_id"})
"""Columns that an export may well have besides an id of the CRM's own; then they win."""


def find_columns(
    wanted: Iterable[str], names: Sequence[str], file: str
) -> tuple[dict[str, str], list[BookProblem]]:
    """Return the column of a file for each wanted column that it has, and notes of renamed ones.

    Case, spaces, hyphens and underscores make no difference, and the names in `CRM_NAMES` stand for
    the facts there.

    Args:
        wanted: The columns that a playbook reads.
        names: The header of the file.
        file: The name of the file, for problems.

    Raises:
        BookError: two columns of the file are one wanted column.
    """
    by_spelling: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_spelling.setdefault(fold_word(name.strip()), []).append(name)
    found, notes = {}, []
    for each in wanted:
        spelled = dict.fromkeys(map(fold_word, (each, *CRM_NAMES.get(each, ()))))
        candidates = [name for spelling in spelled for name in by_spelling.get(spelling, ())]
        if each in _KEYS and fold_word(each) in by_spelling:
            candidates = by_spelling[fold_word(each)]
        if len(candidates) > 1:
            raise _two_columns(each, candidates, file)
        if candidates:
            found[each] = candidates[0]
        if candidates and candidates[0] != each:
            message = f"the column {quoted(candidates[0])} is read as `{each}`"
            notes.append(BookProblem(file, None, each, "column-renamed", message, None, "note"))
    return found, notes


def _two_columns(wanted: str, candidates: list[str], file: str) -> BookError:
    shown = " and ".join(map(quoted, candidates[:3]))
    message = f"`{file}` has several columns for `{wanted}`: {shown}"
    return BookError(message, "rename or remove all but one")


def repeated_in(names: Iterable[str]) -> frozenset[str]:
    """Return the names that a header has more than once."""
    return frozenset(name for name, count in Counter(names).items() if count > 1)

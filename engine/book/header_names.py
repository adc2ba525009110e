"""Find the column of a file for each column of a table, spelled as people and CRMs spell it."""

from __future__ import annotations

import re
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
        "do not allow emails",
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
        "do not allow phone calls",
        "phone blacklisted",
        "call opt out",
        "opted out of calls",
    ),
    "email_bounced": ("IsEmailBounced", "email bounced", "email is bounced"),
}
"""Names that well-known CRMs give to standard facts and opt-outs, besides the facts' own ids.

`CloseDate` is not among them: of an open deal, it is the date that is hoped for.
"""


_PREFIX = re.compile(r"^(properties\.|(contact|lead|deal|opportunity|account): ?)", re.IGNORECASE)
_SUFFIX = re.compile(r"__p?c$", re.IGNORECASE)
MARKS = "?!:.*()\"'\u2019"
"""The marks that make no difference in the name of a column."""
_MARKS = re.compile(f"[{re.escape(MARKS)}]")

_SUBSCRIPTION = re.compile(r"opted out of email: ", re.IGNORECASE)
"""The beginning of the name of a column of HubSpot about one kind of mail."""

_NO = ("call", "phone", "text", "sms", "email", "mail", "contact", "solicit", "market", "send")
_NEVER = tuple(f"{never}{each}" for never in ("donot", "dont", "never") for each in _NO)
_OPT_OUT_PARTS = (
    *("optout", "optedout", "unsubscri", "nocontact", "donotallow", "suppress", "blacklist"),
    *("blocklist", "gdpr", *_NEVER),
)
"""What the name of a column of opt-outs has in it, without spaces and marks, in lower case."""

REFUSAL_PARTS = (
    *(*_OPT_OUT_PARTS, "unsub", "spam", "stopcontact", "stopcall", "stopemail", "stopmail"),
    *("stopwriting", "nofurthercontact", "nomorecontact", "nomorecall", "nomoreemail", "removal"),
    *("removed", "removeme", "removefrom", "takemeoff", "takeusoff", "revoked", "tobeforgotten"),
    *("withdrewconsent", "consentwithdrawn", "forgetme", "dnc"),
)
"""What the outcome of a touch has in it that may be a refusal."""

_NEWSLETTERS = frozenset({"donotbulkemail", "donotsendmm"})
"""Columns of Dynamics about mail that marketing sends to many; it has others about that of reps."""

_OPT_OUT = re.compile("|".join((*_OPT_OUT_PARTS, "^dnc", "dnc$", "^noemail", "^nocall")))
_REFUSAL = re.compile("|".join(REFUSAL_PARTS))

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
        by_spelling.setdefault(fold_header(name), []).append(name)
    found, notes = {}, []
    for each in wanted:
        spelled = dict.fromkeys(map(fold_header, (each, *CRM_NAMES.get(each, ()))))
        candidates = [name for spelling in spelled for name in by_spelling.get(spelling, ())]
        if each in _KEYS and fold_header(each) in by_spelling:
            candidates = by_spelling[fold_header(each)]
        if len(candidates) > 1:
            raise _two_columns(each, candidates, file)
        if candidates:
            found[each] = candidates[0]
        if candidates and candidates[0] != each:
            message = f"the column {quoted(candidates[0])} is read as `{each}`"
            notes.append(BookProblem(file, None, each, "column-renamed", message, None, "note"))
    return found, notes


def fold_header(name: str) -> str:
    """Return the name of a column without what CRMs add to it, and folded as words are.

    `properties.hs_email_optout`, `Contact: Email Opt Out` and `HasOptedOutOfEmail__c` are spellings
    of the names without prefix and suffix; case, spaces, punctuation, `_` and `-` do not count.
    """
    bare = _SUFFIX.sub("", _PREFIX.sub("", name.strip()))
    return fold_word(_MARKS.sub("", bare)) or fold_word(name.strip())


def looks_like_opt_out(name: str) -> bool:
    """Return whether the name of a column speaks of an opt-out."""
    folded = fold_header(name)
    return _OPT_OUT.search(folded) is not None and folded not in _NEWSLETTERS


def looks_like_refusal(outcome: str) -> bool:
    """Return whether the outcome of a touch speaks of a refusal."""
    return _REFUSAL.search(fold_word(_MARKS.sub("", outcome))) is not None


def opt_outs_passed_over(names: Iterable[str], read: Mapping[str, str]) -> list[str]:
    """Return the columns of a file that look like an opt-out and are not read.

    Where the mails of reps have a subscription of their own, those of newsletters do not count.

    Args:
        names: The header of the file.
        read: The column of the file for each wanted column.
    """
    found = [name for name in names if name not in read.values() and looks_like_opt_out(name)]
    one_to_one = _SUBSCRIPTION.match(read.get("email_opt_out", "")) is not None
    return [name for name in found if not (one_to_one and _SUBSCRIPTION.match(name))]


def _two_columns(wanted: str, candidates: list[str], file: str) -> BookError:
    shown = " and ".join(map(quoted, candidates[:3]))
    message = f"`{file}` has several columns for `{wanted}`: {shown}"
    return BookError(message, "rename or remove all but one")


def repeated_in(names: Iterable[str]) -> frozenset[str]:
    """Return the names that a header has more than once."""
    return frozenset(name for name, count in Counter(names).items() if count > 1)

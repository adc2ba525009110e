"""What tables have where there is nothing, in columns by which rows belong together.

`NULL` in the column of accounts of two strangers does not make them deals of one account, and six
emails of which the tool knew no message id are six.
"""

from __future__ import annotations

from sqlglot import exp

from engine.book import sql_nodes as q

LINKS = frozenset({"account", "message_id"})
"""Those columns of text."""

_NOTHING = frozenset(
    [
        *("null", "<null>", "(null)", "none", "nil", "nan", "n/a", "#n/a", "na", "undefined"),
        *("unknown", "(blank)", "(empty)", "-", "--", "?", "0"),
    ]
)


def is_nothing(text: str) -> bool:
    """Return whether ``text`` stands for nothing in one of `LINKS`."""
    return text.lower() in _NOTHING


def without_placeholders(value: exp.Expression) -> exp.Expression:
    """Build the text ``value``, or NULL if it stands for nothing."""
    nothing = q.is_any_of(exp.Lower(this=value.copy()), sorted(_NOTHING))
    return q.case((nothing, q.null("VARCHAR")), otherwise=value)

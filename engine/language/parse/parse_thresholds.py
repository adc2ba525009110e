"""Parse thresholds, which are for deals that are open and whose touches can be read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from engine.language.conditions import All, Condition, Equals, Ref, Unless
from engine.language.durations import Duration
from engine.language.model import Fact, Threshold
from engine.language.parse.parse_context import Entry
from engine.language.parse.parse_facts import time_fact
from engine.language.parse.symbols import SymbolTable
from engine.language.problem import Span
from engine.language.walk import refs_in

SILENT_SINCE = "silent_since"
"""The fact without which nobody is dark."""
UNREAD_DURATION = Duration(Fraction(1), "day")
"""The placeholder for a duration that could not be read, which is reported."""
_CLOSING = frozenset({"closed", "closed_at"})
"""Facts that say whether a deal is closed."""


def parse_threshold(entry: Entry, scope: SymbolTable, facts: Mapping[str, Fact]) -> Threshold:
    """Parse one threshold.

    Args:
        entry: The entry of the section `dark`.
        scope: The names that its condition may use.
        facts: The facts of the playbook.
    """
    written = entry.condition("when", scope) or All((), span=entry.span)
    return Threshold(
        id=entry.id,
        title=entry.title(),
        when=_of_open_prospects(written, facts),
        written=written,
        silent_for=entry.duration("silent_for") or UNREAD_DURATION,
        since=time_fact(entry, "since", scope) or SILENT_SINCE,
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
    )


def _of_open_prospects(written: Condition, facts: Mapping[str, Fact]) -> Condition:
    """Return the condition of a threshold, for prospects whose touches tell who spoke last.

    A threshold that does not speak of closed deals itself is for open ones only.
    """
    names = ["unclear"]
    if _CLOSING.isdisjoint(_facts_behind(written, facts)):
        names.append("closed")
    parts = tuple(_not_true(name, written.span) for name in names if name in facts)
    return All((written, *parts), span=written.span)


def _facts_behind(condition: Condition, facts: Mapping[str, Fact]) -> set[str]:
    """Return the ids of the facts that ``condition`` reads, directly or through derived facts."""
    found: set[str] = set()
    pending = [condition]
    while pending:
        ids = {ref.id for ref in refs_in(pending.pop()) if ref.kind == "fact"} - found
        found |= ids
        derived = (facts[id].when for id in ids if id in facts and id not in _CLOSING)
        pending += [when for when in derived if when is not None]
    return found


def _not_true(fact: str, span: Span) -> Condition:
    """Return the condition that a boolean fact is not certainly true."""
    return Unless(Equals(Ref("fact", fact, "boolean"), True, span=span), span=span)

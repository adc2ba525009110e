"""Conditions as an author would write them, on whatever a scope has to name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.support.conformance_cases import iso

DURATIONS = [
    "1 day",
    "0 minutes",
    "90 minutes",
    "4 hours",
    "3 days",
    "1.5 days",
    "1 week",
    "1 business day",
    "4 business hours",
    "2 business days",
    "0.5 business days",
]

ORDERED = {"number", "duration", "confidence"}
LISTS = ["listed", "in", "not_in"]
SEARCHES = ["contains", "starts_with", "ends_with"]


@dataclass(frozen=True)
class Kind:
    """What a subject of conditions is: its type, and the literals that conditions hold it to, those
    of an ordered type from the smallest to the largest.

    ``also`` are other spellings of words. ``flagged`` is whether a cell may be unreadable.
    """

    type: str
    marks: tuple[Any, ...] = ()
    also: tuple[str, ...] = ()
    flagged: bool = False


@dataclass
class Drawer:
    """Draws conditions; ``scope`` is what they may name so far."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    now: int
    scope: dict[str, Kind] = field(default_factory=dict)

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def named(self, type: str) -> list[str]:
        return [name for name, kind in self.scope.items() if kind.type == type]

    def condition(self, depth: int, scope: Mapping[str, Kind] | None = None) -> dict[str, Any]:
        """Draw a condition over ``scope``, with up to ``depth`` conditions inside one another."""
        scope = self.scope if scope is None else scope
        word = self.pick(["", "", "", "not", "unless", "any", "all"]) if depth else ""
        names = self.draw(
            st.lists(
                st.sampled_from(list(scope)),
                min_size=not word,
                max_size=1 if word else 2,
                unique=True,
            )
        )
        found = {name: self._test(scope[name], scope) for name in names}
        if word in {"not", "unless"}:
            found[word] = self.condition(depth - 1, scope)
        elif word:
            parts = self.draw(st.integers(1, 2))
            found[word] = [self.condition(depth - 1, scope) for _ in range(parts)]
        return found

    def _test(self, kind: Kind, scope: Mapping[str, Kind]) -> Any:
        if kind.type != "confidence" and self.chance(8):
            return {"known": self.pick([True, False])}
        if kind.flagged and self.chance(8):
            return {"unreadable": self.pick([True, False])}
        if kind.type == "time":
            return self._time_test(kind, scope)
        if kind.type in ORDERED and not self.chance(4):
            return self._order_test(kind)
        ops = ["", "is", "is_not"]
        ops += {"text": LISTS + SEARCHES, "choice": LISTS}.get(kind.type, [])
        op, written = self.pick(ops), self.literal(kind)
        if kind.type == "confidence":
            return {"at_least": written}
        if op in LISTS:
            written = [written, *[self.literal(kind)] * self.chance(2)]
        return written if op in {"", "listed"} else {op: written}

    def _time_test(self, kind: Kind, scope: Mapping[str, Kind]) -> Any:
        op = self.pick(["older_than", "within", "in_next", "before", "after", "is", "is_not"])
        if op in {"before", "after"}:
            facts = self.named("time") if scope is self.scope else []
            return {op: self.pick(["now", *facts, self.literal(kind)])}
        return {op: self.literal(kind) if op.startswith("is") else self.pick(DURATIONS)}

    def _order_test(self, kind: Kind) -> Any:
        op = self.pick(["at_least", "more_than", "at_most", "less_than", "between"])
        if op == "between":
            ends = sorted(self.pick(range(len(kind.marks))) for _ in range(2))
            return {op: [kind.marks[end] for end in ends]}
        return {op: self.literal(kind)}

    def literal(self, kind: Kind) -> Any:
        """Something to write where a value of ``kind`` is expected."""
        if kind.type == "time":
            written = iso(self.draw(near(self.now)))
            return written[:10] if self.chance(5) else written
        written = self.pick(kind.also if kind.also and self.chance(4) else kind.marks)
        if kind.type in {"text", "choice"} and self.chance(4):
            return unicodedata.normalize("NFD", written)
        return written


def near(now: int) -> st.SearchStrategy[int]:
    """Instants within days of ``now``: mostly on the half hour, at times a second beside it."""
    halves = st.integers(-480, 96) | st.sampled_from([0, -1, -2, -8, -48, -144, -336, 2, 48])
    beside = st.sampled_from([0, 0, 0, 1, -1])
    return st.builds(lambda half, second: now + half * 1800 + second, halves, beside)

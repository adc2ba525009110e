"""The names of the statement's columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from engine.language.model import Cause, Fact, Playbook
from engine.language.walk import CAUSE_KNOWN, DARK, EvidenceId, RuleId, rules

_MAX_LENGTH = 56
"""PostgreSQL cuts identifiers at 63 bytes; some letters are left for a number."""

_PREFIXES = {
    "dark": "dark",
    "signals": "signal",
    "causes": "cause",
    "actions": "action",
    "guards": "guard",
}


_Part = Literal["may", "considered", "best", "cause", "value"]
"""What a rule has a column for beside its own: whether a threshold's `when` holds; whether a cause
is considered; an action's best answer, the cause it answers, and its value."""

ColumnKey = RuleId | EvidenceId | tuple[RuleId, _Part]

_PARTS: Mapping[str, tuple[_Part, ...]] = {
    "dark": ("may",),
    "causes": ("considered",),
    "actions": ("best", "cause", "value"),
}


class ColumnNames:
    """The column of every fact, rule and conclusion of a playbook: readable, at most 63 bytes, no
    two alike.

    A fact has its own id, as in the book; a conclusion that of its rule behind its section's word
    (`signal_no_next_step`). Columns that are only the statement's own begin with an underscore,
    as no id can.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._names: dict[ColumnKey, str] = {RuleId("facts", id): id for id in playbook.facts}
        taken = {id.casefold() for id in playbook.facts} | {"id"}
        for key, words in _conclusions(playbook):
            self._names[key] = _free(words, taken)

    def __getitem__(self, key: ColumnKey) -> str:
        """Return the column of a fact, rule, piece of evidence, or part of a rule.

        Raises:
            KeyError: the playbook has nothing of that name.
        """
        return self._names[key]

    def label(self, key: ColumnKey) -> str:
        """Return what a comment calls the column of ``key``: the name as authors write it."""
        if isinstance(key, RuleId | EvidenceId):
            return str(key)
        return f"{key[0]}, {key[1]}"


def _conclusions(playbook: Playbook) -> Iterator[tuple[ColumnKey, str]]:
    """Yield the keys of all columns beside those of facts, and the words for each."""
    yield from ((each, f"_{each}") for each in (DARK, CAUSE_KNOWN))
    for name, rule in rules(playbook):
        if isinstance(rule, Fact):
            continue
        words = f"{_PREFIXES[name.section]}_{name.id}"
        yield name, words
        for part in _PARTS.get(name.section, ()):
            yield (name, part), f"{words}_{part}"
        if isinstance(rule, Cause):
            yield from (
                (EvidenceId(rule.id, item.id), f"{words}_{item.id}") for item in rule.evidence
            )


def _free(wanted: str, taken: set[str]) -> str:
    """``wanted``, shortened and numbered where it has to be, and added to ``taken``."""
    short = wanted.encode("ascii", "ignore").decode()[:_MAX_LENGTH]
    found, count = short, 1
    while found.casefold() in taken:
        count += 1
        found = f"{short}_{count}"
    taken.add(found.casefold())
    return found

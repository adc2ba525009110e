"""Names of the statement's columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from engine.language.model import Cause, Fact, Playbook
from engine.language.walk import CAUSE_KNOWN, DARK, EvidenceId, RuleId, rules

_MAX_LENGTH = 56
"""PostgreSQL truncates identifiers to 63 bytes; some are left for a number."""

_PREFIXES = {
    "dark": "dark",
    "signals": "signal",
    "causes": "cause",
    "actions": "action",
    "guards": "guard",
}


_Part = Literal["may", "considered", "best", "cause", "value"]
"""A further column of a rule: whether a threshold's `when` holds (`may`); whether a cause is
`considered`; the `best` confidence x fit of an action, the `cause` that has it, and the `value`."""

ColumnKey = RuleId | EvidenceId | tuple[RuleId, _Part]
"""A fact or conclusion, a piece of evidence (whether it fires), or a further part of a rule."""

_PARTS: Mapping[str, tuple[_Part, ...]] = {
    "dark": ("may",),
    "causes": ("considered",),
    "actions": ("best", "cause", "value"),
}


class ColumnNames:
    """The column of every fact and conclusion of a playbook: readable, unique, at most 63 bytes.

    A fact has its own id, as in the book; a conclusion has that of its rule after a word for the
    section. Internal columns begin with an underscore, as no id can::

        names[RuleId("facts", "stage")]               stage
        names[RuleId("signals", "no_next_step")]      signal_no_next_step
        names[RuleId("actions", "call"), "value"]     action_call_value
        names[DARK]                                   _dark
    """

    def __init__(self, playbook: Playbook) -> None:
        self._names: dict[ColumnKey, str] = {RuleId("facts", id): id for id in playbook.facts}
        taken = {id.casefold() for id in playbook.facts} | {"id"}
        for key, words in _conclusions(playbook):
            self._names[key] = _free(words, taken)

    def __getitem__(self, key: ColumnKey) -> str:
        """Return the column of a fact, rule, piece of evidence, or part of a rule.

        Raises:
            KeyError: The playbook has nothing of that name.
        """
        return self._names[key]

    def label(self, key: ColumnKey) -> str:
        """Return the name that authors use for what is in the column, for a comment in SQL."""
        if isinstance(key, RuleId | EvidenceId):
            return str(key)
        return f"{key[0]}, {key[1]}"


def _conclusions(playbook: Playbook) -> Iterator[tuple[ColumnKey, str]]:
    """Yield the key and the wanted name of each column that is not a fact."""
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
    """Return ``wanted``, shortened and numbered if need be, and add it to ``taken``."""
    # DuckDB and Spark compare even quoted names without regard to case.
    short = wanted.encode("ascii", "ignore").decode()[:_MAX_LENGTH]
    found, count = short, 1
    while found.casefold() in taken:
        count += 1
        found = f"{short}_{count}"
    taken.add(found.casefold())
    return found

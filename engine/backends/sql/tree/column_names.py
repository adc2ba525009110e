"""The names of the statement's columns."""

from __future__ import annotations

from collections.abc import Iterator

from engine.language.model import Playbook

_MAX_LENGTH = 56
"""PostgreSQL cuts identifiers at 63 bytes; some letters are left for a number."""

_PREFIXES = {
    "dark": "dark",
    "signals": "signal",
    "causes": "cause",
    "actions": "action",
    "guards": "guard",
}


class ColumnNames:
    """The column of every fact, rule and conclusion of a playbook: readable, at most 63 bytes, no
    two alike.

    A fact has its own id, as in the book; a conclusion that of its rule behind its section's word
    (`signal_no_next_step`). Columns that are only the statement's own begin with an underscore,
    as no id can.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._names: dict[str, str] = {f"facts.{id}": id for id in playbook.facts}
        taken = {id.casefold() for id in playbook.facts} | {"id"}
        for name in _conclusions(playbook):
            section, _, rest = name.partition(".")
            words = [_PREFIXES.get(section, section), *rest.split(".")] if rest else [f"_{section}"]
            self._names[name] = _free("_".join(words), taken)

    def __getitem__(self, name: str) -> str:
        """Return the column of ``name``, a fact's or rule's name as in
        `engine.semantics.dependencies`, perhaps with something after it (`actions.call.value`).
        Raises KeyError if there is none.
        """
        return self._names[name]


def _conclusions(playbook: Playbook) -> Iterator[str]:
    """Yield the names of all columns beside those of facts."""
    yield from ("dark", "cause_known")
    for id in playbook.thresholds:
        yield from (f"dark.{id}", f"dark.{id}.may")
    yield from (f"signals.{id}" for id in playbook.signals)
    for id, cause in playbook.causes.items():
        yield from (f"causes.{id}", f"causes.{id}.considered")
        yield from (f"causes.{id}.{item.id}" for item in cause.evidence)
    for id in playbook.actions:
        yield f"actions.{id}"
        yield from (f"actions.{id}.{part}" for part in ("best", "cause", "value"))
    yield from (f"guards.{id}" for id in playbook.guards)


def _free(wanted: str, taken: set[str]) -> str:
    """``wanted``, shortened and numbered where it has to be, and added to ``taken``."""
    short = wanted.encode("ascii", "ignore").decode()[:_MAX_LENGTH]
    found, count = short, 1
    while found.casefold() in taken:
        count += 1
        found = f"{short}_{count}"
    taken.add(found.casefold())
    return found

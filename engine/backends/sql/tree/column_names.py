"""What the columns of the statement are called."""

from __future__ import annotations

from engine.language.model import Playbook

MAX_LENGTH = 56
"""PostgreSQL cuts identifiers at 63 bytes; some letters are left for a number."""

PREFIXES = {
    "dark": "dark",
    "signals": "signal",
    "causes": "cause",
    "actions": "action",
    "guards": "guard",
}


class ColumnNames:
    """A column for every fact, rule and conclusion: readable, at most 63 bytes, no two alike.

    A fact has its own id, as in the book; a conclusion that of its rule behind its section's word
    (`signal_no_next_step`). Columns that are only the statement's own begin with an underscore,
    as no id can.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._names: dict[str, str] = {f"facts.{id}": id for id in playbook.facts}
        self._taken = {id.casefold() for id in playbook.facts} | {"id"}

    def __getitem__(self, name: str) -> str:
        """The column of ``name``, a fact's or rule's name as in `engine.semantics.dependencies`,
        perhaps with something after it (`actions.call.value`).
        """
        if name not in self._names:
            section, _, rest = name.partition(".")
            words = [PREFIXES.get(section, section), *rest.split(".")] if rest else [f"_{section}"]
            self._names[name] = self._free("_".join(words))
        return self._names[name]

    def _free(self, wanted: str) -> str:
        wanted = wanted.encode("ascii", "ignore").decode()[:MAX_LENGTH]
        found, count = wanted, 1
        while found.casefold() in self._taken:
            count += 1
            found = f"{wanted}_{count}"
        self._taken.add(found.casefold())
        return found

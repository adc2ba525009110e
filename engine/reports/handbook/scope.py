"""The part of a playbook that a page covers: the whole, or what one file adds and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.language.load import LoadResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HandbookScope:
    """The part of a playbook that is covered.

    Attributes:
        loaded: The playbook.
        file: The file whose additions and changes are covered; None covers the whole.
    """

    loaded: LoadResult
    file: str | None = None

    @property
    def base_playbooks(self) -> tuple[str, ...]:
        """The names of the playbooks that the file extends; empty if the whole is covered."""
        return tuple(Path(file).stem for file in self.loaded.files[:-1]) if self.file else ()

    def of(self, section: str, entries: Mapping[str, T]) -> list[T]:
        """Return those ``entries`` of ``section`` that are covered, in order."""
        return [entry for id, entry in entries.items() if self.has(section, id)]

    def has(self, *place: str) -> bool:
        """Return whether the key path ``place``, or one below it, is covered."""
        document = self.loaded.document
        if self.file is None or document is None:
            return True
        spans = document.key_spans.items()
        return any(at[: len(place)] == place and span.file == self.file for at, span in spans)

    def removed(self) -> list[tuple[str, ...]]:
        """Return the key paths that the file turns off."""
        found = self.loaded.removed.items()
        return [
            tuple(map(str, place)) for place, span in found if self.file and span.file == self.file
        ]


def handbook_scope(loaded: LoadResult, own: bool) -> HandbookScope:
    """Return the whole playbook, or with ``own`` only its last file if that extends others."""
    return HandbookScope(loaded, loaded.files[-1] if own and len(loaded.files) > 1 else None)

"""Which part of a playbook a page tells: all of it, or what one file adds to those it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.language.load import LoadResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HandbookScope:
    """Which part of a playbook is told: all of it, or what ``file`` alone adds and changes."""

    reading: LoadResult
    file: str | None = None

    @property
    def ground(self) -> tuple[str, ...]:
        """The playbooks below the file, by the names of their files; none where all is told."""
        return tuple(Path(file).stem for file in self.reading.files[:-1]) if self.file else ()

    def of(self, section: str, entries: Mapping[str, T]) -> list[T]:
        """Those of ``entries`` that belong to it, in their order."""
        return [entry for id, entry in entries.items() if self.has(section, id)]

    def has(self, *place: str) -> bool:
        """Whether something at ``place`` or below it is written in the file."""
        document = self.reading.document
        if self.file is None or document is None:
            return True
        spans = document.key_spans.items()
        return any(at[: len(place)] == place and span.file == self.file for at, span in spans)

    def removed(self) -> list[tuple[str, ...]]:
        """What the file turns off, by its place."""
        found = self.reading.removed.items()
        return [
            tuple(map(str, place)) for place, span in found if self.file and span.file == self.file
        ]


def handbook_scope(reading: LoadResult, own: bool) -> HandbookScope:
    """All of the playbook, or with ``own`` what its file says, where that extends others."""
    return HandbookScope(reading, reading.files[-1] if own and len(reading.files) > 1 else None)

"""The input of a check: the playbook after merging, and the document it was parsed from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.assurance.lint.damage import Damage
from engine.language.model import Playbook
from engine.language.problem import Problem, Span
from engine.language.yaml.document import Document, KeyPath


@dataclass(frozen=True, slots=True)
class LintTarget:
    """A playbook and the document it was parsed from, which has the span of every field.

    ``damage`` is what other errors leave in doubt: a check says nothing of it. ``files``,
    ``removed`` and ``replaced`` are as in `LoadResult`.
    """

    playbook: Playbook
    document: Document
    damage: Damage = field(kw_only=True)
    files: tuple[str, ...] = ()
    removed: Mapping[KeyPath, Span] = field(default_factory=dict)
    replaced: Mapping[KeyPath, Any] = field(default_factory=dict)

    def key(self, *place: str | int) -> Span:
        """Return the span of the key of the field at ``place``."""
        return self.document.key_span(place)

    def value(self, *place: str | int) -> Span:
        """Return the span of the value of the field at ``place``."""
        return self.document.value_span(place)

    def is_local(self, span: Span) -> bool:
        """Return whether ``span`` is in the file itself and not in one that it extends."""
        return span.file == self.document.name

    @property
    def has_rules(self) -> bool:
        """Whether there are rules, and not only facts for other playbooks to extend."""
        playbook = self.playbook
        return bool(playbook.thresholds or playbook.signals or playbook.causes or playbook.actions)


Check = Callable[[LintTarget], Iterator[Problem]]
"""A check: yields the problems of one kind in a playbook whose names and types are valid."""

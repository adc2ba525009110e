"""The effective playbook as the checks look at it: the typed tree beside the text it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.language.model import Playbook
from engine.language.problem import Problem, Span
from engine.language.yaml.document import Document


@dataclass(frozen=True, slots=True)
class LintTarget:
    """A playbook and the document it was parsed from, which knows where every field stands."""

    playbook: Playbook
    document: Document

    def key(self, *place: str | int) -> Span:
        """Where the key of the field at ``place`` stands."""
        return self.document.key_span(place)

    def value(self, *place: str | int) -> Span:
        """Where the value of the field at ``place`` stands."""
        return self.document.value_span(place)

    def is_local(self, span: Span) -> bool:
        """Whether ``span`` lies in the file itself rather than in one it extends."""
        return span.file == self.document.name

    @property
    def has_rules(self) -> bool:
        """Whether there are rules, and not only words for others to build on."""
        playbook = self.playbook
        return bool(playbook.thresholds or playbook.signals or playbook.causes or playbook.actions)


Check = Callable[[LintTarget], Iterator[Problem]]
"""One thing that may be wrong with a playbook whose names and types are right."""

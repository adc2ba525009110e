"""Tell what the errors of a playbook leave in doubt, so that no problem is reported because of one.

A condition with an error in it has lost a part. One that reads an invalid fact has too, without an
error of its own. A check that looks at such a part would report what the author did not write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.language.problem import Problem
from engine.language.schema.recover import place_of
from engine.language.yaml.document import Document, KeyPath

_OUTSIDE = ("calendar", "diagnosis", "sources")
"""Sections that name no facts and no rules, and that no condition reads."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is in doubt in a document.

    Attributes:
        document: The effective playbook.
        places: The paths of its errors.
    """

    document: Document
    places: frozenset[KeyPath]

    def of(self, *place: str | int) -> bool:
        """Return whether there is an error in what is at ``place``, or in what it is part of."""
        return any(
            _starts_with(place, wrong) or _starts_with(wrong, place) for wrong in self.places
        )

    @property
    def of_rules(self) -> bool:
        """Whether some use of a fact or rule may have been lost, or one that nobody can see."""
        return any(wrong[0] not in _OUTSIDE for wrong in self.places)

    def reaches(self, *place: str | int) -> bool:
        """Return whether there is an error in the condition at ``place``, or in what it reads."""
        if not self.places:
            return False
        declared = self.document.data.get("facts")
        facts = declared if isinstance(declared, dict) else {}
        pending, seen = [place], {place}
        while pending:
            at = pending.pop()
            if self.of(*at) or self.of("tables"):
                return True
            read: set[KeyPath] = {
                ("facts", word)
                for word in _words(_value_at(self.document.data, at))
                if word in facts
            }
            pending += read - seen
            seen |= read
        return False


def damage_by(problems: Iterable[Problem], document: Document) -> Damage | None:
    """Return what the errors among ``problems`` leave in doubt; None if that may be anything.

    An error that is not in the effective playbook, such as a missing file, may hide any part of it.
    """
    found = [place_of(document, one.span) for one in problems if one.severity == "error"]
    places = frozenset(place for place in found if place is not None)
    return Damage(document, places) if None not in found else None


def _starts_with(place: KeyPath, start: KeyPath) -> bool:
    return place[: len(start)] == start


def _value_at(data: Any, place: KeyPath) -> Any:
    """Return the value at ``place``; None if there is none, as in a threshold without `when`."""
    for key in place:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def _words(data: Any) -> Iterator[str]:
    """Yield every key and every text in ``data``."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield from value
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str):
            yield value

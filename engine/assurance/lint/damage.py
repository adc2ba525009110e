"""Tell what the errors of a playbook leave in doubt, so that no problem is reported because of one.

A condition with an error in it has lost a part. One that reads an invalid fact has too, without an
error of its own. A check that looks at such a part would report what the author did not write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from engine.language.problem import Problem
from engine.language.schema.recover import places_of
from engine.language.yaml.document import Document, KeyPath

_OUTSIDE = ("calendar", "diagnosis", "sources")
"""Sections that name no facts and no rules, and that no condition reads."""


class Damage:
    """What is in doubt in a document.

    Args:
        document: The effective playbook.
        places: The paths of its errors.
    """

    def __init__(self, document: Document, places: frozenset[KeyPath]) -> None:
        self._document = document
        self._places = places
        self._around = {place[:end] for place in places for end in range(len(place))}

    def of(self, *place: str | int) -> bool:
        """Return whether there is an error in what is at ``place``, or in what it is part of."""
        up = (place[:end] for end in range(len(place) + 1))
        return place in self._around or any(each in self._places for each in up)

    @property
    def of_rules(self) -> bool:
        """Whether some use of a fact or rule may have been lost, or one that nobody can see."""
        return any(wrong[0] not in _OUTSIDE for wrong in self._places)

    def reaches(self, *place: str | int) -> bool:
        """Return whether there is an error in the condition at ``place``, or in what it reads."""
        if not self._places:
            return False
        if self.of(*place) or self.of("tables"):
            return True
        return any(word in self._facts for word in _words(_value_at(self._document.data, place)))

    @cached_property
    def _facts(self) -> set[str]:
        """The facts that have errors, or that are read from one that has."""
        declared = self._document.data.get("facts")
        facts = declared if isinstance(declared, dict) else {}
        readers: dict[str, list[str]] = {}
        for id, entry in facts.items():
            for word in set(_words(entry)):
                readers.setdefault(word, []).append(id)
        pending = [id for id in facts if self.of("facts", id)]
        found = set(pending)
        while pending:
            new = set(readers.get(pending.pop(), ())) - found
            found |= new
            pending += new
        return found


def damage_by(problems: Iterable[Problem], document: Document) -> Damage | None:
    """Return what the errors among ``problems`` leave in doubt; None if that may be anything.

    An error that is not in the effective playbook, such as a missing file, may hide any part of it.
    """
    found = places_of(document, [one.span for one in problems if one.severity == "error"])
    places = frozenset(place for place in found if place is not None)
    return Damage(document, places) if None not in found else None


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

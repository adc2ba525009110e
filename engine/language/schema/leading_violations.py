"""Leave out violations that only follow from others, so that one mistake gives one problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.language.schema.other_words import LISTS, MAPS
from engine.language.schema.violation import SchemaViolation
from engine.language.yaml.document import KeyPath


def leading(violations: Sequence[SchemaViolation]) -> list[SchemaViolation]:
    """Return ``violations`` without those that follow from others.

    What an action may have depends on its `kind`: if that is wrong, nothing is said of the rest.
    Everything below `or: [...]` is wrong because of that word; it is reported once, as a key.
    """
    unsure = {one.path[:-1] for one in violations if one.path[-1:] == ("kind",)}
    unsure |= {one.path for one in violations if "kind" in one.missing}
    found: list[SchemaViolation] = []
    for one in violations:
        if one.keyword == "not" and one.path in unsure:
            continue
        word = _other_list(one.path)
        if word is None:
            found.append(one)
        elif word not in (each.path for each in found):
            found.append(replace(one, keyword="otherList", path=word))
    return found


def _other_list(path: KeyPath) -> KeyPath | None:
    """Return the path of a word such as `or` that ``path`` is below; None if there is none."""
    conditions = [index for index, step in enumerate(path) if step in ("when", "while", "unless")]
    start = conditions[0] + 1 if conditions else len(path)
    words = (index for index in range(start, len(path) - 1) if path[index] in {**LISTS, **MAPS})
    return next((path[: index + 1] for index in words), None)

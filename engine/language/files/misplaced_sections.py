"""Find sections that are indented into another one, so that what they declare is not known.

That is one mistake, which the schema reports; each use of a fact that is declared there would be
another problem otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.language.files.merge import MERGE_DEPTH
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.schema.recover import SETTINGS
from engine.language.yaml.document import Document


def misplaced_names(documents: Iterable[Document]) -> frozenset[str]:
    """Return the ids that are declared in a section inside another section."""
    return frozenset(id for document in documents for id in _ids(document.data))


def _ids(data: Any) -> Iterator[str]:
    # Only in sections whose keys are fixed: elsewhere it may be an entry that is called so.
    for name in SETTINGS if isinstance(data, dict) else ():
        section = data.get(name)
        for key, inner in section.items() if isinstance(section, dict) else ():
            if key in MERGE_DEPTH and isinstance(inner, dict):
                yield from inner


def follows_from(problem: Problem, names: frozenset[str]) -> bool:
    """Return whether ``problem`` is that one of ``names`` is not known."""
    unknown = problem.code.startswith("unknown-")
    return unknown and any(problem.message.endswith(f" {quoted(name)}") for name in names)

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


def without_misplaced(problems: Iterable[Problem], documents: Iterable[Document]) -> list[Problem]:
    """Return ``problems`` but for those that a misplaced name of ``documents`` is not known."""
    names = {quoted(id) for document in documents for id in _ids(document.data)}
    return [
        problem
        for problem in problems
        if not (problem.code.startswith("unknown-") and _last_word(problem.message) in names)
    ]


def _last_word(message: str) -> str:
    return message.rpartition(" ")[2]


def _ids(data: Any) -> Iterator[str]:
    # Only in sections whose keys are fixed: elsewhere it may be an entry that is called so.
    for name in SETTINGS if isinstance(data, dict) else ():
        section = data.get(name)
        for key, inner in section.items() if isinstance(section, dict) else ():
            if key in MERGE_DEPTH and isinstance(inner, dict):
                yield from inner

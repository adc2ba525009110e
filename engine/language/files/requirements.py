"""What a playbook says of the program that reads it: `requires: relight >= 0.2`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.language.package_data import DISTRIBUTION, installed_version
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.yaml.document import Document

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

UNMET = "unmet-requirement"
"""The code of the problem that says that another version of Relight is needed."""

_KEY = "requires"
_ADVICE = "name the oldest version that will do, such as `relight >= 0.2`"


def requirement_problems(documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield a problem, `UNMET`, for each of ``documents`` that needs another version of Relight.

    Where there is one, nothing else should be said: another version cannot know what the rest of
    the file means. What is required is written as in PEP 440, such as `relight >= 0.2, < 1`; a
    problem of its own says so if it is not. A program that is run from its source without being
    installed has no version, and meets every requirement.
    """
    asking = [each for each in documents if isinstance(each.data, dict) and _KEY in each.data]
    if not asking:
        return
    ours = installed_version()
    for document in asking:
        written, span = document.data[_KEY], document.value_span((_KEY,))
        if not isinstance(written, str):
            continue  # the schema says so
        needed = _versions(written)
        if needed is None:
            message = f"{quoted(written)} is not a version of Relight"
            yield Problem(span, "bad-format", message, _ADVICE)
        elif ours is not None and not needed.contains(ours, prereleases=True):
            message = f"this playbook needs {quoted(written)}, and this is {DISTRIBUTION} {ours}"
            help = "install a version that fits, or use an earlier version of the playbook"
            yield Problem(span, UNMET, message, help)


def _versions(written: str) -> SpecifierSet | None:
    """Return the versions of Relight that ``written`` allows; None if it says anything else."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        needed = Requirement(written)
    except InvalidRequirement:
        return None
    plain = needed.specifier and not (needed.extras or needed.marker or needed.url)
    return needed.specifier if needed.name == DISTRIBUTION and plain else None

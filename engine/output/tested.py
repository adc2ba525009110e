"""What the results of authors' tests must have to be printed; `assurance` makes such values.

Output and assurance do not import each other, so the shape stands here and the type checker
compares it with what is made there.
"""
# ruff: noqa: D102 - the classes say what their properties are

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from engine.language.problem import Problem, Span


class Failure(Protocol):
    """One expectation that was not met: what it is about, and both sides in words."""

    @property
    def what(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def span(self) -> Span: ...


class CaseResult(Protocol):
    """One case; it passed if there are no failures."""

    @property
    def name(self) -> str: ...
    @property
    def span(self) -> Span: ...
    @property
    def failures(self) -> Sequence[Failure]: ...


class Item(Protocol):
    """A rule, or (``subject``) one test in its condition, and how often it came out either way."""

    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def span(self) -> Span: ...
    @property
    def yes(self) -> int: ...
    @property
    def no(self) -> int: ...


class Coverage(Protocol):
    """All rules of one playbook, each followed by the tests of its condition."""

    @property
    def items(self) -> Sequence[Item]: ...
    @property
    def covered(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def percent(self) -> float: ...
    def merged(self, other: Self, /) -> Self: ...


class FileResult(Protocol):
    """What came of one test file; ``playbook`` is the file under test."""

    @property
    def file(self) -> str: ...
    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def cases(self) -> Sequence[CaseResult]: ...
    @property
    def playbook(self) -> Path | None: ...
    @property
    def coverage(self) -> Coverage | None: ...
    @property
    def passed(self) -> bool: ...

"""How much work something takes, counted rather than timed: a busy machine changes no number."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def calls_in(run: Callable[[], T]) -> tuple[T, int]:
    """Return what ``run`` returns, and how many calls of functions, those in C included, it makes.

    It counts no work inside one call of C code: for that a test has a size at which a bad way
    would not end.
    """
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = run()
    finally:
        sys.setprofile(before)
    return found, calls

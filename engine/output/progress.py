"""A bar on the terminal while many prospects are judged; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

LONG = 500
"""Items from which on somebody would wonder whether anything happens."""

Item = TypeVar("Item")


def wanted_for(quiet: bool) -> bool:
    """Whether somebody looks at standard error who wants to be told."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


def tracked(items: Iterable[Item], total: int, bar: bool) -> Iterator[Item]:
    """``items`` as they are, with a ``bar`` where they are many."""
    if not bar or total < LONG:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, "Judging", total=total, console=console, transient=True)

"""A bar on the terminal while many prospects are judged; nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LONG = 500
"""Items from which on somebody would wonder whether anything happens."""

Item = TypeVar("Item")


def progress_enabled(quiet: bool) -> bool:
    """Whether somebody looks at standard error who wants to be told."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


def with_progress(items: Iterable[Item], total: int, bar: bool) -> Iterator[Item]:
    """``items`` as they are, with a ``bar`` where they are many."""
    if not bar or total < LONG:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, "Judging", total=total, console=console, transient=True)


class PartsProgress:
    """What is being done, one thing after the other, on a ``bar`` if there is one."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, what: str, parts: int | None = None) -> None:
        """``what`` is being done now, in so many ``parts`` if that is known."""
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(what, total=parts if parts != 1 else None)

    def part_done(self) -> None:
        """One of the parts is done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)


@contextlib.contextmanager
def progress_of_parts(wanted: bool) -> Iterator[PartsProgress]:
    """A bar for long work of several stages, if it is ``wanted``; it goes when the work is done."""
    if not wanted:
        yield PartsProgress(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield PartsProgress(bar)

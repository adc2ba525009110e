"""Show progress bars for long work, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LONG = 500
"""With fewer items no bar is shown, as the work takes less than a moment."""

_Item = TypeVar("_Item")


def progress_enabled(quiet: bool) -> bool:
    """Return whether standard error is a terminal and `--quiet` was not given."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


def with_progress(items: Iterable[_Item], total: int, bar: bool) -> Iterator[_Item]:
    """Yield ``items`` unchanged, and show a progress bar if there are many.

    Args:
        items: What is worked through.
        total: Their number.
        bar: Whether a bar may be shown.
    """
    if not bar or total < LONG:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, "Evaluating", total=total, console=console, transient=True)


class PartsProgress:
    """The progress of work with several stages, shown on ``bar`` unless that is None."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, what: str, parts: int | None = None) -> None:
        """Begin the stage ``what`` with that number of parts; None if it is unknown."""
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(what, total=parts if parts != 1 else None)

    def part_done(self) -> None:
        """Count one part of the stage as done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)


@contextlib.contextmanager
def progress_of_parts(enabled: bool) -> Iterator[PartsProgress]:
    """Show a bar for work with several stages if ``enabled``; it disappears at the end."""
    if not enabled:
        yield PartsProgress(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield PartsProgress(bar)

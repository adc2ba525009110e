"""A file that is made in a folder of its own beside its place, and moved there when it is whole."""

from __future__ import annotations

import contextlib
import shutil
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from engine.commands.process.write import Unwritable, unwritable


class StagedFile:
    """``folder``, in which nobody else can read, and the file ``made`` in it that shall take the
    place of ``target``.
    """

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder = folder
        self.target = target
        self.made = folder / f"made{target.suffix}"

    def deliver(self) -> None:
        """Put the file in its place; raises Unwritable."""
        try:
            self._deliver()
        except OSError as error:
            raise unwritable(self.target, error) from error

    def _deliver(self) -> None:
        """Pipes and devices are written to as they are."""
        try:
            mode = self.target.stat().st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and not stat.S_ISREG(mode):
            with self.made.open("rb") as made, self.target.open("wb") as target:
                shutil.copyfileobj(made, target, 1 << 20)
            return
        if mode is not None:
            self.made.chmod(stat.S_IMODE(mode))
        self.made.replace(self.target)


@contextlib.contextmanager
def staged_file(target: Path) -> Iterator[StagedFile]:
    """A folder beside ``target``, gone with all that is in it when the work is done or broken off.

    A link is followed, but to a pipe or device. Raises Unwritable.
    """
    try:
        regular = not target.exists() or target.is_file()
        place = target.resolve() if regular else target
        folder = tempfile.mkdtemp(
            prefix=f".{place.name}.", suffix=".part", dir=place.parent if regular else None
        )
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        with ended_by_signals():
            yield StagedFile(Path(folder), place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end what is done here as Ctrl-C does, so that what has to be is tidied up. What
    DuckDB raises when a signal comes while it works for the main thread becomes KeyboardInterrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def check_target(target: Path) -> None:
    """Raise Unwritable where ``target`` can be no file, before anything is worked out."""
    try:
        with contextlib.suppress(FileNotFoundError):
            target.stat()  # unlike `exists`, it tells a loop of links from nothing
        if target.is_dir():
            raise Unwritable(f"`{target}` is a folder: name a file")
        if not target.resolve().parent.is_dir():
            raise Unwritable(f"there is no folder `{target.parent}`")
    except OSError as error:
        raise unwritable(target, error) from error

"""Write files atomically: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.language.files.resolve import leads_out


class Unwritable(Exception):
    """A file cannot be written; the message is one sentence."""


def unwritable(path: Path, error: OSError) -> Unwritable:
    """Return the exception to raise for ``error``, which happened while writing ``path``."""
    reason = (error.strerror or "it failed").lower()
    return Unwritable(f"`{path}` cannot be written: {reason}")


@contextlib.contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """Yield the path of a file to create, which replaces ``target`` when the block ends.

    The file is in a private folder beside ``target`` that is removed at the end; the block may keep
    other files there. If the block raises, or creates no file, ``target`` is left unchanged. The
    mode of ``target`` is kept, a link is followed, and a pipe or device is written to directly.

    Raises:
        Unwritable: an OSError was raised, in the block or here, or ``target`` is a link out of its
            git repository.
    """
    if leads_out(target):
        raise Unwritable(f"`{target}` is a link that leads out of the git repository")
    try:
        mode = _mode(target)
        regular = mode is None or stat.S_ISREG(mode)
        place = target.resolve() if regular else target
        with _folder_beside(place, regular) as folder:
            made = folder / f"made{place.suffix}"
            yield made
            if made.exists():
                _deliver(made, place, mode, regular)
    except OSError as error:
        raise unwritable(target, error) from error


def _mode(target: Path) -> int | None:
    """Return the mode of the file, or None if there is no file."""
    # Not `Path.exists`: it is False for a loop of links too, which must be an error.
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _deliver(made: Path, place: Path, mode: int | None, regular: bool) -> None:
    if not regular:
        # Replacing a device such as /dev/stdout would put a file in its place.
        with made.open("rb") as source, place.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        return
    if mode is not None:
        made.chmod(stat.S_IMODE(mode))
    made.replace(place)


@contextlib.contextmanager
def _folder_beside(place: Path, regular: bool) -> Iterator[Path]:
    """Create a folder beside ``place``, and remove it at the end.

    For a pipe or device, it is in the system's folder for temporary files.
    """
    # In the same folder: `replace` is atomic only within one file system.
    folder = tempfile.mkdtemp(
        prefix=f".{place.name}.", suffix=".part", dir=place.parent if regular else None
    )
    try:
        yield Path(folder)
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:  # it came just now, and no other one comes
            shutil.rmtree(folder, ignore_errors=True)
            raise

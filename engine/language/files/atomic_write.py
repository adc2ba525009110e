"""Write files atomically: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.language.files.resolve import leads_out

_STREAM = re.compile(r"/dev/(?:(stdin|stdout|stderr)|fd/([0-9]{1,6}))|/proc/self/fd/([0-9]{1,6})")
_MAX_NAME = 200
_MAX_SUFFIX = 20


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
    mode of ``target`` is kept, a link is followed, and a pipe or device is written to directly. So
    is what the program has open as its output, such as `/dev/stdout`: others may write to it, too.

    Raises:
        Unwritable: an OSError was raised, in the block or here, or ``target`` is a link out of its
            git repository.
    """
    if leads_out(target):
        raise Unwritable(f"`{target}` is a link that leads out of the git repository")
    try:
        mode = _mode(target)
        stream = _stream(target)
        regular = stream is None and (mode is None or stat.S_ISREG(mode))
        place = target.resolve() if regular else target
        with _folder_beside(place, regular) as folder:
            made = folder / f"made{place.suffix if len(place.suffix) <= _MAX_SUFFIX else ''}"
            yield made
            if made.exists():
                _deliver(made, place if stream is None else stream, mode, regular)
    except OSError as error:
        raise unwritable(target, error) from error


def _mode(target: Path) -> int | None:
    """Return the mode of the file, or None if there is no file."""
    # Not `Path.exists`: it is False for a loop of links too, which must be an error.
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _stream(target: Path) -> int | None:
    """Return the number of the open file of this program that ``target`` is, or None."""
    named = _STREAM.fullmatch(str(target))
    if named is not None:
        name = named[1]
        return ("stdin", "stdout", "stderr").index(name) if name else int(named[2] or named[3])
    for number in (1, 2):
        with contextlib.suppress(OSError):
            found = target.stat()
            if stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(number)):
                return number
    return None


def _deliver(made: Path, place: Path | int, mode: int | None, regular: bool) -> None:
    if isinstance(place, int) or not regular:
        for written in (sys.stdout, sys.stderr):  # what was written before has to come first
            if written is not None and not written.closed:
                written.flush()
        # Replacing a device would put a file in its place; opening /dev/stdout would empty the file
        # that it is.
        with made.open("rb") as source, _opened(place) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        return
    if mode is not None:
        made.chmod(stat.S_IMODE(mode))
    made.replace(place)


def _opened(place: Path | int) -> BinaryIO:
    return place.open("wb") if isinstance(place, Path) else os.fdopen(os.dup(place), "wb")


@contextlib.contextmanager
def _folder_beside(place: Path, regular: bool) -> Iterator[Path]:
    """Create a folder beside ``place``, and remove it at the end.

    For a pipe or device, it is in the system's folder for temporary files.
    """
    # In the same folder: `replace` is atomic only within one file system.
    # A beginning of the name leaves room for the rest, as a name has at most 255 bytes, and plain
    # characters can be written by any program.
    name = re.sub(r"[^\w.-]", "_", place.name, flags=re.ASCII)[:_MAX_NAME]
    folder = tempfile.mkdtemp(
        prefix=f".{name}.", suffix=".part", dir=place.parent if regular else None
    )
    try:
        yield Path(folder)
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except KeyboardInterrupt:  # it came just now, and no other one comes
            shutil.rmtree(folder, ignore_errors=True)
            raise

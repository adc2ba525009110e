"""Write results to standard output or to a file, and notes to standard error."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from engine.book.table_schema import STORED_TABLES
from engine.language.files.atomic_write import Unwritable, atomic_write, unwritable
from engine.language.files.input_errors import UsageError


class WouldOverwrite(Exception):
    """Files of those names exist; the message names them."""


def stdout_unwritable(reason: str) -> Unwritable:
    """Return the exception for standard output that cannot be written."""
    return Unwritable(f"standard output cannot be written: {reason}")


def write_result(text: str, target: Path | None, plain_utf8: bool = False) -> None:
    """Write a result. It is not an error if the reader of standard output has gone away.

    Args:
        text: The result.
        target: The file; None is standard output.
        plain_utf8: Whether to write UTF-8 with newlines unchanged, for programs; other text is
            written in the encoding of the terminal.

    Raises:
        Unwritable: It cannot be written.
    """
    if target is not None:
        with atomic_write(target) as made:
            made.write_bytes(text.encode("utf-8", "backslashreplace"))
        return
    if sys.stdout is None or sys.stdout.closed:
        raise stdout_unwritable("it is closed")
    try:
        if plain_utf8 and hasattr(sys.stdout, "buffer"):
            sys.stdout.flush()  # what was written as text has to come first
            sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise stdout_unwritable((error.strerror or "it failed").lower()) from error


class ClosedStdout(io.TextIOBase):
    """Standard output that was closed before Python started: it cannot be written."""

    @property
    def closed(self) -> bool:
        """Always true."""
        return True

    def write(self, _: str) -> int:
        """Raise Unwritable."""
        raise stdout_unwritable("it is closed")

    def isatty(self) -> bool:
        """Return False."""
        return False

    def flush(self) -> None:
        """Do nothing, as there is nothing to flush."""


def write_stderr(text: str) -> None:
    """Write ``text`` to standard error; if it is closed, the run goes on without."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def silence_stdout() -> None:
    """Discard all further output, so that the interpreter can close standard output."""
    # Otherwise it flushes what is left at exit, fails again, and prints a traceback of its own.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def spare_inputs(target: Path | None, inputs: Iterable[Path]) -> None:
    """Raise UsageError if ``target``, where the result goes, is one of the files that are read."""
    for path in inputs:
        with contextlib.suppress(OSError):  # one that does not exist is no input
            if target is not None and target.samefile(path):
                raise UsageError(f"`{target}` is read by this command: name another file")


def spare_book(target: Path | None, book: Path) -> None:
    """Raise UsageError if ``target``, where the result goes, is a file of the book."""
    if target is None:
        return
    place = target.resolve()
    table = place.parent == book.resolve() and place.name.partition(".")[0] in STORED_TABLES
    if table or place == book.resolve():
        raise UsageError(f"`{target}` belongs to the book: name another file")
    files = [book] if book.is_file() else [file for file in book.glob("*.*") if file.is_file()]
    spare_inputs(target, files)  # also by another name, such as a link


def check_target(target: Path) -> None:
    """Raise Unwritable if ``target`` cannot be a file, before the result is computed."""
    try:
        with contextlib.suppress(FileNotFoundError):
            target.stat()  # unlike `exists`, it tells a loop of links from nothing
        if target.is_dir():
            raise Unwritable(f"`{target}` is a folder: name a file")
        if not target.resolve().parent.is_dir():
            raise Unwritable(f"there is no folder `{target.parent}`")
    except OSError as error:
        raise unwritable(target, error) from error

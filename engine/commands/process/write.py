"""Where results go: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path


class Unwritable(Exception):
    """The file for the result cannot be written; the message is one sentence."""


class WouldOverwrite(Exception):
    """Files of that name are there already; the message names them."""


def unwritable(path: Path, error: OSError) -> Unwritable:
    """What is said where ``path`` cannot be written."""
    reason = (error.strerror or "it failed").lower()
    return Unwritable(f"`{path}` cannot be written: {reason}")


def stdout_unwritable(reason: str) -> Unwritable:
    """What is said where standard output takes no more."""
    return Unwritable(f"standard output cannot be written: {reason}")


def write_result(text: str, target: Path | None, plain_utf8: bool = False) -> None:
    """Write ``text`` to ``target``, or to standard output where that is None.

    ``plain_utf8``: what programs read, always UTF-8 with one newline character a line; other text
    goes out in the encoding of the terminal. A reader of standard output that has gone away is no
    fault. Raises Unwritable.
    """
    if target is not None:
        try:
            _replace(target, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise unwritable(target, error) from error
        return
    if sys.stdout is None or sys.stdout.closed:  # None: it was closed before Python started
        raise stdout_unwritable("it is closed")
    try:
        if plain_utf8 and hasattr(sys.stdout, "buffer"):
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise stdout_unwritable((error.strerror or "it failed").lower()) from error


def write_stderr(text: str) -> None:
    """Write ``text`` to standard error. Where nobody is there to be told, the result still counts,
    so that is no fault.
    """
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def silence_stdout() -> None:
    """Let nothing more be written to standard output, nor fail when the interpreter closes it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _replace(target: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``target``; pipes and devices are written to as they are."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:  # not `exists`, for which a loop of links is merely not there
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        target.write_bytes(content)
        return
    target = target.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = beside.open("xb")
    try:
        with file:
            file.write(content)
        if mode is not None:
            beside.chmod(stat.S_IMODE(mode))
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)

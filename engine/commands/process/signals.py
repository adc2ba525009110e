"""End a run by a signal in the same way whatever the signal is, and however often it comes."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_UNTOUCHED = (signal.SIG_DFL, signal.default_int_handler)


@contextlib.contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block at Ctrl-C, SIGTERM or SIGHUP, but only once.

    From the first signal on, all are ignored until the block ends: a second one would break off the
    tidying up, and leave temporary files and a statement that still runs. A signal that is ignored
    or has another handler stays so. Does nothing outside the main thread, where Python allows no
    handler to be set.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: handler for each, handler in _handlers().items() if handler in _UNTOUCHED}

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _set(dict.fromkeys(before, _ignore))
        raise KeyboardInterrupt

    _set(dict.fromkeys(before, interrupt))
    try:
        yield
    finally:
        _set(before)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Let signals wait until the block ends, and put back what answered to them before.

    For the start of Spark: it sets a handler of its own for Ctrl-C, which breaks off the tidying up
    at the second one; and a JVM whose start is broken off runs on. Does nothing outside the main
    thread, where no handler can be set.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # None is a handler that was not set from Python, which cannot be set again.
    before = {each: handler for each, handler in _handlers().items() if handler is not None}
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    # Not a mask of signals, which holds for one thread: another one would take them.
    _set({each: note for each, handler in before.items() if handler is not signal.SIG_IGN})
    try:
        yield
    except KeyboardInterrupt:  # by the handler of Spark
        came.append(signal.SIGINT)
        raise
    finally:
        _set(before)
        if came:
            signal.raise_signal(signal.Signals(came[0]))


def _ignore(_number: int, _frame: FrameType | None) -> None:
    # Not SIG_IGN: for a signal that has come already, Python would print that it is ignored.
    pass


def _handlers() -> dict[signal.Signals, Any]:
    signals = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return {each: signal.getsignal(each) for each in signals}


def _set(handlers: dict[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)

"""Statements that take long, run so that Ctrl-C ends them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAUSE = 0.1
"""Seconds: how long a signal may wait to be seen."""


class QueryFailed(Exception):
    """A statement could not be run to its end; the message says why, in a few words."""


class OutOfMemory(QueryFailed):
    """More memory is needed than DuckDB may take."""


def execute(connection: DuckDBPyConnection, statement: str) -> None:
    """Run ``statement`` in this thread."""
    connection.execute(statement)


def run(connection: DuckDBPyConnection, statement: str) -> None:
    """Run ``statement``, of which no rows are wanted.

    The main thread sees signals only while Python runs: so it waits, and another thread does the
    work. What is raised here meanwhile, KeyboardInterrupt above all, breaks the statement off.

    Raises:
        Unfinished: there is not enough memory (OutOfMemory) or room, or something else of that
            name.
    """
    import duckdb

    failed: list[Exception] = []
    done = threading.Event()

    def work() -> None:
        try:
            execute(connection, statement)
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for it
            failed.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    _wait(done, connection.interrupt)
    if not failed:
        return
    error = failed[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        raise OutOfMemory("the memory it may take is not enough") from error
    if isinstance(error, duckdb.IOException | duckdb.CatalogException):
        raise QueryFailed(_reason(error)) from error
    raise error


def _wait(done: threading.Event, stop: Callable[[], None]) -> None:
    """Wait for ``done``. Not for the thread: until Python 3.13, one that is being waited for counts
    as ended once a signal has been seen (bpo-45274).
    """
    try:
        while not done.wait(PAUSE):
            pass
    except BaseException:
        while not done.is_set():  # again and again: the statement may just be about to begin
            stop()
            done.wait(PAUSE)
        raise


def _reason(error: Exception) -> str:
    """Return the first line of what DuckDB says, or the system's own words behind it."""
    first = (str(error).splitlines() or [""])[0].partition(": ")[2]
    return "no space is left on the device" if "No space left" in str(error) else first[:300]

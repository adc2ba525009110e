"""Run statements that take long so that Ctrl-C ends them at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAUSE = 0.1
"""Seconds that a signal may have to wait."""


class QueryFailed(Exception):
    """A statement could not be run to its end; the message says why in a few words."""


class OutOfMemory(QueryFailed):
    """The statement needs more memory than DuckDB may use."""


def execute(connection: DuckDBPyConnection, statement: str) -> None:
    """Run ``statement`` in this thread."""
    connection.execute(statement)


def run(connection: DuckDBPyConnection, statement: str) -> None:
    """Run ``statement`` and discard its rows.

    Python handles signals in the main thread and not while DuckDB runs there, so another thread
    runs the statement and this one waits. Any exception here, such as KeyboardInterrupt, interrupts
    the statement.

    Raises:
        OutOfMemory: The statement needs more memory than DuckDB may use.
        QueryFailed: There is no space left, a file cannot be written, or a name is taken.
    """
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
    with query_errors():
        raise failed[0]


@contextlib.contextmanager
def query_errors() -> Iterator[None]:
    """Raise `QueryFailed` for what DuckDB reports of memory, space, files and names.

    Raises:
        OutOfMemory: It needs more memory than it may use.
        QueryFailed: There is no space left, a file cannot be written, or a name is taken.
    """
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory("there is not enough memory") from error
    except (duckdb.IOException, duckdb.CatalogException, duckdb.TransactionException) as error:
        raise QueryFailed(_reason(error)) from error


def _wait(done: threading.Event, stop: Callable[[], None]) -> None:
    """Wait for ``done``, and call ``stop`` if an exception is raised meanwhile."""
    # Not by Thread.join(): until Python 3.13, a thread that is being joined counts as ended once a
    # signal has been handled (bpo-45274).
    try:
        while not done.wait(PAUSE):
            pass
    except BaseException:
        while not done.is_set():  # again and again: the statement may just be about to begin
            stop()
            done.wait(PAUSE)
        raise


def _reason(error: Exception) -> str:
    """Return the first line of DuckDB's message, without the type of the error."""
    first = (str(error).splitlines() or [""])[0].partition(": ")[2]
    return "no space is left on the device" if "No space left" in str(error) else first[:300]

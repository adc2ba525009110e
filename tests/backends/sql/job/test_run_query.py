from __future__ import annotations

import signal
import threading
from pathlib import Path

import duckdb
import pytest

from engine.backends.sql.job.run_query import QueryFailed, query_errors, run

ENDLESS = "SELECT sum(hash(i)) FROM range(100000000000000000) t(i)"


def test_a_statement_is_run_to_its_end() -> None:
    connection = duckdb.connect()
    run(connection, "CREATE TABLE t AS SELECT 42 AS answer")
    assert connection.execute("FROM t").fetchall() == [(42,)]


def test_ctrl_c_breaks_it_off_at_once_and_leaves_the_connection_usable() -> None:
    connection = duckdb.connect()
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        run(connection, ENDLESS)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_too_little_memory_is_said_in_a_few_words() -> None:
    connection = duckdb.connect(config={"memory_limit": "20MB", "temp_directory": ""})
    with pytest.raises(QueryFailed, match="there is not enough memory"):
        run(connection, "CREATE TABLE t AS SELECT hash(i) AS h FROM range(100000000) t(i)")


def test_a_file_that_cannot_be_written_is_said_in_a_few_words(tmp_path: Path) -> None:
    with pytest.raises(QueryFailed):
        run(duckdb.connect(), f"COPY (SELECT 1) TO '{tmp_path}/nowhere/file.csv'")


def test_a_disk_that_is_full_at_the_commit_is_said_in_a_few_words() -> None:
    said = "TransactionContext Error: Failed to commit: Could not write: No space left on device"
    with pytest.raises(QueryFailed, match="no space is left on the device"), query_errors():
        raise duckdb.TransactionException(said)


def test_other_errors_are_faults() -> None:
    with pytest.raises(duckdb.BinderException):
        run(duckdb.connect(), "SELECT nothing_of_that_name")

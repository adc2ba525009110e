"""A run that is ended by a signal tidies up first, even if more signals come."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from engine.backends.sql.job.run_query import run
from engine.commands.process.signals import interrupted_by_signals, signals_held

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
ENDLESS = "SELECT sum(hash(i)) FROM range(100000000000000000) t(i)"


@pytest.fixture(autouse=True)
def _as_at_the_start_of_a_program() -> Iterator[None]:
    """Whoever started the tests may ignore a signal, and a library may have set a handler."""
    usual: list[Any] = [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]
    before = set_handlers(usual)
    yield
    assert set_handlers(before) == usual


def set_handlers(handlers: list[Any]) -> list[Any]:
    """What answered to `SIGNALS` before."""
    return [signal.signal(*each) for each in zip(SIGNALS, handlers, strict=True)]


def raise_and_tidy(first: signal.Signals, tidied: list[bool]) -> None:
    with interrupted_by_signals():
        try:
            signal.raise_signal(first)
        finally:
            for each in SIGNALS:
                signal.raise_signal(each)
            tidied.append(True)


@pytest.mark.parametrize("first", SIGNALS)
def test_the_first_signal_ends_the_block_and_others_do_not_end_its_tidying(
    first: signal.Signals,
) -> None:
    tidied: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        raise_and_tidy(first, tidied)
    assert tidied == [True]


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupted_by_signals():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_program_s_own_answer_is_left_alone() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: seen.append(number))
    try:
        with interrupted_by_signals():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == [signal.SIGTERM]


def test_another_thread_sets_no_handler() -> None:
    done: list[bool] = []

    def work() -> None:
        with interrupted_by_signals():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert done == [True]


def test_handlers_that_a_library_sets_are_put_back() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with signals_held():
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_handlers_are_put_back_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)

    def start() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise ValueError("no Spark")

    with pytest.raises(ValueError, match="no Spark"), signals_held():
        start()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("library", [None, signal.default_int_handler])
def test_a_signal_waits_until_the_block_ends_and_comes_once(library: Any) -> None:
    """Whether it meets the block or, like Spark's, a handler that is set in it."""
    said: list[str] = []

    def start() -> None:
        with signals_held():
            if library is not None:
                signal.signal(signal.SIGINT, library)
            for each in SIGNALS:
                os.kill(os.getpid(), each)
            said.append("started")

    def run_and_tidy() -> None:
        try:
            start()
        finally:
            for each in SIGNALS:
                os.kill(os.getpid(), each)
            said.append("tidied")

    with pytest.raises(KeyboardInterrupt), interrupted_by_signals():
        run_and_tidy()
    assert said == ["started", "tidied"][library is not None :]


def test_a_signal_that_is_ignored_is_not_held() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_held():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_a_statement_is_over_when_several_signals_end_the_run() -> None:
    """Otherwise the connection is busy when it is closed, or the thread outlives the program."""

    def send() -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            time.sleep(0.02)
            os.kill(os.getpid(), each)

    with duckdb.connect(":memory:") as connection:
        thread = threading.Thread(target=send)
        with interrupted_by_signals():
            thread.start()
            try:
                with pytest.raises(KeyboardInterrupt):
                    run(connection, ENDLESS)
                assert connection.execute("SELECT 1").fetchall() == [(1,)]
            finally:
                thread.join(10)  # a signal that comes after the block would end the tests

"""What holds for all tests: how many examples are drawn, a folder for what runs keep, what the head
of a report says of the evaluators, and which tests several workers must not share among them.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.support.compared_evaluators import EVALUATORS, LEFT_OUT

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # pytest-xdist has no types

# No time limit for an example: the first question to a clock works out years of windows, and a busy
# machine would fail what is right. `make test-fast` draws few by `--hypothesis-profile=fast`.
settings.register_profile("full", deadline=None)
settings.register_profile("fast", deadline=None, max_examples=8)
settings.load_profile("full")

pytest_plugins = ["tests.support.engine_fixtures"]

LONG = ("tests/conformance/", "tests/assurance/lint/", "tests/backends/sql/test_cases_on")
"""How the ids of tests in files begin that would keep one worker busy while others have no more."""

SERVERS = ("postgres", "spark")
"""Markers of tests that share a server; the id of each such test has the name in it."""


def pytest_report_header() -> list[str]:
    compared = f"evaluators compared: {', '.join(EVALUATORS)}"
    return [compared, *(f"{name} is left out: {reason}" for name, reason in LEFT_OUT.items())]


def pytest_configure(config: pytest.Config) -> None:
    # What a shell starts in the background is deaf to Ctrl-C, and so is all that it starts itself.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        os.environ["RELIGHT_CACHE"] = tempfile.mkdtemp(prefix="relight-kept-")


def pytest_sessionstart() -> None:
    gc.disable()  # ten thousand tests are found, none of which goes away


def pytest_collection_finish() -> None:
    gc.freeze()  # nor does the collector have to look at them again while tests run
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()  # DuckDB reports what is left at the end as leaked
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["RELIGHT_CACHE"], ignore_errors=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    for name in SERVERS:
        if item.get_closest_marker(name) is not None and server_of(item.nodeid) != name:
            raise pytest.UsageError(f"{item.nodeid} runs on {name}: say so in its name")


def server_of(test: str) -> str | None:
    """Return the server that the test with the id ``test`` may run on."""
    return next((name for name in SERVERS if name in test.rpartition("/")[2]), None)


def share_of(test: str) -> str:
    """Return what one worker runs in a row: the tests of a server, which is started once, else
    those of a file, so that what they share is made once. Of files that take minutes it is one
    function with all its parameters. ``test`` is the id of a test in it.
    """
    part = "[" if test.startswith(LONG) else "::"
    return server_of(test) or test.partition(part)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Hand out tests by `share_of`. Not by `--dist loadgroup`: pytest-xdist 3.8 does not see groups
    under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByShare(LoadScopeScheduling):  # type: ignore[misc]  # its base has no types
        def _split_scope(self, nodeid: str) -> str:
            return share_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            # By itself, the scheduler hands out the shares with most tests first. Those that take
            # longest have few: begun at the end, they would run while the other workers wait.
            longest = [*SERVERS[::-1], *(each for each in self.workqueue if each.startswith(LONG))]
            first = next((each for each in longest if each in self.workqueue), None)
            if first is not None:
                self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    return ByShare(config, log)

"""A folder of its own for what runs keep, and what the head of a report says of the evaluators."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from tests.conformance.evaluators import EVALUATORS, LEFT_OUT


def pytest_report_header() -> list[str]:
    compared = f"evaluators compared: {', '.join(EVALUATORS)}"
    return [compared, *(f"{name} is left out: {reason}" for name, reason in LEFT_OUT.items())]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ["RELIGHT_CACHE"] = tempfile.mkdtemp(prefix="relight-kept-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["RELIGHT_CACHE"], ignore_errors=True)

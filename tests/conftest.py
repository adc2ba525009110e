"""What the head of a test report says of the evaluators that are compared."""

from __future__ import annotations

from tests.conformance.evaluators import EVALUATORS, LEFT_OUT


def pytest_report_header() -> list[str]:
    compared = f"evaluators compared: {', '.join(EVALUATORS)}"
    return [compared, *(f"{name} is left out: {reason}" for name, reason in LEFT_OUT.items())]

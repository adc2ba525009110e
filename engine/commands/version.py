"""`relight --version`: print the version, and the evaluator for single prospects."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def version_text() -> str:
    """Return the version and the evaluator, and if that is not durable-rules, the reason."""
    from engine.backends.rete.network import unavailable_reason

    reason = unavailable_reason()
    evaluator = "rete" if reason is None else f"meaning ({reason})"
    return f"relight {_version()}\nevaluator: {evaluator}\n"


def _version() -> str:
    try:
        return version("relight")
    except PackageNotFoundError:
        return "(not installed: run from its source)"

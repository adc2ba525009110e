"""Which Relight this is, and which evaluator judges one prospect here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def version_text() -> str:
    """Version, evaluator, and why it is not the rule engine where it is not."""
    from engine.backends.rete.network import unavailable_reason

    reason = unavailable_reason()
    evaluator = "rete" if reason is None else f"meaning ({reason})"
    return f"relight {_version()}\nevaluator: {evaluator}\n"


def _version() -> str:
    try:
        return version("relight")
    except PackageNotFoundError:
        return "(not installed: run from its source)"

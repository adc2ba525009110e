"""`relight --version`: print the version, and the evaluator for single prospects."""

from __future__ import annotations

from engine.language.package_data import DISTRIBUTION, installed_version


def version_text() -> str:
    """Return the version and the evaluator, and if that is not durable-rules, the reason."""
    from engine.backends.rete.network import unavailable_reason

    reason = unavailable_reason()
    evaluator = "rete" if reason is None else f"meaning ({reason})"
    version = installed_version() or "(not installed: run from its source)"
    return f"{DISTRIBUTION} {version}\nevaluator: {evaluator}\n"

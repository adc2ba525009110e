"""The version that is installed, and where the data is that is shipped: playbooks and schemas."""

from __future__ import annotations

from pathlib import Path

DISTRIBUTION = "relight"
"""The name under which it is installed."""

_ENGINE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """Return the path of shipped data, such as ``shipped("rules", "gone-dark.yaml")``.

    An installed package holds `rules` and `schemas` inside; in a checkout they are next to it. The
    file need not exist.
    """
    inside = _ENGINE.joinpath(*parts)
    return inside if inside.exists() else _ENGINE.parent.joinpath(*parts)


def installed_version() -> str | None:
    """Return the version that is installed; None if this is run from its source."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return None

"""Locate the data that is shipped with Relight: playbooks and schemas."""

from __future__ import annotations

from pathlib import Path

_ENGINE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """Return the path of shipped data, such as ``shipped("rules", "gone-dark.yaml")``.

    An installed package holds `rules` and `schemas` inside; in a checkout they are next to it. The
    file need not exist.
    """
    inside = _ENGINE.joinpath(*parts)
    return inside if inside.exists() else _ENGINE.parent.joinpath(*parts)

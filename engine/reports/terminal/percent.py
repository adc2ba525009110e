"""Confidences, and the level they must reach, as percentages."""

from __future__ import annotations

import math

from engine.advice.rounding import rounded


def format_confidence(confidence: float) -> str:
    """``confidence`` (0..1) in whole percent, rounded down: what falls short of a level must not
    read as if it reached it.
    """
    return f"{math.floor(rounded(rounded(confidence) * 100))}%"  # 0.29 * 100 is a little below 29


def format_level(level: float) -> str:
    """``level`` (0..1) in percent, as exactly as it is written."""
    return f"{rounded(level * 100):.6g}%"

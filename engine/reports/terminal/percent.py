"""Format confidences and levels as percentages."""

from __future__ import annotations

import math

from engine.advice.rounding import rounded


def format_confidence(confidence: float) -> str:
    """Format ``confidence`` (0..1) in whole percent, rounded down.

    Rounding up could show a confidence below a threshold as if it reached it.
    """
    return f"{math.floor(rounded(rounded(confidence) * 100))}%"  # 0.29 * 100 is a little below 29


def format_level(level: float) -> str:
    """Format ``level`` (0..1) in percent, with all its digits."""
    return f"{rounded(level * 100):.6g}%"

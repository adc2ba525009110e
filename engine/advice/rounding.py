"""Round numbers for output and for ordering: six decimals, finite."""

from __future__ import annotations

import math
import sys

DECIMALS = 6


def rounded(value: float) -> float:
    """Round ``value`` to `DECIMALS`; an infinity becomes the largest double, as JSON has none."""
    if math.isinf(value):
        return math.copysign(sys.float_info.max, value)
    return round(value, DECIMALS) + 0.0  # adding 0.0 makes -0.0 plain 0.0

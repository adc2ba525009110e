"""Numbers as answers show and compare them: six decimals, finite."""

from __future__ import annotations

import math
import sys

DECIMALS = 6


def rounded(value: float) -> float:
    """Round ``value`` to `DECIMALS`.

    JSON has no infinity, which a sum may overflow to: the largest double stands for it.
    """
    if math.isinf(value):
        return math.copysign(sys.float_info.max, value)
    return round(value, DECIMALS) + 0.0  # adding 0.0 makes -0.0 plain 0.0

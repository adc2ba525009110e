"""Durations as authors write them: `90 minutes`, `3 days`, `2 business days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Unit = Literal["minute", "hour", "day", "week", "business hour", "business day"]

ELAPSED_UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "week")
UNITS: tuple[Unit, ...] = (*ELAPSED_UNITS, "business hour", "business day")
SECONDS: dict[Unit, int] = {
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "business hour": 3600,
}
MAX_SECONDS = 1_000_000 * SECONDS["week"] - 1
"""The longest duration in seconds: `AMOUNT` has six digits before the point."""
AMOUNT = r"[0-9]{1,6}(\.[0-9]{1,4})?"
DURATION_PATTERN = rf"{AMOUNT} ({'|'.join(UNITS)})s?"
"""Matches the whole of a duration; schemas/playbook.schema.json has the same pattern."""


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of elapsed time, or of open time on the playbook's calendar (``business``)."""

    amount: Fraction
    unit: Unit

    @property
    def business(self) -> bool:
        """Whether only the calendar's open hours count."""
        return self.unit.startswith("business")

    def seconds(self, business_day: int) -> int:
        """Return the length in seconds, where one business day has ``business_day`` seconds."""
        amount = self.amount
        # `//` rounds down. That is the same as `int(amount * seconds)`, since no amount is
        # negative, and is faster than multiplying fractions.
        return amount.numerator * SECONDS.get(self.unit, business_day) // amount.denominator

    def __str__(self) -> str:
        amount = str(float(self.amount)).removesuffix(".0")
        return f"{amount} {self.unit}" + ("" if self.amount == 1 else "s")


def read_duration(text: str) -> Duration | None:
    """Parse ``text`` such as `2 business days`; None if it is not a duration in whole seconds."""
    if not re.fullmatch(DURATION_PATTERN, text):
        return None
    amount, _, unit = text.partition(" ")
    name: Unit = next(known for known in UNITS if known == unit.removesuffix("s"))
    duration = Duration(Fraction(amount), name)
    # A business day has no fixed length here, but it is always a whole number of minutes.
    whole = duration.amount * SECONDS.get(name, 60)
    return duration if whole.denominator == 1 else None

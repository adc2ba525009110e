"""Check the calendar: its public holidays, and the order of the cadence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.assurance.lint.lint_target import LintTarget
from engine.language.problem import Problem
from engine.language.suggest import did_you_mean


def unknown_holiday(target: LintTarget) -> Iterator[Problem]:
    """Report each code under `holidays` that is not a known country or region."""
    from engine.book.calendar.calendar import known_holiday_codes

    for index, code in enumerate(target.playbook.calendar.holidays):
        if code not in known_holiday_codes():
            help = did_you_mean(code, known_holiday_codes())
            yield Problem(
                target.value("calendar", "holidays", index),
                "unknown-holiday",
                f"unknown country or region `{code}` for public holidays",
                help or "write a country such as `US`, or a region of one such as `DE-BY`",
            )


def cadence_order(target: LintTarget) -> Iterator[Problem]:
    """Report each step of the cadence that is due before the previous step."""
    if target.damage.of("cadence"):
        return
    day = target.playbook.calendar.business_day
    for index, (one, two) in enumerate(pairwise(target.playbook.cadence.steps), start=1):
        # Business and elapsed time compare differently for each start, so they are not compared.
        if one.business == two.business and two.seconds(day) < one.seconds(day):
            yield Problem(
                target.value("cadence", "steps", index),
                "cadence-order",
                f"`{two}` comes after `{one}`, but is due earlier",
                "all steps count from the start of the silence: write them in ascending order",
            )

"""Check that prospects can be in each region of the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from engine.assurance.lint.lint_target import LintTarget
from engine.language.conditions import Value
from engine.language.hours.calendar_tree import Region
from engine.language.problem import Problem

_MAX_REGIONS = 300
"""More regions are not compared: the time grows with their square."""

_MAX_PROSPECTS = 100
"""A region with more combinations of values is compared with single regions only."""


def region_never_fits(target: LintTarget) -> Iterator[Problem]:
    """Report each region whose prospects are all in regions before it."""
    regions = target.playbook.calendar.regions
    for index, region in enumerate(regions[:_MAX_REGIONS]):
        before = _before(region, regions[:index])
        if before:
            names = " and ".join(f"`{each.id}`" for each in before)
            yield Problem(
                target.key("calendar", "regions", region.id),
                "region-never-fits",
                f"no prospect ever gets the region `{region.id}`: all fit {names} first",
                "put it before them, or change what one of them is for",
                also=before[0].span,
            )


def _before(region: Region, earlier: Sequence[Region]) -> list[Region]:
    """Return the earlier regions that every prospect of ``region`` is in one of; else none."""
    wanted = {test.subject.id: test.values for test in region.fits}
    for one in earlier:
        if _covers(one, wanted):
            return [one]
    if prod(map(len, wanted.values())) > _MAX_PROSPECTS:
        return []
    found: dict[str, Region] = {}
    for values in product(*wanted.values()):
        known: dict[str, Value] = dict(zip(wanted, values, strict=True))
        first = next((one for one in earlier if one.holds(known)), None)
        if first is None:
            return []
        found[first.id] = first
    return list(found.values())


def _covers(one: Region, wanted: Mapping[str, Sequence[Value]]) -> bool:
    """Return whether ``one`` fits every prospect with the values ``wanted``."""
    return all(
        test.subject.id in wanted and set(wanted[test.subject.id]) <= set(test.values)
        for test in one.fits
    )

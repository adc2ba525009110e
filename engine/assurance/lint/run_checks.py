"""Run all checks on a playbook: those of loading it, and those that need the whole of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.assurance.lint.calendar_checks import (
    cadence_order,
    half_days_off,
    holidays_of_parts,
    hours_of_closed_weekday,
    long_night,
    overlapping_days,
    unknown_holiday,
    zone_without_place,
)
from engine.assurance.lint.causes import cause_out_of_reach, cause_without_action, zero_weight
from engine.assurance.lint.lint_target import Check, LintTarget
from engine.assurance.lint.loops import find_cycles_and_chains
from engine.assurance.lint.message_templates import unusable_template, unwelcome_wording
from engine.assurance.lint.never_holds import never_holds
from engine.assurance.lint.region_checks import region_never_fits
from engine.assurance.lint.source_claims import basis_without_source
from engine.assurance.lint.unused import (
    guard_blocks_nothing,
    stage_without_threshold,
    unused_fact,
    unused_signal,
)
from engine.language.load import LoadResult, load
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.yaml.document import KeyPath

OF_PARTS: tuple[Check, ...] = (
    unknown_holiday,
    holidays_of_parts,
    zone_without_place,
    zero_weight,
    unusable_template,
)
"""Checks of single entries, which are right even if other entries have errors."""

OF_THE_WHOLE: tuple[Check, ...] = (
    cadence_order,
    overlapping_days,
    long_night,
    half_days_off,
    hours_of_closed_weekday,
    region_never_fits,
    cause_out_of_reach,
    cause_without_action,
    stage_without_threshold,
    never_holds,
    unused_fact,
    unused_signal,
    guard_blocks_nothing,
    unwelcome_wording,
    basis_without_source,
)
"""Checks for what is missing or unused; if some entry could not be read, they could be wrong."""

_SECTIONS = {
    "fact": "facts",
    "signal": "signals",
    "cause": "causes",
    "action": "actions",
    "source": "sources",
}
"""The section that entries are declared in, by what problems call them."""


def load_checked(path: Path, name: str | None = None) -> LoadResult:
    """Load the playbook at ``path`` and check it.

    Problems call the file ``name``, which must be a path to it as well, since templates are
    resolved from it. The result has no playbook if one of the problems is an error.
    """
    loaded = load(path, name)
    problems = explain_off(loaded.problems, loaded.removed)
    if loaded.document is not None and loaded.partial is not None:
        problems += _found(LintTarget(loaded.partial, loaded.document), errors_in(problems))
    playbook = None if errors_in(problems) else loaded.playbook
    return replace(loaded, playbook=playbook, problems=ordered(problems))


def _found(target: LintTarget, in_parts: bool) -> list[Problem]:
    found = find_cycles_and_chains(target.playbook)
    checks = OF_PARTS if in_parts or found else OF_PARTS + OF_THE_WHOLE
    return found + [problem for check in checks for problem in check(target)]


def explain_off(problems: Iterable[Problem], removed: dict[KeyPath, Span]) -> list[Problem]:
    """Return ``problems``; those about a name that an `off` removed say so."""
    # By the message: a code and a place do not tell which of several names is unknown.
    off = {
        f"unknown {kind} `{place[-1]}`": (kind, place[-1], span)
        for place, span in removed.items()
        for kind, section in _SECTIONS.items()
        if place == (section, place[-1])
    }
    return [
        _off_in_use(problem, *off[problem.message]) if problem.message in off else problem
        for problem in problems
    ]


def _off_in_use(problem: Problem, kind: str, id: str | int, removed: Span) -> Problem:
    if problem.code != f"unknown-{kind}":
        return problem
    message = f"{kind} `{id}` is used here, but is `off` in {removed.file}:{removed.line}"
    return Problem(
        problem.span, "off-in-use", message, "remove the `off`, or what uses it", also=removed
    )

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
from engine.assurance.lint.damage import Damage, damage_by
from engine.assurance.lint.lint_target import Check, LintTarget
from engine.assurance.lint.loops import find_cycles_and_chains
from engine.assurance.lint.messages.message_templates import unusable_template, unwelcome_wording
from engine.assurance.lint.never_holds import never_holds
from engine.assurance.lint.overrides import off_notes, stale_reason
from engine.assurance.lint.region_checks import region_never_fits
from engine.assurance.lint.source_claims import basis_without_source
from engine.assurance.lint.thresholds import (
    no_silence,
    stage_left_out,
    stage_without_threshold,
)
from engine.assurance.lint.unknowns import blank_is_not_false, guard_fails_open
from engine.assurance.lint.unused import guard_blocks_nothing, unused_fact, unused_signal
from engine.language.load import LoadResult, load
from engine.language.model import Playbook
from engine.language.problem import Problem, Span, errors_in, ordered
from engine.language.yaml.document import Document, KeyPath

OF_PARTS: tuple[Check, ...] = (
    unknown_holiday,
    holidays_of_parts,
    zone_without_place,
    zero_weight,
    no_silence,
    unusable_template,
)
"""Checks of single entries, which are right whatever else has errors."""

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
    stage_left_out,
    never_holds,
    unused_fact,
    unused_signal,
    guard_blocks_nothing,
    guard_fails_open,
    unwelcome_wording,
    basis_without_source,
    stale_reason,
    blank_is_not_false,
)
"""Checks that look at several entries; each leaves out what other errors reach: see `Damage`."""

_CONSEQUENCES = ("cause-out-of-reach", "cause-without-action", "stage-without-threshold")
"""Codes of what an `off` may do to the rules that are left."""

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
        problems += _found(loaded, loaded.partial, loaded.document, problems)
    follows = [problem for problem in problems if _follows_from_off(problem, loaded)]
    problems = [problem for problem in problems if problem not in follows]
    playbook = None if errors_in(problems) else loaded.playbook
    notes = ordered([*off_notes(loaded), *follows])
    return replace(loaded, playbook=playbook, problems=ordered(problems), notes=notes)


def _follows_from_off(problem: Problem, loaded: LoadResult) -> bool:
    """Return whether a problem in a file that is extended is there because something is `off`.

    Its author cannot know, and a playbook that turns nothing off does not have it.
    """
    elsewhere = loaded.document is not None and problem.span.file != loaded.document.name
    return elsewhere and bool(loaded.removed) and problem.code in _CONSEQUENCES


def _found(
    loaded: LoadResult, playbook: Playbook, document: Document, problems: list[Problem]
) -> list[Problem]:
    """Return what the checks find.

    Args:
        loaded: The playbook as loaded.
        playbook: What could be read.
        document: What it was read from.
        problems: Those of loading it.
    """
    found = find_cycles_and_chains(playbook)
    damage = damage_by(problems, document)
    target = LintTarget(
        playbook,
        document,
        damage=Damage(document, frozenset()) if damage is None else damage,
        files=loaded.files,
        removed=loaded.removed,
        replaced=loaded.replaced,
    )
    checks = OF_PARTS if damage is None or found else OF_PARTS + OF_THE_WHOLE
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

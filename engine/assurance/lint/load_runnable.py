"""A playbook read for use: only what evaluating it relies on is checked.

Names, types and shapes are checked wherever a playbook is read. Beyond that an evaluator needs that
no rule feeds itself and that every holiday is known. All else that `checks` finds (a cause without
an action, a template with a slip) is for authors and CI: it changes nothing of what a rep is told,
and takes longer than the answer.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.assurance.lint.calendar_checks import unknown_holiday
from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.loops import find_cycles
from engine.language.load import LoadResult, load
from engine.language.problem import errors_in, ordered


def load_runnable(path: Path, name: str | None = None) -> LoadResult:
    """Read the playbook at ``path``; the reading has a playbook only where it can be evaluated."""
    reading = load(path, name)
    if reading.playbook is None or reading.document is None:
        return reading
    effective = LintTarget(reading.playbook, reading.document)
    problems = [*reading.problems, *find_cycles(reading.playbook), *unknown_holiday(effective)]
    playbook = None if errors_in(problems) else reading.playbook
    return replace(reading, playbook=playbook, problems=ordered(problems))

"""Load a playbook for use, with only the checks that an evaluator relies on.

Names, types and the schema are checked whenever a playbook is loaded. Beyond that, an evaluator
needs that no rule feeds itself, that no chain of rules is too long, that all holidays are known.
All else that `run_checks` finds (a cause without an action, an error in a template) is for authors
and CI: it does not change what a rep sees, and would take longer than the evaluation.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.assurance.lint.calendar_checks import unknown_holiday
from engine.assurance.lint.damage import Damage
from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.loops import find_cycles_and_chains
from engine.language.load import LoadResult, load
from engine.language.problem import errors_in, ordered


def load_runnable(path: Path, name: str | None = None) -> LoadResult:
    """Load the playbook at ``path``; the result has a playbook only if it can be evaluated."""
    loaded = load(path, name)
    if loaded.playbook is None or loaded.document is None:
        return loaded
    damage = Damage(loaded.document, frozenset())
    target = LintTarget(loaded.playbook, loaded.document, damage=damage)
    problems = [
        *loaded.problems,
        *find_cycles_and_chains(loaded.playbook),
        *unknown_holiday(target),
    ]
    playbook = None if errors_in(problems) else loaded.playbook
    return replace(loaded, playbook=playbook, problems=ordered(problems))

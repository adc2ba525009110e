"""Check for conditions that cannot be true, so that their rules never fire."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.truths.possible_truths import impossible
from engine.language.conditions import All, Condition, Equals, Known, Ref
from engine.language.model import Playbook
from engine.language.problem import Problem
from engine.language.walk import EvidenceId, RuleId, conditions, measure_conditions
from engine.language.yaml.document import KeyPath


def never_holds(target: LintTarget) -> Iterator[Problem]:
    """Report each condition that cannot be true, so that its rule never fires."""
    playbook = target.playbook
    for place, condition in conditions_to_fire(playbook):
        ref = impossible(playbook, condition)
        if ref is not None:
            yield _never(target, place, ref)
    for measure, (_, place, condition) in measure_conditions(playbook):
        ref = impossible(playbook, condition, playbook.columns[measure.table].values())
        if ref is not None:
            yield _never(target, place, ref)


def _never(target: LintTarget, place: KeyPath, subject: Ref) -> Problem:
    return Problem(
        target.key(*place),
        "never-holds",
        f"this is never true, whatever `{subject}` is",
        "two parts contradict each other, here or in a fact that this reads",
    )


def conditions_to_fire(playbook: Playbook) -> Iterator[tuple[KeyPath, Condition]]:
    """Yield the key of each rule's condition, and all that must hold for the rule to fire.

    For evidence of a cause without `when`, that is its own condition and `dark: true`.
    """
    for owner, place, condition in conditions(playbook):
        if place[0] != "facts":
            beside = _required_beside(playbook, owner)
            whole = condition if beside is None else All((beside, condition), span=beside.span)
            yield place, whole


def _required_beside(playbook: Playbook, owner: RuleId | EvidenceId) -> Condition | None:
    """Return what must hold besides the owner's own condition before the owner can fire."""
    match owner:
        case EvidenceId(cause=id):
            cause = playbook.causes[id]
            dark = Equals(Ref("dark", "dark", "boolean"), True, span=cause.span)
            return dark if cause.when is None else cause.when
        case RuleId("dark", id):
            span = playbook.thresholds[id].span
            return Known(Ref("fact", "silent_since", "time"), True, span=span)
        case RuleId("actions", id) if playbook.actions[id].fits:
            span = playbook.actions[id].span
            return Equals(Ref("cause_known", "cause_known", "boolean"), True, span=span)
        case _:
            return None

"""Checks of conditions that cannot be true, so that the rules they belong to never fire."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.possible_truths import impossible
from engine.assurance.lint.target import LintTarget
from engine.language.conditions import All, Condition, Equals, Known, Ref
from engine.language.model import Playbook
from engine.language.problem import Problem
from engine.language.yaml.document import KeyPath


def never_holds(effective: LintTarget) -> Iterator[Problem]:
    """A condition that cannot be true, so that its rule never fires."""
    playbook = effective.playbook
    for place, condition in conditions_of(playbook):
        subject = impossible(playbook, condition)
        if subject is not None:
            yield _never(effective, place, subject)
    for fact in playbook.facts.values():
        if fact.measure is not None and fact.measure.where is not None:
            columns = playbook.columns[fact.measure.table].values()
            subject = impossible(playbook, fact.measure.where, columns)
            if subject is not None:
                yield _never(effective, ("facts", fact.id, "measure", "where"), subject)


def _never(effective: LintTarget, place: KeyPath, subject: Ref) -> Problem:
    return Problem(
        effective.key(*place),
        "never-holds",
        f"no value of `{subject}` lets this hold",
        "two of its parts exclude each other, here or in a fact it reads",
    )


def conditions_of(playbook: Playbook) -> Iterator[tuple[KeyPath, Condition]]:
    """Every condition of a rule with all that must hold beside it, and the place of its key."""
    for threshold in playbook.thresholds.values():
        silent = Known(Ref("fact", "silent_since", "time"), True, span=threshold.span)
        yield ("dark", threshold.id, "when"), _both(silent, threshold.when)
    for signal in playbook.signals.values():
        yield ("signals", signal.id, "when"), signal.when
    for cause in playbook.causes.values():
        dark = Equals(Ref("dark", "dark", "boolean"), True, span=cause.span)
        considered = dark if cause.when is None else cause.when
        if cause.when is not None:
            yield ("causes", cause.id, "when"), cause.when
        for item in cause.evidence:
            place = ("causes", cause.id, "evidence", item.id, "when")
            yield place, _both(considered, item.when)
    for action in playbook.actions.values():
        diagnosed = Equals(Ref("cause_known", "cause_known", "boolean"), True, span=action.span)
        when = _both(diagnosed, action.when) if action.fits else action.when
        yield ("actions", action.id, "when"), when
    for guard in playbook.guards.values():
        yield ("guards", guard.id, "unless" if guard.unless else "while"), guard.condition


def _both(one: Condition, two: Condition) -> Condition:
    return All((one, two), span=one.span)

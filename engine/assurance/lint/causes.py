"""Checks of causes: whether they can be diagnosed, and whether anybody does anything about it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.contradictions import conditions_of
from engine.assurance.lint.target import LintTarget
from engine.language.conditions import refs_in
from engine.language.model import Cause, Playbook
from engine.language.problem import Problem
from engine.semantics.dependencies import dependencies


def cause_out_of_reach(effective: LintTarget) -> Iterator[Problem]:
    """A cause that is not diagnosed even where all that speaks for it comes together.

    One whose confidence a rule reads has a use all the same, if no action waits for its diagnosis.
    """
    playbook = effective.playbook
    level = playbook.diagnosed_at
    waited_for = {id for action in playbook.actions.values() for id in action.fits}
    for cause in playbook.causes.values():
        most = highest_confidence(cause)
        if most < level and (cause.id in waited_for or cause.id not in _read_directly(playbook)):
            yield Problem(
                effective.key("causes", cause.id),
                "cause-out-of-reach",
                f"cause `{cause.id}` gets a confidence of {most:.4g} at most, "
                f"and is diagnosed from {level:g} on",
                "give its evidence more weight, or lower `at_least` under `diagnosis`",
            )


def _read_directly(playbook: Playbook) -> frozenset[str]:
    """The causes whose confidence some condition tests."""
    conditions = [condition for _, condition in conditions_of(playbook)]
    conditions += [fact.when for fact in playbook.facts.values() if fact.when is not None]
    subjects = (subject for condition in conditions for subject in refs_in(condition))
    return frozenset(subject.id for subject in subjects if subject.kind == "cause")


def highest_confidence(cause: Cause) -> float:
    """The confidence where all evidence for ``cause`` fires and none against it."""
    doubt = 1.0
    for item in cause.evidence:
        doubt *= 1.0 - (item.weight or 0.0)
    return 1.0 - doubt


def zero_weight(effective: LintTarget) -> Iterator[Problem]:
    """Evidence of weight 0, which changes nothing where it fires."""
    for cause in effective.playbook.causes.values():
        for item in cause.evidence:
            key = "weight" if item.against is None else "against"
            if (item.weight or item.against or 0.0) == 0.0:
                yield Problem(
                    effective.value("causes", cause.id, "evidence", item.id, key),
                    "zero-weight",
                    f"evidence `{item.id}` with `{key}: 0` changes nothing",
                    "give it a number above 0, or take it out",
                    severity="warning",
                )


def cause_without_action(effective: LintTarget) -> Iterator[Problem]:
    """A cause that no action is for and no rule reads, where actions do say what they are for."""
    playbook = effective.playbook
    fed = (names for rule, names in dependencies(playbook).items() if rule != "cause_known")
    read = {name for names in fed for name in names}
    answered = any(action.fits for action in playbook.actions.values())
    for id in playbook.causes:
        if answered and f"causes.{id}" not in read:
            yield Problem(
                effective.key("causes", id),
                "cause-without-action",
                f"no action is for the cause `{id}`",
                f"name it in an action: `for: {{{id}: 0.8}}`",
                severity="warning",
            )

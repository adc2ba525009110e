"""Check causes: whether they can be diagnosed, and whether an action or rule makes use of them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.language.model import Cause, Playbook
from engine.language.problem import Problem
from engine.language.walk import CAUSE_KNOWN, RuleId, conditions, refs_in
from engine.semantics.dependencies import dependencies


def cause_out_of_reach(target: LintTarget) -> Iterator[Problem]:
    """Report each cause that is not diagnosed even if all evidence for it fires.

    A cause is useful without a diagnosis if a rule reads its confidence and no action is for it.
    """
    playbook = target.playbook
    level = playbook.diagnosed_at
    waited_for = {id for action in playbook.actions.values() for id in action.fits}
    read = _read_directly(playbook)
    for cause in playbook.causes.values():
        most = highest_confidence(cause)
        unread = cause.id not in read and not target.damage.of_rules
        in_doubt = target.damage.of("causes", cause.id) or target.damage.of("diagnosis")
        if most < level and (cause.id in waited_for or unread) and not in_doubt:
            yield Problem(
                target.key("causes", cause.id),
                "cause-out-of-reach",
                f"cause `{cause.id}` can only reach a confidence of {most:.4g}, "
                f"but is diagnosed from {level:g}",
                "give its evidence more weight, or lower `at_least` under `diagnosis`",
            )


def _read_directly(playbook: Playbook) -> frozenset[str]:
    """Return the causes whose confidence some condition compares."""
    refs = (ref for each in conditions(playbook) for ref in refs_in(each.condition))
    return frozenset(ref.id for ref in refs if ref.kind == "cause")


def highest_confidence(cause: Cause) -> float:
    """Return the confidence if all evidence for ``cause`` fires and none against it."""
    doubt = 1.0
    for item in cause.evidence:
        doubt *= 1.0 - (item.weight or 0.0)
    return 1.0 - doubt


def zero_weight(target: LintTarget) -> Iterator[Problem]:
    """Report evidence of weight 0, which has no effect."""
    for cause in target.playbook.causes.values():
        for item in cause.evidence:
            key = "weight" if item.against is None else "against"
            in_doubt = target.damage.of("causes", cause.id, "evidence", item.id)
            if (item.weight or item.against or 0.0) == 0.0 and not in_doubt:
                yield Problem(
                    target.value("causes", cause.id, "evidence", item.id, key),
                    "zero-weight",
                    f"evidence `{item.id}` has no effect because of `{key}: 0`",
                    "write a number above 0, or remove the evidence",
                    severity="warning",
                )


def cause_without_action(target: LintTarget) -> Iterator[Problem]:
    """Report each cause that no action is for and no rule reads.

    Only if some action names causes: otherwise actions of this playbook are for any cause.
    """
    playbook = target.playbook
    graph = dependencies(playbook).graph
    fed = (feeders for rule, feeders in graph.items() if rule != CAUSE_KNOWN)
    read = {name for names in fed for name in names}
    answered = any(action.fits for action in playbook.actions.values())
    for id in playbook.causes:
        if answered and RuleId("causes", id) not in read and not target.damage.of_rules:
            yield Problem(
                target.key("causes", id),
                "cause-without-action",
                f"no action addresses the cause `{id}`",
                f"name it in an action: `for: {{{id}: 0.8}}`",
                severity="warning",
            )

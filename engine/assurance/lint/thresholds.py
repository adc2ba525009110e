"""Check thresholds: is there one for every stage, and may silence last at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.truths.possible_truths import (
    Assumption,
    Truths,
    comparisons_read,
    possible_truths,
)
from engine.assurance.lint.unused import CLOSED
from engine.language.conditions import Condition, Ref
from engine.language.model import Playbook
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.walk import comparisons_in

_STAGE = Ref("fact", "stage", "choice")
_MAX_NAMED = 3
"""The most facts that a help names."""


def no_silence(target: LintTarget) -> Iterator[Problem]:
    """Report each threshold that passes as soon as silence begins."""
    day = target.playbook.calendar.business_day
    for threshold in target.playbook.thresholds.values():
        if threshold.silent_for.seconds(day) == 0:
            yield Problem(
                target.value("dark", threshold.id, "silent_for"),
                "no-silence",
                f"`{threshold.silent_for}` is no silence: everybody is dark as soon as we write",
                "write how long silence may last, such as `3 days`",
                severity="warning",
            )


def stage_without_threshold(target: LintTarget) -> Iterator[Problem]:
    """Report each choice of `stage` in which nobody goes dark by silence alone.

    A stage in which the derived fact `closed` holds needs no threshold.
    """
    playbook = target.playbook
    in_doubt = target.damage.of("dark") or target.damage.of("facts")
    if playbook.thresholds and not in_doubt:
        for index, stage in enumerate(_stages(playbook)):
            message = None if _is_closed(playbook, stage) else _lack(playbook, stage)
            if message is not None:
                yield Problem(
                    target.value("facts", "stage", "choices", index),
                    "stage-without-threshold",
                    message,
                    f"add one under `dark` with `when: {{stage: {stage}}}`, or if nothing is open "
                    f"there, a fact `closed: {{when: {{stage: {stage}}}}}`",
                    severity="warning",
                )


def stage_left_out(target: LintTarget) -> Iterator[Problem]:
    """Report each stage that the file adds and that no derived fact of stages covers.

    Rules read such facts, `open_deal` say, and none of those would apply in the new stage.
    """
    playbook = target.playbook
    before = target.replaced.get(("facts", "stage", "choices"))
    if not isinstance(before, list) or target.damage.of("facts"):
        return
    groups = {
        fact.id: {
            stage for stage in _stages(playbook) if True in _truths(playbook, fact.when, stage)
        }
        for fact in playbook.facts.values()
        if fact.when is not None and _names_stage(fact.when)
    }
    covered = set().union(*groups.values())
    # Where most stages are read one by one, a new one is no exception.
    if 2 * len(covered & set(before)) <= len(before):
        return
    largest = sorted(groups, key=lambda fact: -len(groups[fact]))[:_MAX_NAMED]
    for index, stage in enumerate(_stages(playbook)):
        if stage not in covered and stage not in before:
            yield Problem(
                target.value("facts", "stage", "choices", index),
                "stage-left-out",
                f"the new stage {quoted(stage)} is in no derived fact that tells stages apart",
                f"name it where it belongs, such as in {' or '.join(map(quoted, largest))}",
                severity="warning",
            )


def _stages(playbook: Playbook) -> tuple[str, ...]:
    stage = playbook.facts.get("stage")
    return stage.choices if stage is not None and stage.type == "choice" else ()


def _is_closed(playbook: Playbook, stage: str) -> bool:
    closed = playbook.facts.get(CLOSED)
    when = None if closed is None else closed.when
    return when is not None and _truths(playbook, when, stage) == {True}


def _lack(playbook: Playbook, stage: str) -> str | None:
    """Return what is missing in ``stage``; None if somebody there may go dark by silence alone."""
    applying = [
        threshold.when
        for threshold in playbook.thresholds.values()
        if True in _truths(playbook, threshold.when, stage)
    ]
    if not applying:
        return f"no threshold applies in the stage {quoted(stage)}, so nobody in it ever goes dark"
    for when in applying:
        # A threshold that names the stage is what its author wants there.
        if any(test.subject == _STAGE for test in comparisons_read(playbook, when)):
            return None
        if True in _truths(playbook, when, stage, alone=True):
            return None
    return f"silence alone makes nobody dark in the stage {quoted(stage)}: all thresholds need more"


def _truths(playbook: Playbook, when: Condition, stage: str, *, alone: bool = False) -> Truths:
    return possible_truths(playbook, when, Assumption(_STAGE, stage, alone))


def _names_stage(when: Condition) -> bool:
    return any(test.subject == _STAGE for test in comparisons_in(when))

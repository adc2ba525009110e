"""Check thresholds: whether there is one for every stage, and whether silence may last at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.truths.possible_truths import Assumption, possible_truths
from engine.language.conditions import Ref
from engine.language.problem import Problem


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
    """Report each choice of `stage` in which no threshold can pass, so nobody goes dark."""
    playbook = target.playbook
    stage = playbook.facts.get("stage")
    in_doubt = target.damage.of("dark") or target.damage.of("facts")
    if stage is None or stage.type != "choice" or not playbook.thresholds or in_doubt:
        return
    subject = Ref("fact", "stage", "choice")
    for index, choice in enumerate(stage.choices):
        assumption = Assumption(subject, choice)
        thresholds = playbook.thresholds.values()
        if not any(True in possible_truths(playbook, item.when, assumption) for item in thresholds):
            yield Problem(
                target.value("facts", "stage", "choices", index),
                "stage-without-threshold",
                f"no threshold applies in the stage `{choice}`, so nobody in it ever goes dark",
                f"add one under `dark` with `when: {{stage: {choice}}}`",
                severity="warning",
            )

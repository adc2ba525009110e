"""Check thresholds: is there one for every stage, and may silence last at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.truths.possible_truths import (
    Assumption,
    Truths,
    Work,
    comparisons_read,
    possible_truths,
)
from engine.assurance.lint.truths.sample_values import named_in
from engine.assurance.lint.unused import CLOSED
from engine.language.conditions import Condition, Ref
from engine.language.model import Playbook
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.walk import comparisons_in

STAGE = Ref("fact", "stage", "choice")
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
    playbook, work = target.playbook, Work()
    if not playbook.thresholds or target.damage.of("dark") or target.damage.of("facts"):
        return
    lacks = _lacks(playbook, _stages(playbook), work)
    closed = playbook.facts.get(CLOSED)
    done: set[str] = set()
    if lacks and closed is not None and closed.when is not None:
        done = _stages_where(playbook, closed.when, lacks.keys(), _certain, work)
    for stage, lack in lacks.items():
        if stage not in done:
            yield Problem(
                _place_of(target, stage),
                "stage-without-threshold",
                lack,
                f"add one under `dark` with `when: {{stage: {stage}}}`, or if nothing is open "
                f"there, a fact `closed: {{when: {{stage: {stage}}}}}`",
                severity="warning",
            )


def stage_left_out(target: LintTarget) -> Iterator[Problem]:
    """Report each stage that the file adds and that no derived fact of stages covers.

    Rules read such facts, `open_deal` say, and none of those would apply in the new stage.
    """
    playbook, work = target.playbook, Work()
    replaced = target.replaced.get(("facts", "stage", "choices"))
    if not isinstance(replaced, list | dict) or target.damage.of("facts"):
        return
    before, stages = set(replaced), _stages(playbook)
    groups = {
        fact.id: _stages_where(playbook, fact.when, set(stages), _possible, work)
        for fact in playbook.facts.values()
        if fact.when is not None and _names_stage(fact.when)
    }
    covered = set().union(*groups.values())
    # Where most stages are read one by one, a new one is no exception.
    if 2 * len(covered & before) <= len(before):
        return
    largest = sorted(groups, key=lambda fact: -len(groups[fact]))[:_MAX_NAMED]
    for stage in stages:
        if stage not in covered and stage not in before:
            yield Problem(
                _place_of(target, stage),
                "stage-left-out",
                f"the new stage {quoted(stage)} is in no derived fact that tells stages apart",
                f"name it where it belongs, such as in {' or '.join(map(quoted, largest))}",
                severity="warning",
            )


def _stages(playbook: Playbook) -> tuple[str, ...]:
    stage = playbook.facts.get("stage")
    return stage.choices.ids if stage is not None and stage.type == "choice" else ()


def _place_of(target: LintTarget, stage: str) -> Span:
    """Return where a stage is declared: as an item of the list of choices, or a key of the map."""
    place = ("facts", "stage", "choices")
    if (*place, stage) in target.document.key_spans:
        return target.key(*place, stage)
    return target.value(*place, _stages(target.playbook).index(stage))


def _lacks(playbook: Playbook, stages: tuple[str, ...], work: Work) -> dict[str, str]:
    """Return what is missing in each stage where nobody may go dark by silence alone.

    Args:
        playbook: Has the thresholds.
        stages: All stages.
        work: None is reported if it would take more.
    """
    left, need_more = set(stages), False
    alone = {fact.id: fact.default for fact in playbook.facts.values() if fact.given}
    for threshold in playbook.thresholds.values():
        # What its author wrote: that it is for open deals only costs as much as all else together.
        when = threshold.shown
        tests = list(comparisons_read(playbook, when))
        if not work.allows(len(tests)):
            return {}
        if any(test.subject == STAGE for test in tests):
            # A threshold that names the stage is what its author wants there.
            left -= _stages_where(playbook, when, left, _possible, work)
        elif True in possible_truths(playbook, when, Assumption(STAGE, None)):
            if True in possible_truths(playbook, when, Assumption(STAGE, None, alone)):
                return {}
            need_more = True
    return {stage: _lack(stage, need_more) for stage in stages if stage in left}


def _lack(stage: str, need_more: bool) -> str:
    if need_more:
        return (
            f"silence alone makes nobody dark in the stage {quoted(stage)}: all thresholds need "
            "more"
        )
    return f"no threshold applies in the stage {quoted(stage)}, so nobody in it ever goes dark"


def _stages_where(
    playbook: Playbook,
    when: Condition,
    stages: AbstractSet[str],
    holds: Callable[[Truths], bool],
    work: Work,
) -> set[str]:
    """Return the stages in which the possible truths of a condition are as ``holds`` says.

    All stages that the condition does not name are the same to it, so that one of them is tried.

    Args:
        playbook: Has the derived facts that the condition reads.
        when: The condition.
        stages: The stages to try.
        holds: Takes the truths that are possible in a stage.
        work: All ``stages`` are returned if it would take more.
    """
    tests = list(comparisons_read(playbook, when))
    words = named_in(test for test in tests if test.subject == STAGE)
    named = words & stages
    other = next((stage for stage in stages if stage not in words), None)
    tried = named if other is None else named | {other}
    if not work.allows(len(tests) * len(tried)):
        return set(stages)
    found = {
        stage for stage in tried if holds(possible_truths(playbook, when, Assumption(STAGE, stage)))
    }
    return found | (stages - words) if other in found else found


def _possible(truths: Truths) -> bool:
    return True in truths


def _certain(truths: Truths) -> bool:
    return truths == {True}


def _names_stage(when: Condition) -> bool:
    return any(test.subject == STAGE for test in comparisons_in(when))

"""Check for conditions that cannot be true, so that their rules never fire."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.truths.possible_truths import Work, impossible
from engine.language.conditions import All, AnyOf, Condition, Equals, Known, Not, Ref, Within
from engine.language.durations import SECONDS, Duration, Unit
from engine.language.model import Playbook, Threshold
from engine.language.problem import Problem
from engine.language.walk import EvidenceId, RuleId, conditions, measure_conditions
from engine.language.yaml.document import KeyPath


def never_holds(target: LintTarget) -> Iterator[Problem]:
    """Report each condition that cannot be true, so that its rule never fires."""
    playbook, work = target.playbook, Work()
    for place, condition, beside in conditions_to_fire(playbook):
        if not _in_doubt(target, place):
            ref = impossible(playbook, condition, work, beside=beside)
            if ref is not None:
                yield _never(target, place, ref)
    for measure, (_, place, condition) in measure_conditions(playbook):
        columns = playbook.columns[measure.table].values()
        if not _in_doubt(target, place):
            ref = impossible(playbook, condition, work, columns=columns)
            if ref is not None:
                yield _never(target, place, ref)


def _in_doubt(target: LintTarget, place: KeyPath) -> bool:
    """Return whether other errors reach the condition at ``place``, or what must hold beside it."""
    beside = {"dark": ("silent_for", "since"), "causes": ("when",)}.get(str(place[0]), ())
    entry = place[:2]
    return target.damage.reaches(*place) or any(
        target.damage.reaches(*entry, key)
        for key in beside
        if (*entry, key) in target.document.spans
    )


def _never(target: LintTarget, place: KeyPath, subject: Ref) -> Problem:
    """Word the problem, with the silence or the open deals of a threshold if only these matter."""
    message = f"this is never true, whatever `{subject}` is"
    help = "two parts contradict each other, here or in a fact that this reads"
    threshold = target.playbook.thresholds[str(place[1])] if place[0] == "dark" else None
    if threshold is not None and impossible(target.playbook, threshold.shown, Work()) is None:
        lasting = _silent_for(target.playbook, threshold)
        if impossible(target.playbook, threshold.shown, Work(), beside=lasting) is None:
            message = (
                f"a threshold is for open deals, so whatever `{subject}` is, this is never true"
            )
            help = "add `closed: true` if it is for deals that are won or lost"
        else:
            message = (
                f"this is never true once silence has lasted `{threshold.silent_for}`, "
                f"whatever `{subject}` is"
            )
    return Problem(target.key(*place), "never-holds", message, help)


def conditions_to_fire(playbook: Playbook) -> Iterator[tuple[KeyPath, Condition, Condition | None]]:
    """Yield the key of each rule's condition, it, and what must hold besides for the rule to fire.

    For evidence of a cause without `when`, that is `dark: true`.
    """
    for owner, place, condition in conditions(playbook):
        match owner:
            case RuleId("dark", id):
                yield place, playbook.thresholds[id].shown, _required_beside(playbook, owner)
            case RuleId("facts"):
                pass
            case _:
                yield place, condition, _required_beside(playbook, owner)


def _silent_for(playbook: Playbook, threshold: Threshold) -> Condition:
    """Return that silence began, and that it has lasted as long as ``threshold`` says.

    It counts from the later of `silent_since` and the threshold's own fact, if that is known.
    """
    span = threshold.span
    silent, since = (Ref("fact", id, "time") for id in ("silent_since", threshold.since))
    parts: list[Condition] = [Known(silent, True, span=span)]
    seconds = threshold.silent_for.seconds(playbook.calendar.business_day)
    if seconds > 0:
        unit: Unit = "business hour" if threshold.silent_for.business else "hour"
        shorter = Duration(Fraction(seconds - 1, SECONDS[unit]), unit)
        long_ago = {
            each: Not(Within(each, shorter, span=span), span=span) for each in (silent, since)
        }
        unset = Known(since, False, span=span)
        parts += [long_ago[silent], AnyOf((unset, long_ago[since]), span=span)]
    return All(tuple(parts), span=span)


def _required_beside(playbook: Playbook, owner: RuleId | EvidenceId) -> Condition | None:
    """Return what must hold besides the owner's own condition before the owner can fire."""
    match owner:
        case EvidenceId(cause=id):
            cause = playbook.causes[id]
            dark = Equals(Ref("dark", "dark", "boolean"), True, span=cause.span)
            return dark if cause.when is None else cause.when
        case RuleId("dark", id):
            threshold = playbook.thresholds[id]
            parts = (threshold.when, _silent_for(playbook, threshold))
            return All(parts, span=threshold.span)
        case RuleId("actions", id) if playbook.actions[id].fits:
            span = playbook.actions[id].span
            return Equals(Ref("cause_known", "cause_known", "boolean"), True, span=span)
        case _:
            return None

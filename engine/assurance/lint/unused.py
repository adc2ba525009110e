"""Check for what has no effect: facts and signals that no rule reads, guards that block nothing,
stages in which nobody goes dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.message_templates import variables_of
from engine.assurance.lint.possible_truths import (
    Assumption,
    Work,
    comparisons_read,
    possible_truths,
)
from engine.assurance.lint.sample_values import named_in
from engine.language.conditions import Ref
from engine.language.model import Action, Guard, Playbook, Threshold
from engine.language.parse.symbols import suggestion_candidates
from engine.language.problem import Problem, Span
from engine.language.suggest import did_you_mean
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies

ALWAYS_USED = frozenset({"name", "owner", "account", "timezone", "stage"})
"""Facts that are printed with every prospect, or that the calendar uses."""


def unused_fact(target: LintTarget) -> Iterator[Problem]:
    """Report each fact of the file that no rule, measure or message reads.

    Nothing is reported while a message cannot be read, as it might use the fact.
    """
    actions = target.playbook.actions.values()
    if not target.has_rules or None in map(variables_of, actions):
        return
    read = names_read(target.playbook)
    for fact in target.playbook.facts.values():
        asked = fact.id in ALWAYS_USED or fact.ask is not None or fact.hidden
        if target.is_local(fact.span) and not asked and RuleId("facts", fact.id) not in read:
            yield _unused(fact.span, "fact", fact.id, "use it in a condition, or remove it")


def unused_signal(target: LintTarget) -> Iterator[Problem]:
    """Report each signal of the file that no rule reads and that names no action."""
    read = names_read(target.playbook)
    for signal in target.playbook.signals.values():
        answered = signal.prevent or RuleId("signals", signal.id) in read
        if target.is_local(signal.span) and not answered:
            help = "name the actions that answer it: `prevent: [...]`"
            yield _unused(signal.span, "signal", signal.id, help)


def _unused(span: Span, kind: str, id: str, help: str) -> Problem:
    message = f"the {kind} `{id}` is never used"
    return Problem(span, f"unused-{kind}", message, help, severity="warning")


def names_read(playbook: Playbook) -> frozenset[RuleId]:
    """Return all facts and conclusions that a rule, measure, message or the cadence reads."""
    cadence = playbook.cadence
    facts = {cadence.start, cadence.count, cadence.gap_from}
    for action in playbook.actions.values():
        facts |= set(variables_of(action) or ())
    return dependencies(playbook).read | {RuleId("facts", id) for id in facts}


def guard_blocks_nothing(target: LintTarget) -> Iterator[Problem]:
    """Report each guard of the file itself that blocks no action."""
    playbook = target.playbook
    actions = _ActionsBy(playbook)
    problems: list[Problem] = []
    for guard in playbook.guards.values():
        blocks = any(guard.blocks(action) for action in actions.near(guard))
        if playbook.actions and target.is_local(guard.span) and not blocks:
            channels = suggestion_candidates(actions.channels, problems)
            problems.append(_blocks_nothing(target, guard, channels))
    yield from problems


class _ActionsBy:
    """The actions of a playbook, by what a guard can say of them.

    To try every guard on every action would take quadratic time.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._actions = playbook.actions
        self._kinds = {action.kind: action for action in playbook.actions.values()}
        self._channels: dict[str, dict[str, Action]] = {}
        for action in playbook.actions.values():
            if action.channel:
                self._channels.setdefault(action.channel, {})[action.kind] = action
        self.channels = set(self._channels)

    def near(self, guard: Guard) -> Iterable[Action]:
        """Return actions of which ``guard`` blocks one if it blocks any."""
        if guard.actions:
            return [self._actions[id] for id in guard.actions if id in self._actions]
        if guard.channels:
            found = [self._channels.get(channel, {}) for channel in guard.channels]
            return [action for alike in found for action in alike.values()]
        return self._kinds.values()


def _blocks_nothing(target: LintTarget, guard: Guard, channels: Iterable[str]) -> Problem:
    return Problem(
        target.key("guards", guard.id, "blocks"),
        "guard-blocks-nothing",
        f"guard `{guard.id}` matches no action",
        _meant_channel(guard, channels) or "check its `blocks`: an action must match all keys",
        severity="warning",
    )


def _meant_channel(guard: Guard, channels: Iterable[str]) -> str | None:
    known = set(channels)
    meant = (did_you_mean(word, known) for word in guard.channels if word not in known)
    return next((help for help in meant if help), None)


def stage_without_threshold(target: LintTarget) -> Iterator[Problem]:
    """Report each choice of `stage` in which no threshold can pass, so nobody goes dark."""
    playbook = target.playbook
    stage = playbook.facts.get("stage")
    if stage is None or stage.type != "choice" or not playbook.thresholds:
        return
    stages = [word.id for word in stage.choices]
    without = _without_threshold(playbook, stages)
    for index, choice in enumerate(stages):
        if choice in without:
            place = ("facts", "stage", "choices", choice)
            listed = place not in target.document.key_spans
            yield Problem(
                target.value(*place[:-1], index) if listed else target.key(*place),
                "stage-without-threshold",
                f"no threshold applies in the stage `{choice}`, so nobody in it ever goes dark",
                f"add one under `dark` with `when: {{stage: {choice}}}`",
                severity="warning",
            )


def _without_threshold(playbook: Playbook, stages: Sequence[str]) -> set[str]:
    """Return the ``stages`` in which the condition of no threshold can hold.

    Empty if that would take too long to find out.
    """
    subject, work = Ref("fact", "stage", "choice"), Work()
    left = set(stages)
    for threshold in playbook.thresholds.values():
        tests = list(comparisons_read(playbook, threshold.shown))
        words = named_in(test for test in tests if test.subject == subject)
        named = words & left
        if not work.allows(len(tests) * (len(named) + 2)):
            return set()
        other = next((stage for stage in stages if stage not in words), None)
        if other is not None and _may_hold(playbook, threshold, subject, other):
            left &= named  # all stages that a condition does not name are the same to it
        left -= {stage for stage in named if _may_hold(playbook, threshold, subject, stage)}
    return left


def _may_hold(playbook: Playbook, threshold: Threshold, subject: Ref, stage: str) -> bool:
    # What its author wrote: that it is for open deals only costs as much as all else together.
    return True in possible_truths(playbook, threshold.shown, Assumption(subject, stage))

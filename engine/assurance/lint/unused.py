"""Check for what has no effect: facts and signals that no rule reads, guards that block nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.messages.message_templates import variables_of
from engine.language.model import Action, Guard, Playbook
from engine.language.parse.symbols import suggestion_candidates
from engine.language.problem import Problem, Span
from engine.language.suggest import did_you_mean
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies

CLOSED = "closed"
"""The fact that says where nothing is open, so that no threshold is needed."""

ALWAYS_USED = frozenset({"name", "owner", "account", "timezone", "stage", CLOSED})
"""Facts that are printed with every prospect, or that the calendar or a check uses."""


def unused_fact(target: LintTarget) -> Iterator[Problem]:
    """Report each fact of the file that no rule, measure or message reads.

    Nothing is reported while a message cannot be read, as it might use the fact.
    """
    actions = target.playbook.actions.values()
    unread = None in map(variables_of, actions)
    if not target.has_rules or unread or target.damage.of_rules:
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
        if target.is_local(signal.span) and not answered and not target.damage.of_rules:
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
        in_doubt = target.damage.of("actions") or target.damage.of("guards", guard.id)
        if playbook.actions and target.is_local(guard.span) and not blocks and not in_doubt:
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

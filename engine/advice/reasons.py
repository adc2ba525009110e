"""Explain firings: for every comparison of a condition, what was found and what was needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from engine.advice.comparison_words import describe_found, describe_required
from engine.language.conditions import All, AnyOf, Condition, Not, Unless
from engine.language.model import Action, Cause, Evidence, Guard, Playbook
from engine.semantics.evaluate_conditions import Kleene, all_of, any_of, compare, negate, not_true
from engine.semantics.firings import Context, Firings, value_in
from engine.semantics.ranking import Step, blocking_guards, step_of


@dataclass(frozen=True, slots=True)
class Reason:
    """The truth of a condition, and why.

    Attributes:
        truth: True, False, or None if unknown.
        found: What was found, in words; empty for a combination.
        needed: What was needed, in words; for a combination, how many of its parts.
        parts: The reasons of the parts of a combination.
        condition: The condition.
    """

    truth: Kleene
    found: str
    needed: str
    parts: tuple[Reason, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class CauseReason:
    """A cause that an action is for: the fit, the confidence, and the evidence."""

    cause: Cause
    fit: float
    confidence: float
    diagnosed: bool
    evidence: tuple[tuple[Evidence, Reason], ...]


@dataclass(frozen=True, slots=True)
class ActionReason:
    """Why an action is recommended, held back, or neither.

    Attributes:
        action: The action.
        when: The reason of its `when`.
        causes: The causes that it is for; empty if it is for any cause.
        step: The step; None if the action is not eligible.
        guards: Each guard that can hold it back, whether it does, and the reason.
    """

    action: Action
    when: Reason
    causes: tuple[CauseReason, ...]
    step: Step | None
    guards: tuple[tuple[Guard, bool, Reason], ...]

    @property
    def recommended(self) -> bool:
        """Whether it is among the next steps."""
        return self.step is not None and not any(acts for _, acts, _ in self.guards)


class Explainer:
    """Explain one prospect's firings by evaluating the conditions again, part by part.

    Args:
        playbook: Has the rules.
        context: What is known.
        firings: What fired, by any evaluator.
    """

    def __init__(self, playbook: Playbook, context: Context, firings: Firings) -> None:
        self._playbook = playbook
        self._situation = context
        self._firings = firings
        self._value_of = partial(value_in, context, firings)

    def condition(self, condition: Condition) -> Reason:
        """Explain why ``condition`` holds, does not hold, or is unknown."""
        match condition:
            case All(parts):
                reasons = tuple(self.condition(part) for part in parts)
                truth = all_of(reason.truth for reason in reasons)
                needed = "all of these" if parts else "nothing: it always holds"
                return Reason(truth, "", needed, reasons, condition)
            case AnyOf(parts):
                reasons = tuple(self.condition(part) for part in parts)
                truth = any_of(reason.truth for reason in reasons)
                return Reason(truth, "", "one of these", reasons, condition)
            case Not(part):
                reason = self.condition(part)
                return _opposite(reason, negate(reason.truth), condition, "")
            case Unless(part):
                reason = self.condition(part)
                return _opposite(reason, not_true(reason.truth), condition, ", or unknown")
            case test:
                context = self._situation
                truth = compare(test, self._value_of, context.now, context.clock)
                found = describe_found(test, self._value_of, context.now, context.clock)
                return Reason(truth, found, describe_required(test), (), test)

    def cause(self, cause: Cause, fit: float) -> CauseReason:
        """Explain ``cause``, which an action answers with ``fit``: each piece of evidence."""
        return CauseReason(
            cause,
            fit,
            self._firings.confidence[cause.id],
            cause.id in self._firings.diagnosed,
            tuple((item, self.condition(item.when)) for item in cause.evidence),
        )

    def action(self, action: Action) -> ActionReason:
        """Explain why ``action`` is a next step, or why not."""
        acting = blocking_guards(self._playbook, action, self._firings)
        causes = self._playbook.causes
        return ActionReason(
            action,
            self.condition(action.when),
            tuple(self.cause(causes[name], fit) for name, fit in action.fits.items()),
            step_of(self._playbook, action, self._situation, self._firings),
            tuple(
                (guard, guard in acting, self.condition(guard.condition))
                for guard in self._playbook.guards.values()
                if guard.blocks(action)
            ),
        )


def _opposite(reason: Reason, truth: Kleene, whole: Condition, passes: str) -> Reason:
    """Explain `not` or `unless`: a comparison in words, with a combination as the only part.

    Args:
        reason: Of what stands below it.
        truth: Of the whole.
        whole: The condition.
        passes: What it lets pass besides what is false, in words.
    """
    if isinstance(reason.condition, All | AnyOf | Not | Unless):
        return Reason(truth, "", f"not this{passes}", (reason,), whole)
    return Reason(truth, reason.found, f"not {reason.needed}{passes}", (), whole)


def deciding_comparisons(reason: Reason) -> tuple[Reason, ...]:
    """Return the comparisons that make a condition true; none if it is not true.

    Of ``any: [a, {all: [b, c]}]`` where ``a`` and ``b`` are true, that is ``a`` alone.
    """
    if reason.truth is not True:
        return ()
    if not reason.parts:
        return (reason,) if reason.found else ()
    if isinstance(
        reason.condition, Not | Unless
    ):  # it is true because of what is false: all are shown
        return tuple(leaf for part in reason.parts for leaf in _leaves(part))
    return tuple(leaf for part in reason.parts for leaf in deciding_comparisons(part))


def _leaves(reason: Reason) -> tuple[Reason, ...]:
    if not reason.parts:
        return (reason,) if reason.found else ()
    return tuple(leaf for part in reason.parts for leaf in _leaves(part))

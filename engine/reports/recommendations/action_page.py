"""Format why one action is a next step for a prospect, is held back, or is neither."""

from __future__ import annotations

from typing import Any

from engine.advice.advisor import Evaluation
from engine.advice.reasons import ActionReason, CauseReason, Reason
from engine.advice.rounding import rounded
from engine.language.instants import iso
from engine.language.model import Guard
from engine.reports.escape import to_json
from engine.reports.recommendations.as_json import instant_json
from engine.reports.recommendations.deciding_tests import DecidingComparisons
from engine.reports.terminal.page import Page
from engine.reports.terminal.percent import format_confidence, format_level
from engine.reports.terminal.phrases import evidence_words, who
from engine.reports.terminal.style import Style
from engine.reports.terminal.times import due_words
from engine.semantics.firings import Context


def action_text(evaluation: Evaluation, action: str, style: Style) -> str:
    """Format the comparisons of an action with what was found and needed, its causes and guards.

    Args:
        evaluation: The prospect.
        action: The id of the action.
        style: The layout of the output.
    """
    page = Page(style)
    tests = DecidingComparisons(evaluation, page)
    playbook, one = evaluation.playbook, evaluation.recommendation
    reason = evaluation.explainer.action(playbook.actions[action])
    page.line(*who(one, page.style))
    page.line((reason.action.title, "bold"), (f"  {action}", "dim"), indent=2)
    page.line(_verdict(reason, evaluation.context), indent=2)
    if reason.action.because:
        page.line(reason.action.because, indent=2)
    page.heading("When")
    tests.all_tests(reason.action.when, 2)
    if reason.causes:
        page.heading(f"For (one of these must reach {format_level(playbook.diagnosed_at)})")
    for cause in reason.causes:
        _cause(cause, page, tests)
    if reason.guards:
        page.heading("Guards")
    for guard, acts, _ in reason.guards:
        _guard(guard, acts, page, tests)
    return page.text()


def _verdict(reason: ActionReason, context: Context) -> str:
    if reason.step is None:
        if reason.when.truth is not True:
            truth = "does not hold" if reason.when.truth is False else "is not certain"
            return f"not a next step: its condition {truth}"
        return "not a next step: none of its causes is diagnosed"
    if not reason.recommended:
        guards = ", ".join(guard.id for guard, acts, _ in reason.guards if acts)
        return f"held back by {guards}"
    due = due_words(reason.step.due_at, context.now, context.clock.zone)
    return f"a next step: value {reason.step.value:.2f}, {'due ' * (due != 'no date')}{due}"


def _cause(reason: CauseReason, page: Page, tests: DecidingComparisons) -> None:
    cause = reason.cause
    words = f"{cause.title}: {format_confidence(reason.confidence)}, fit {reason.fit:.2f}"
    page.item(page.style.tick(reason.diagnosed), words, (f"  {cause.id}", "dim"), indent=2)
    for item, evaluation in reason.evidence:
        page.item(page.style.tick(evaluation.truth), " ".join(evidence_words(item)), indent=4)
        tests.all_tests(item.when, 6)


def _guard(guard: Guard, acts: bool, page: Page, tests: DecidingComparisons) -> None:
    verdict = "holds it back" if acts else "lets it pass"
    rule = "unless" if guard.unless else "while"
    words = f"{guard.id} {verdict}: {guard.because or 'no reason is given'} ({rule}:)"
    page.item("-", words, indent=2)
    tests.all_tests(guard.condition, 4)


def action_json(evaluation: Evaluation, action: str) -> str:
    """Format why the action with the id ``action`` is a next step or not as JSON."""
    return to_json(action_data(evaluation, action), indent=2) + "\n"


def action_data(evaluation: Evaluation, action: str) -> dict[str, Any]:
    """Return why an action is a next step or not, as JSON data; an unknown truth is None.

    Raises:
        KeyError: The playbook has no action with the id ``action``.
    """
    reason = evaluation.explainer.action(evaluation.playbook.actions[action])
    step = reason.step
    return {
        "prospect": evaluation.recommendation.prospect,
        "as_of": iso(evaluation.context.now),
        "action": action,
        "recommended": reason.recommended,
        "eligible": step is not None,
        "value": None if step is None else rounded(step.value),
        "due_at": None if step is None else instant_json(step.due_at),
        "cause": None if step is None or step.cause is None else step.cause.id,
        "when": _reason(reason.when),
        "causes": [_cause_data(cause) for cause in reason.causes],
        "guards": [
            {
                "id": guard.id,
                "holds_back": acts,
                "because": guard.because,
                "condition": _reason(condition),
            }
            for guard, acts, condition in reason.guards
        ],
    }


def _cause_data(reason: CauseReason) -> dict[str, Any]:
    return {
        "id": reason.cause.id,
        "fit": rounded(reason.fit),
        "confidence": rounded(reason.confidence),
        "diagnosed": reason.diagnosed,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "truth": reason.truth,
        "found": reason.found,
        "needed": reason.needed,
        "parts": [_reason(part) for part in reason.parts],
    }

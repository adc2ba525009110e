"""`relight draft`: write the message of one action for one prospect."""

from __future__ import annotations

from dataclasses import dataclass

from engine.advice.advisor import Evaluation
from engine.advice.drafts.draft_errors import DraftError, MissingFacts
from engine.advice.drafts.message import Draft, draft, template_path
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import InputOptions, find_action, open_inputs
from engine.commands.process.output import Output
from engine.commands.process.write import spare_inputs
from engine.language.model import Action
from engine.reports.recommendations.draft_page import (
    DraftReport,
    missing_facts_text,
    passed_over_text,
)
from engine.semantics.ranking import blocking_guards


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOptions(InputOptions):
    """The options of `draft`; with ``anyway``, a message is written though guards hold it back."""

    prospect: str
    action: str | None
    anyway: bool


class ActionHeldBack(DraftError):
    """Guards hold the action back; the message names them and their reasons."""


def run_draft(options: DraftOptions, output: Output) -> int:
    """Print the message of the action, or of the first next step that is a message.

    Returns:
        The exit code.

    Raises:
        InputNotFound: There is no such prospect.
        UnknownId: There is no such action.
        ActionHeldBack: Guards hold the action back, and ``anyway`` is not set.
        DraftError: The message cannot be written; missing facts are noted first.
    """
    evaluation = open_inputs(options, output).evaluate(options.prospect, output)
    if options.action is None:
        action = first_message(evaluation)
        output.note(passed_over_text(without_template_before(evaluation, action)))
    else:
        action = find_action(evaluation.playbook, options.action)
    try:
        message = write_draft(evaluation, action, options.anyway)
    except MissingFacts as missing:
        output.note(missing_facts_text(evaluation.playbook, missing))
        raise
    spare_inputs(output.target, [template_path(action)])
    if action.id not in [step.action.id for step in evaluation.recommendation.steps]:
        output.note(f"`{action.id}` is not a next step for this prospect now\n")
    if message.placeholders:
        output.note(f"fill in by hand: {', '.join(message.placeholders)}\n")
    output.render(DraftReport(evaluation.recommendation.prospect, action, message))
    return FINE


def first_message(evaluation: Evaluation) -> Action:
    """Return the first recommended outreach that has a template.

    Raises:
        DraftError: There is no such step.
    """
    actions = [step.action for step in evaluation.recommendation.steps]
    for action in actions:
        if action.kind == "outreach" and action.template is not None:
            return action
    raise DraftError(
        "no next step has a message template"
        if actions
        else "there is no next step, so there is no message to write"
    )


def without_template_before(evaluation: Evaluation, action: Action) -> list[Action]:
    """Return the steps ranked before ``action`` that have no template to write a message from."""
    ranked = [step.action for step in evaluation.recommendation.steps]
    return [one for one in ranked[: ranked.index(action)] if one.template is None]


def write_draft(evaluation: Evaluation, action: Action, anyway: bool) -> Draft:
    """Write the message of an action.

    Args:
        evaluation: The prospect.
        action: The action.
        anyway: Whether to write it though guards hold the action back.

    Raises:
        ActionHeldBack: Guards hold the action back, and ``anyway`` is not set.
        DraftError: The message cannot be written.
    """
    guards = blocking_guards(evaluation.playbook, action, evaluation.firings)
    if guards and not anyway:
        reasons = "; ".join(f"{g.id}: {g.because or 'no reason is given'}" for g in guards)
        raise ActionHeldBack(f"`{action.id}` is held back ({reasons}): add --anyway to write it")
    zone = evaluation.context.clock.zone
    return draft(evaluation.playbook, action, evaluation.recommendation.facts, zone)

"""The answer of `draft`: the message of one action, or what keeps it from being written."""

from __future__ import annotations

from engine.advice.advisor import Evaluation
from engine.advice.drafts.draft_errors import DraftError, MissingFacts
from engine.advice.drafts.message import Draft, draft
from engine.commands.process.output import Output
from engine.language.model import Action, Playbook
from engine.reports.playbook.entry_page import action_called
from engine.reports.terminal.escape import printable_lines, to_json
from engine.semantics.ranking import blocking_guards


class ActionHeldBack(DraftError):
    """Guards hold the action back; the text names them and says why."""


def run_draft(evaluation: Evaluation, action: str | None, anyway: bool, output: Output) -> str:
    """The message of ``action``, or of the first next step that is one, in the format asked for.

    Raises Unknown, HeldBack unless ``anyway``, MissingFacts, once it is said what to find out, and
    NoDraft.
    """
    chosen = (
        first_message(evaluation) if action is None else action_called(evaluation.playbook, action)
    )
    try:
        written = drafted(evaluation, chosen, anyway)
    except MissingFacts as missing:
        output.note(missing_facts_text(evaluation.playbook, missing))
        raise
    steps = [step.action.id for step in evaluation.recommendation.steps]
    if chosen.id not in steps:
        output.note(f"`{chosen.id}` is no next step for this prospect now\n")
    if written.placeholders:
        output.note(f"to write by hand: {', '.join(written.placeholders)}\n")
    return (
        draft_json(evaluation, chosen, written) if output.format == "json" else draft_text(written)
    )


def first_message(evaluation: Evaluation) -> Action:
    """The first recommended outreach that has a template. Raises NoDraft."""
    actions = [step.action for step in evaluation.recommendation.steps]
    for action in actions:
        if action.kind == "outreach" and action.template is not None:
            return action
    raise DraftError(
        "none of the next steps is a message with a template"
        if actions
        else "there is no next step, so no message either"
    )


def drafted(evaluation: Evaluation, action: Action, anyway: bool) -> Draft:
    """The message. Raises HeldBack unless ``anyway``, MissingFacts, NoDraft."""
    guards = blocking_guards(evaluation.playbook, action, evaluation.firings)
    if guards and not anyway:
        reasons = "; ".join(f"{g.id}: {g.because or 'no reason is given'}" for g in guards)
        raise ActionHeldBack(
            f"`{action.id}` is held back ({reasons}); --anyway writes it all the same"
        )
    zone = evaluation.context.clock.zone
    return draft(evaluation.playbook, action, evaluation.recommendation.facts, zone)


def draft_text(message: Draft) -> str:
    """The message as it is sent, its subject first."""
    subject = "" if message.subject is None else f"Subject: {message.subject}\n\n"
    return printable_lines(f"{subject}{message.body}\n")


def draft_json(evaluation: Evaluation, action: Action, message: Draft) -> str:
    """The message for programs."""
    answer = {
        "prospect": evaluation.recommendation.prospect,
        "action": action.id,
        "channel": action.channel,
        "subject": message.subject,
        "body": message.body,
        "by_hand": list(message.placeholders),
    }
    return to_json(answer, indent=2) + "\n"


def missing_facts_text(playbook: Playbook, missing: MissingFacts) -> str:
    """For each missing fact, what to ask or find out, a line each."""
    lines = []
    for id in missing.facts:
        fact = playbook.facts.get(id)
        hint = (fact.ask or fact.description) if fact else None
        lines.append(f"  {id}: {hint}\n" if hint else f"  {id}\n")
    return printable_lines("".join(lines))

"""The answer of `why` in the format asked for."""

from __future__ import annotations

from engine.advice.advisor import Evaluation
from engine.advice.questions.questions import questions
from engine.commands.process.output import Output
from engine.reports.playbook.entry_page import action_called
from engine.reports.recommendations.action_page import action_json, action_text
from engine.reports.recommendations.as_json import prospect_json
from engine.reports.recommendations.why_page import why_text


def run_why(evaluation: Evaluation, action: str | None, output: Output) -> str:
    """Everything of one prospect, or why ``action`` is a next step or not.

    Raises rule_page.Unknown.
    """
    as_json = output.format == "json"
    if action is not None:
        id = action_called(evaluation.playbook, action).id
        return action_json(evaluation, id) if as_json else action_text(evaluation, id, output.style)
    if as_json:
        return prospect_json(evaluation.playbook, evaluation.recommendation)
    return why_text(evaluation, questions(evaluation), output.style, all_facts=output.verbose)

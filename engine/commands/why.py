"""The answer of `why` in the format asked for."""

from __future__ import annotations

from engine.advice.advisor import Evaluation
from engine.advice.questions.questions import questions
from engine.commands.process.output import Output
from engine.reports.playbook.entry_page import action_called
from engine.reports.recommendations.action_page import action_json, action_text
from engine.reports.recommendations.as_json import prospect_json
from engine.reports.recommendations.why_page import why_text


def run_why(judged: Evaluation, action: str | None, outlet: Output) -> str:
    """Everything of one prospect, or why ``action`` is a next step or not.

    Raises rule_page.Unknown.
    """
    as_json = outlet.format == "json"
    if action is not None:
        id = action_called(judged.playbook, action).id
        return action_json(judged, id) if as_json else action_text(judged, id, outlet.look)
    if as_json:
        return prospect_json(judged.playbook, judged.recommendation)
    return why_text(judged, questions(judged), outlet.look, all_facts=outlet.verbose)

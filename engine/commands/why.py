"""`relight why`: explain the advice on one prospect."""

from __future__ import annotations

from dataclasses import dataclass

from engine.advice.account_replies import account_replies
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import InputOptions, find_action, newest_reply, open_inputs
from engine.commands.process.output import Output
from engine.reports.recommendations.why_page import WhyReport


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyOptions(InputOptions):
    """The options of `why`; with ``action``, only the action of that id is explained."""

    prospect: str
    action: str | None


def run_why(options: WhyOptions, output: Output) -> int:
    """Print the explanation and return the exit code.

    Raises:
        InputNotFound: There is no such prospect.
        UnknownId: There is no such action.
    """
    inputs = open_inputs(options, output)
    evaluation = inputs.evaluate(options.prospect, output)
    if options.action is not None:
        action = find_action(evaluation.playbook, options.action)
        output.render(WhyReport(evaluation, action.id))
    else:
        unreadable = [
            problem
            for problem in inputs.book.reports["prospects"].problems
            if problem.row is not None and problem.column in evaluation.prospect.unreadable
        ]
        past = newest_reply(evaluation.prospect, inputs.now)
        known = evaluation.prospect.facts
        today = [id for id in inputs.book.facts_without_history if id in known] if past else []
        replies = account_replies(inputs.advisor, inputs.book, evaluation)
        output.render(WhyReport(evaluation, None, replies, unreadable, today))
    return FINE

"""Format the message that `draft` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.advice.drafts.draft_errors import MissingFacts
from engine.advice.drafts.message import Draft
from engine.language.model import Action, Playbook
from engine.reports.escape import printable, printable_lines, to_json
from engine.reports.terminal.style import Style

_MAX_PASSED_OVER = 5
"""The most steps without a message that are named."""


@dataclass(frozen=True, slots=True)
class DraftReport:
    """The message of one action for the prospect with the id ``prospect``."""

    prospect: str
    action: Action
    draft: Draft


def draft_text(report: DraftReport, _style: Style, _verbose: bool) -> str:
    """Format the message as it is sent, its subject first.

    Args:
        report: The message.
        _style: Has no effect; every text format takes it.
        _verbose: Has no effect; every text format takes it.
    """
    draft = report.draft
    subject = "" if draft.subject is None else f"Subject: {draft.subject}\n\n"
    return printable_lines(f"{subject}{draft.body}\n")


def draft_json(report: DraftReport) -> str:
    """Format the message as JSON."""
    answer = {
        "prospect": report.prospect,
        "action": report.action.id,
        "channel": report.action.channel,
        "subject": report.draft.subject,
        "body": report.draft.body,
        "by_hand": list(report.draft.placeholders),
    }
    return to_json(answer, indent=2) + "\n"


def missing_facts_text(playbook: Playbook, missing: MissingFacts) -> str:
    """Lay out a line for each missing fact: its id, and what to ask or find out."""
    lines = []
    for id in missing.facts:
        fact = playbook.facts.get(id)
        hint = (fact.ask or fact.description) if fact else None
        lines.append(f"  {id}: {hint}\n" if hint else f"  {id}\n")
    return printable_lines("".join(lines))


def passed_over_text(actions: Sequence[Action]) -> str:
    """Name in one line the better steps that have no message; empty if there are none."""
    if not actions:
        return ""
    named = [f"`{action.id}` ({action.title})" for action in actions[:_MAX_PASSED_OVER]]
    if len(actions) > _MAX_PASSED_OVER:
        named.append(f"{len(actions) - _MAX_PASSED_OVER} more")
    return f"skipped, no message template: {', '.join(map(printable, named))}\n"

"""Format ideas of the sources, and the rules that carry them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.assurance.traceability import Idea
from engine.reports.escape import to_json
from engine.reports.terminal.page import Page
from engine.reports.terminal.style import Style


@dataclass(frozen=True, slots=True)
class Ideas:
    """The ideas to show, in the order of their file."""

    ideas: Sequence[Idea]


def ideas_text(shown: Ideas, style: Style) -> str:
    """Format the ideas for people, one below the other."""
    page = Page(style)
    for idea in shown.ideas:
        page.heading(idea.id)
        page.line(idea.claim, indent=2)
        for source in idea.sources:
            page.item("from", source.title, indent=2)
        for rule in idea.rules:
            title = f"  {rule.title}" if rule.title else ""
            page.item("by  ", f"{rule.playbook}#{rule.rule}", (title, "dim"), indent=2)
        if idea.text_only is not None:
            page.item("text only:", idea.text_only, indent=2)
    return page.text()


def ideas_json(shown: Ideas) -> str:
    """Format the ideas as JSON."""
    answer = {"version": 1, "ideas": [_idea_data(idea) for idea in shown.ideas]}
    return to_json(answer, indent=2) + "\n"


def _idea_data(idea: Idea) -> dict[str, Any]:
    return {
        "id": idea.id,
        "claim": idea.claim,
        "sources": [
            {"id": source.id, "title": source.title, "url": source.url} for source in idea.sources
        ],
        "rules": [
            {"playbook": rule.playbook, "rule": rule.rule, "title": rule.title}
            for rule in idea.rules
        ],
        "text_only": idea.text_only,
    }

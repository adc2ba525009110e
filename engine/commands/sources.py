"""The answer of `show --sources`: every idea of the sources, and the rules that carry it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.assurance.traceability import (
    Carrier,
    Idea,
    Tracing,
    beside,
    read_traceability,
    rules_of,
)
from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.language.files.locate import InputFile, InputNotFound, UsageError, playbook_at
from engine.language.load import load
from engine.language.suggest import did_you_mean
from engine.reports.playbook.entry_page import UnknownId
from engine.reports.terminal.escape import to_json
from engine.reports.terminal.page import Page
from engine.reports.terminal.style import Style


def run_sources(output: Output, playbook: str | None, id: str | None, effective: bool) -> int:
    """Print the ideas of the file beside ``playbook``, or the one called ``id``, or those that the
    rule ``id`` carries out; the exit code. Raises NotFound, Unclear and rule_page.Unknown.
    """
    if effective:
        raise UsageError("--effective and --sources are two answers: ask for one of them")
    named = playbook_at(playbook)
    path = beside(named.path)
    if path is None:
        raise InputNotFound(f"there is no `traceability.yaml` beside `{named.name}`")
    tracing = read_traceability(path, str(path))
    code = output.report_problems(tracing.problems, str(path))
    if code != FINE:
        return code
    ideas = list(tracing.ideas.values()) if id is None else _called(tracing, id, named)
    if output.format == "json":
        output.result(ideas_json(ideas))
        return FINE
    output.result(ideas_text(ideas, output.style))
    alone = sum(1 for idea in ideas if idea.text_only)
    count = "1 idea" if len(ideas) == 1 else f"{len(ideas)} ideas"
    output.note(f"{count}, {alone} of them text alone\n")
    return FINE


def _called(tracing: Tracing, id: str, named: InputFile) -> list[Idea]:
    """The idea called ``id``, else those that the rule of that name carries out."""
    if id in tracing.ideas:
        return [tracing.ideas[id]]
    ideas = tracing.ideas.values()
    found = [idea for idea in ideas if any(_is_called(rule, id) for rule in idea.rules)]
    if found:
        return found
    parts = load(named.path, named.name).partial
    rules = {} if parts is None else rules_of(parts)
    if any(_is_called(Carrier(named.path.stem, rule, None), id) for rule in rules):
        raise UnknownId(f"`{id}` carries out no idea of the sources")
    names = [*tracing.ideas, *rules, *(rule.partition(".")[2] for rule in rules)]
    near = did_you_mean(id, filter(None, names))
    raise UnknownId(f"no idea and no rule is called `{id}`" + (f": {near}" if near else ""))


def _is_called(rule: Carrier, id: str) -> bool:
    """Whether ``id`` names ``rule``, with its playbook and section or without, or the cause whose
    evidence it is.
    """
    playbook, _, name = id.rpartition("#")
    asked = rule.rule if "." in name and name.partition(".")[0] == _section(rule) else _bare(rule)
    return playbook in ("", rule.playbook) and (asked == name or asked.startswith(f"{name}."))


def _section(rule: Carrier) -> str:
    return rule.rule.partition(".")[0]


def _bare(rule: Carrier) -> str:
    return rule.rule.partition(".")[2] or rule.rule


def ideas_text(ideas: Sequence[Idea], style: Style) -> str:
    """The ideas for people, one below the other."""
    page = Page(style)
    for idea in ideas:
        page.heading(idea.id)
        page.line(idea.claim, indent=2)
        for source in idea.sources:
            page.item("from", source.title, indent=2)
        for rule in idea.rules:
            title = f"  {rule.title}" if rule.title else ""
            page.item("by  ", f"{rule.playbook}#{rule.rule}", (title, "dim"), indent=2)
        if idea.text_only is not None:
            page.item("text alone:", idea.text_only, indent=2)
    return page.text()


def ideas_json(ideas: Sequence[Idea]) -> str:
    """The same for programs."""
    return to_json({"version": 1, "ideas": [_idea_data(idea) for idea in ideas]}, indent=2) + "\n"


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

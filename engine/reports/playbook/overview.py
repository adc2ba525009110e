"""Format the contents of a playbook, a line for each entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from engine.language.load import LoadResult
from engine.language.model import (
    Action,
    Cause,
    Fact,
    Guard,
    Playbook,
    Rule,
    Threshold,
)
from engine.language.walk import rules_by_section
from engine.reports.escape import printable, to_json
from engine.reports.playbook.effective_yaml import format_file
from engine.reports.terminal.phrases import origin
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text

HEADINGS = {
    "facts": "Facts",
    "dark": "When silence counts",
    "signals": "Early warnings",
    "causes": "Why they may be silent",
    "actions": "What to do next",
    "guards": "What must not be done",
}


@dataclass(frozen=True, slots=True)
class PlaybookSection:
    """One section of a playbook that was loaded, such as `actions`."""

    loaded: LoadResult
    name: str


def overview_text(loaded: LoadResult, style: Style) -> str:
    """Lay out title, files and entries by section; facts are only counted, as there are many."""
    playbook = loaded.playbook
    assert playbook is not None
    title = f"  {printable(playbook.title)}" if playbook.title else ""
    blocks = [style.apply(printable(playbook.id), "bold") + title]
    blocks[0] += f"\nfrom {', '.join(printable(format_file(file)) for file in loaded.files)}\n"
    for section, rules in rules_by_section(playbook).items():
        if not rules:
            continue
        heading = style.apply(f"{HEADINGS[section]} ({section}: {len(rules)})", "bold")
        body = _facts(playbook) if section == "facts" else _list(rules, style)
        blocks.append(f"{heading}\n{body}")
    return "\n".join(blocks)


def _facts(playbook: Playbook) -> str:
    counts = Counter(origin(fact) for fact in playbook.facts.values() if not fact.hidden)
    words = (f"{counts[kind]} {kind}" for kind in ("given", "measured", "derived"))
    return f"  {', '.join(words)}\n"


def _list(rules: Any, style: Style) -> str:
    columns = [
        TextColumn("id", [f"  {id}" for id in rules]),
        TextColumn("terms", [_terms(rule) for rule in rules.values()], drop_order=1),
        TextColumn("says", [_meaning(rule) for rule in rules.values()], min_width=20, drop_order=2),
    ]
    text = columns_text([column for column in columns if any(column.cells)], style)
    return text.partition("\n")[2]


def _terms(rule: Rule) -> str:
    """Return the settings of a rule that matter at a glance."""
    match rule:
        case Threshold():
            return str(rule.silent_for)
        case Cause():
            return "lost" if rule.outlook == "lost" else ""
        case Action():
            return f"{rule.channel or rule.kind} {rule.score:.2f}"
        case Guard():
            listed = [f"{len(rule.actions)} actions"] if rule.actions else []
            return " ".join([*rule.kinds, *rule.channels, *listed])
        case Fact():
            return rule.type if rule.given else f"{rule.type} {origin(rule)}"
        case _:
            return ""


def _meaning(rule: Rule) -> str:
    match rule:
        case Threshold() | Guard():
            return rule.because or ""
        case Fact():
            return rule.description or ""
        case _:
            return rule.title


def sections_of(loaded: LoadResult) -> list[str]:
    """Return the sections that have entries."""
    assert loaded.playbook is not None
    return [section for section, rules in rules_by_section(loaded.playbook).items() if rules]


def section_text(section: PlaybookSection, style: Style) -> str:
    """Lay out a line for each entry of one section."""
    playbook = section.loaded.playbook
    assert playbook is not None
    sections = {str(name): entries for name, entries in rules_by_section(playbook).items()}
    return _list(sections[section.name], style)


def section_json(section: PlaybookSection) -> str:
    """Format the entries of one section as JSON, as they are written in the playbook."""
    document = section.loaded.document
    assert document is not None
    answer = {"section": section.name, "entries": document.data[section.name]}
    return to_json(answer, indent=2) + "\n"


def overview_json(loaded: LoadResult) -> str:
    """Format the whole effective playbook as JSON."""
    assert loaded.document is not None
    answer = {"version": 1, "files": list(loaded.files), "effective": loaded.document.data}
    return to_json(answer, indent=2) + "\n"

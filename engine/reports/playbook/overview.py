"""The answer of `show`: what a playbook holds, an entry a line."""

from __future__ import annotations

from collections import Counter
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
from engine.reports.playbook.merged import format_file
from engine.reports.terminal.escape import printable, to_json
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


def overview_text(reading: LoadResult, style: Style) -> str:
    """Title, files, and every entry by section; facts only counted, as there are many."""
    playbook = reading.playbook
    assert playbook is not None
    title = f"  {printable(playbook.title)}" if playbook.title else ""
    blocks = [style.apply(printable(playbook.id), "bold") + title]
    blocks[0] += f"\nfrom {', '.join(printable(format_file(file)) for file in reading.files)}\n"
    for section, rules in rules_by_section(playbook).items():
        if not rules:
            continue
        heading = style.apply(f"{HEADINGS[section]} ({section}: {len(rules)})", "bold")
        body = _facts(playbook) if section == "facts" else _list(rules, style)
        blocks.append(f"{heading}\n{body}")
    return "\n".join(blocks)


def _facts(playbook: Playbook) -> str:
    counts = Counter(map(origin, playbook.facts.values()))
    words = (f"{counts[kind]} {kind}" for kind in ("given", "measured", "derived"))
    return f"  {', '.join(words)}\n"


def _list(rules: Any, style: Style) -> str:
    columns = [
        TextColumn("id", [f"  {id}" for id in rules]),
        TextColumn("terms", [_terms(rule) for rule in rules.values()], drop_order=1),
        TextColumn("says", [_says(rule) for rule in rules.values()], min_width=20, drop_order=2),
    ]
    text = columns_text([column for column in columns if any(column.cells)], style)
    return text.partition("\n")[2]


def _terms(rule: Rule) -> str:
    """What one has to know of a rule at a glance."""
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


def _says(rule: Rule) -> str:
    match rule:
        case Threshold() | Guard():
            return rule.because or ""
        case Fact():
            return rule.description or ""
        case _:
            return rule.title


def sections_of(reading: LoadResult) -> list[str]:
    """The sections that can be shown whole."""
    assert reading.playbook is not None
    return [section for section, rules in rules_by_section(reading.playbook).items() if rules]


def section_text(reading: LoadResult, section: str, style: Style) -> str:
    """Every entry of one section, a line each."""
    assert reading.playbook is not None
    sections = {str(name): entries for name, entries in rules_by_section(reading.playbook).items()}
    return _list(sections[section], style)


def section_json(reading: LoadResult, section: str) -> str:
    """The same for programs, as it is written."""
    assert reading.document is not None
    return to_json({"section": section, "entries": reading.document.data[section]}, indent=2) + "\n"


def overview_json(reading: LoadResult) -> str:
    """The same for programs: the whole effective playbook as data."""
    assert reading.document is not None
    answer = {"version": 1, "files": list(reading.files), "effective": reading.document.data}
    return to_json(answer, indent=2) + "\n"

"""Format one entry of a playbook: its YAML, its place, what it reads and what reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.language.load import LoadResult
from engine.language.model import Playbook
from engine.language.walk import rules_by_section
from engine.language.yaml.document import KeyPath
from engine.reports.escape import printable, to_json
from engine.reports.playbook.effective_yaml import format_location
from engine.reports.playbook.yaml_writer import yaml_lines
from engine.reports.terminal.page import Page
from engine.reports.terminal.phrases import origin
from engine.reports.terminal.style import Style
from engine.semantics.dependencies import dependencies

SECTIONS = ("facts", "dark", "signals", "causes", "actions", "guards", "sources")
"""The sections whose entries can be shown."""


@dataclass(frozen=True, slots=True)
class PlaybookEntry:
    """One entry of a playbook that was loaded.

    Attributes:
        loaded: The playbook, its document and its files.
        path: Section and id.
        reads: Full names of the facts and rules that its conditions read.
        read_by: Full names of the rules whose conditions read it.
        related: Other relations, by a heading, such as the guards that may block an action.
    """

    loaded: LoadResult
    path: KeyPath
    reads: tuple[str, ...]
    read_by: tuple[str, ...]
    related: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The full name: section and id, such as `signals.no_amount`."""
        return ".".join(map(str, self.path))


def entry_names(loaded: LoadResult) -> list[str]:
    """Return the full name of every entry, by section."""
    assert loaded.document is not None
    data = loaded.document.data
    return [
        f"{section}.{id}"
        for section in SECTIONS
        for id, entry in data.get(section, {}).items()
        if entry != "off"
    ]


def playbook_entry(loaded: LoadResult, name: str) -> PlaybookEntry:
    """Return the entry with the full name ``name``, which must exist."""
    assert loaded.playbook is not None
    section, _, id = name.partition(".")
    graph = {str(rule): read for rule, read in dependencies(loaded.playbook).graph.items()}
    related = _related(loaded.playbook, section, id)
    return PlaybookEntry(
        loaded=loaded,
        path=(section, id),
        reads=tuple(map(str, graph.get(name, ()))),
        read_by=tuple(other for other, read in graph.items() if name in map(str, read)),
        related={heading: names for heading, names in related if names},
    )


def _related(playbook: Playbook, section: str, id: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return relations that no condition makes, by their heading."""
    match section:
        case "actions" | "guards" if (
            id not in {"actions": playbook.actions, "guards": playbook.guards}[section]
        ):
            return []  # it never fires, because of one that is off
        case "actions":
            action, signals = playbook.actions[id], playbook.signals.values()
            guards = tuple(g.id for g in playbook.guards.values() if g.blocks(action))
            answers = tuple(signal.id for signal in signals if id in signal.prevent)
            return [("may be held back by", guards), ("answers the signals", answers)]
        case "guards":
            guard, actions = playbook.guards[id], playbook.actions.values()
            return [("may hold back", tuple(a.id for a in actions if guard.blocks(a)))]
        case "sources":
            return [("is cited by", _citing(playbook, id))]
        case "facts":
            cadence = playbook.cadence
            sets = id in (cadence.start, cadence.count, cadence.gap_from)
            regions = tuple(
                f"calendar.regions.{region.id}"
                for region in playbook.calendar.regions
                if any(test.subject.id == id for test in region.fits)
            )
            return [("sets the cadence", ("cadence",) * sets), ("decides the regions", regions)]
        case _:
            return []


def _citing(playbook: Playbook, source: str) -> tuple[str, ...]:
    citing = [
        f"{section}.{id}"
        for section, rules in rules_by_section(playbook).items()
        for id, rule in rules.items()
        if getattr(rule, "source", None) == source
    ]
    evidence = [
        f"causes.{cause.id} (evidence {item.id})"
        for cause in playbook.causes.values()
        for item in cause.evidence
        if item.source == source
    ]
    return tuple(citing + evidence)


def entry_text(entry: PlaybookEntry, style: Style) -> str:
    """Lay out the entry as YAML, with the place of every field, and its relations."""
    document, playbook = entry.loaded.document, entry.loaded.playbook
    assert document is not None
    assert playbook is not None
    data = _data(entry)
    where = format_location(document.key_span(entry.path))
    title = f"  {printable(str(data['title']))}" if "title" in data else ""
    head = f"{style.apply(entry.name, 'bold')}{title}\n{style.apply(where, 'dim')}\n\n"
    for line in yaml_lines(data, entry.path):
        place = format_location(document.key_span(line.place))
        elsewhere = place.rpartition(":")[0] != where.rpartition(":")[0]
        head += f"  {line.text}{style.apply(f'  # {place}', 'dim') if elsewhere else ''}\n"
    page = Page(style)
    off = entry.loaded.silenced.get(entry.path)
    if off is not None:
        place = format_location(entry.loaded.removed[off])
        page.line(f"never fires: {'.'.join(map(str, off))} is off ({place})")
    source = playbook.sources.get(str(data.get("source")))
    if source is not None:
        page.heading("source")
        page.line(source.title, f" ({source.url})" if source.url else "", indent=2)
    relations = {"reads": entry.reads, "is read by": entry.read_by, **entry.related}
    for heading, names in relations.items():
        if names:
            page.heading(heading)
            for name in names:
                page.line(name, (_origin(playbook, name), "dim"), indent=2)
    return head + (f"\n{page.text()}" if page.items else "")


def _origin(playbook: Playbook, name: str) -> str:
    """Return whether the fact ``name`` is given, measured or derived; empty for rules."""
    section, _, id = name.partition(".")
    if section != "facts" or id not in playbook.facts:
        return ""
    return f"  {origin(playbook.facts[id])}"


def _data(entry: PlaybookEntry) -> dict[str, Any]:
    assert entry.loaded.document is not None
    section, id = entry.path
    found: dict[str, Any] = entry.loaded.document.data[section][id]
    return found


def entry_json(entry: PlaybookEntry) -> str:
    """Format the entry as JSON."""
    document = entry.loaded.document
    assert document is not None
    span = document.key_span(entry.path)
    data = _data(entry)
    fields = {
        key: {"file": at.file, "line": at.line, "column": at.column}
        for key in data
        for at in [document.key_span((*entry.path, key))]
    }
    answer = {
        "id": entry.name,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "says": data,
        "fields": fields,
        "reads": list(entry.reads),
        "read_by": list(entry.read_by),
    }
    return to_json(answer, indent=2) + "\n"

"""The answer of `show ID`: one entry of a playbook, where it stands, what it reads and feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.language.load import LoadResult
from engine.language.model import Action, Playbook
from engine.language.suggest import did_you_mean
from engine.language.walk import rules_by_section
from engine.language.yaml.document import KeyPath
from engine.reports.playbook.merged import format_location
from engine.reports.playbook.yaml_writer import yaml_lines
from engine.reports.terminal.escape import printable, to_json
from engine.reports.terminal.page import Page
from engine.reports.terminal.phrases import origin
from engine.reports.terminal.style import Style
from engine.semantics.dependencies import dependencies

SECTIONS = ("facts", "dark", "signals", "causes", "actions", "guards", "sources")


class UnknownId(Exception):
    """No entry has that id, or several have; the message is one sentence."""


def action_called(playbook: Playbook, id: str) -> Action:
    """The action ``id``, with or without its section before it. Raises Unknown."""
    name = id.removeprefix("actions.")
    if name not in playbook.actions:
        near = did_you_mean(name, playbook.actions)
        raise UnknownId(f"no action `{name}` in this playbook" + (f": {near}" if near else ""))
    return playbook.actions[name]


@dataclass(frozen=True, slots=True)
class PlaybookEntry:
    """One entry: where it lies in the document, the rules it reads, and those that read it.

    ``related`` are further ties in words, such as the guards of an action.
    """

    place: KeyPath
    fed_by: tuple[str, ...]
    feeds: tuple[str, ...]
    related: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """Section and id."""
        return ".".join(map(str, self.place))


def ids_of(reading: LoadResult) -> list[str]:
    """Every id that can be shown, by section."""
    assert reading.document is not None
    data = reading.document.data
    return [f"{section}.{id}" for section in SECTIONS for id in data.get(section, {})]


def find(reading: LoadResult, id: str) -> PlaybookEntry:
    """The entry called ``id``, with its section (`signals.x`) or without. Raises Unknown."""
    assert reading.playbook is not None
    known = ids_of(reading)
    found = [name for name in known if id in (name, name.partition(".")[2])]
    if len(found) > 1:
        raise UnknownId(f"`{id}` could be {' or '.join(f'`{name}`' for name in found)}")
    if not found:
        near = did_you_mean(id, [*known, *(name.partition(".")[2] for name in known)])
        raise UnknownId(
            f"nothing in this playbook is called `{id}`" + (f": {near}" if near else "")
        )
    section, _, rule = found[0].partition(".")
    graph = {str(name): feeders for name, feeders in dependencies(reading.playbook).graph.items()}
    return PlaybookEntry(
        (section, rule),
        tuple(map(str, graph.get(found[0], ()))),
        tuple(name for name, fed in graph.items() if found[0] in map(str, fed)),
        {words: names for words, names in _related(reading.playbook, section, rule) if names},
    )


def _related(playbook: Playbook, section: str, id: str) -> list[tuple[str, tuple[str, ...]]]:
    """Ties that no condition makes."""
    match section:
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
            return [
                (
                    "sets the cadence",
                    ("cadence",) * (id in (cadence.start, cadence.count, cadence.gap_from)),
                )
            ]
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


def rule_text(reading: LoadResult, shown: PlaybookEntry, style: Style) -> str:
    """The entry as it is written, with the place of every field, and what it is tied to."""
    document, playbook = reading.document, reading.playbook
    assert document is not None
    assert playbook is not None
    data = _data(reading, shown)
    where = format_location(document.key_span(shown.place))
    title = f"  {printable(str(data['title']))}" if "title" in data else ""
    head = f"{style.apply(shown.name, 'bold')}{title}\n{style.apply(where, 'dim')}\n\n"
    for line in yaml_lines(data, shown.place):
        place = format_location(document.key_span(line.place))
        elsewhere = place.rpartition(":")[0] != where.rpartition(":")[0]
        head += f"  {line.text}{style.apply(f'  # {place}', 'dim') if elsewhere else ''}\n"
    page = Page(style)
    source = playbook.sources.get(str(data.get("source")))
    if source is not None:
        page.heading("source")
        page.line(source.title, f" ({source.url})" if source.url else "", indent=2)
    for words, names in (
        ("reads", shown.fed_by),
        ("is read by", shown.feeds),
        *shown.related.items(),
    ):
        if names:
            page.heading(words)
            for name in names:
                page.line(name, (_kind(playbook, name), "dim"), indent=2)
    return head + (f"\n{page.text()}" if page.items else "")


def _kind(playbook: Playbook, name: str) -> str:
    """What sort of fact ``name`` is; of rules the section says it."""
    section, _, id = name.partition(".")
    if section != "facts" or id not in playbook.facts:
        return ""
    return f"  {origin(playbook.facts[id])}"


def _data(reading: LoadResult, shown: PlaybookEntry) -> dict[str, Any]:
    assert reading.document is not None
    section, id = shown.place
    found: dict[str, Any] = reading.document.data[section][id]
    return found


def rule_json(reading: LoadResult, shown: PlaybookEntry) -> str:
    """The same for programs."""
    document = reading.document
    assert document is not None
    span = document.key_span(shown.place)
    data = _data(reading, shown)
    fields = {
        key: {"file": at.file, "line": at.line, "column": at.column}
        for key in data
        for at in [document.key_span((*shown.place, key))]
    }
    answer = {
        "id": shown.name,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "says": data,
        "fields": fields,
        "reads": list(shown.fed_by),
        "read_by": list(shown.feeds),
    }
    return to_json(answer, indent=2) + "\n"

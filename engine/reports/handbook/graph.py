"""Draw the dependencies in a playbook as SVG: facts, signals, causes and actions in columns.

A label is shortened to fit its box, but labels stay distinct; the full name shows under the
pointer. There are no scripts: style rules highlight the lines of the box under the pointer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from engine.language.conditions import UNREADABLE_PREFIX
from engine.language.model import Action, Cause, Playbook, Signal, Threshold
from engine.language.walk import RuleId, Section, refs_in
from engine.reports.escape import printable
from engine.reports.handbook.scope import HandbookScope
from engine.reports.terminal.phrases import plain
from engine.reports.terminal.style import truncate
from engine.semantics.dependencies import dependencies

COLUMNS = ("Known", "Worked out", "Silence and warnings", "Causes", "Steps")
BOX, _GAP, ROW, TOP, SIDE = 184, 62, 19, 30, 26
"""Widths and heights in pixels; ``TOP`` leaves room for the headings of the columns, ``SIDE`` for
lines within the first column.
"""
LETTERS = 27
"""Letters of a name that fit in a box."""

Edge = tuple[RuleId, RuleId]


@dataclass(frozen=True, slots=True)
class Node:
    """A box: the name of its rule (`causes.busy`), its title, and its column, from 0."""

    name: RuleId
    title: str
    column: int


def graph(playbook: Playbook, scope: HandbookScope) -> tuple[list[Node], list[Edge]]:
    """Return the boxes, column by column from the top, and the lines between them.

    These are the rules in ``scope`` with all facts that they read. Dependencies on conclusions that
    no single rule has, such as whether the prospect is dark, are not drawn.
    """
    rules = {node.name: node for node in _rules(playbook, scope)}
    edges = list(_edges(playbook, rules))
    fed = {source for source, _ in edges}
    facts = [node for node in _facts(playbook) if node.name in fed]
    nodes = [*facts, *rules.values()]
    return _ordered(nodes, edges), edges


def _rules(playbook: Playbook, scope: HandbookScope) -> Iterator[Node]:
    sections: tuple[tuple[Section, Mapping[str, Threshold | Signal | Cause | Action], int], ...] = (
        ("dark", playbook.thresholds, 2),
        ("signals", playbook.signals, 2),
        ("causes", playbook.causes, 3),
        ("actions", playbook.actions, 4),
    )
    for section, entries, column in sections:
        for id, entry in entries.items():
            if scope.has(section, id):
                yield Node(RuleId(section, id), entry.title, column)


def _facts(playbook: Playbook) -> Iterator[Node]:
    for fact in playbook.facts.values():
        if fact.hidden:
            continue
        yield Node(RuleId("facts", fact.id), plain(fact.id), 1 if fact.when is not None else 0)


def _edges(playbook: Playbook, rules: Mapping[RuleId, Node]) -> Iterator[Edge]:
    fed_by = dependencies(playbook).graph
    ahead = list(rules)
    seen = set(rules)
    while ahead:
        target = ahead.pop(0)
        for source in fed_by.get(target, ()):
            if source.id.startswith(UNREADABLE_PREFIX) or _implied(playbook, source, target):
                continue
            if source.section == "facts" or source in rules:
                yield source, target
            if source.section == "facts" and source not in seen:
                seen.add(source)
                ahead.append(source)
    for signal in playbook.signals.values():
        for action in signal.prevent:
            edge = (RuleId("signals", signal.id), RuleId("actions", action))
            if edge[0] in rules and edge[1] in rules and edge[0] not in fed_by.get(edge[1], ()):
                yield edge


def _implied(playbook: Playbook, source: RuleId, target: RuleId) -> bool:
    """Return whether a threshold reads a fact only because it is for open deals that are clear."""
    if target.section != "dark" or target.id not in playbook.thresholds:
        return False
    written = {ref.id for ref in refs_in(playbook.thresholds[target.id].shown)}
    return source.id in ("closed", "unclear") and source.id not in written


def _ordered(nodes: Iterable[Node], edges: Collection[Edge]) -> list[Node]:
    """Sort the boxes of each column, from the causes outwards, so that few lines cross.

    A box goes to the mean place of those of its neighbors that have a place already.
    """
    columns = [[node for node in nodes if node.column == at] for at in range(len(COLUMNS))]
    neighbors: dict[RuleId, list[RuleId]] = {}
    for source, target in edges:
        neighbors.setdefault(source, []).append(target)
        neighbors.setdefault(target, []).append(source)
    places = _places(columns[3])
    for at in (4, 2, 1, 0):
        columns[at].sort(key=lambda node: _mean(places, neighbors.get(node.name, ())))
        places |= _places(columns[at])
    return [node for column in columns for node in column]


def _places(column: list[Node]) -> dict[RuleId, float]:
    return {node.name: (at + 0.5) / len(column) for at, node in enumerate(column)}


def _mean(places: Mapping[RuleId, float], names: Iterable[RuleId]) -> float:
    """Return the mean place of those ``names`` that have a place; the end if no name has one."""
    found = [places[name] for name in names if name in places]
    return sum(found) / len(found) if found else 1.0


def drawing(nodes: list[Node], edges: Iterable[Edge], anchors: Collection[str]) -> str:
    """Draw the graph as SVG.

    Args:
        nodes: The boxes, in their order; without boxes the result is empty.
        edges: The lines.
        anchors: Ids on the page; a box links to its name if that is among them.
    """
    if not nodes:
        return ""
    columns = [[node for node in nodes if node.column == at] for at in range(len(COLUMNS))]
    used = [column for column in columns if column]
    height = max(map(len, used)) * ROW
    width = len(used) * (BOX + _GAP) - _GAP
    spots = {
        node.name: (at * (BOX + _GAP), TOP + height * (row + 0.5) / len(column))
        for at, column in enumerate(used)
        for row, node in enumerate(column)
    }
    numbers = {node.name: f"n{at}" for at, node in enumerate(nodes)}
    heads = [
        f'<text class="head" x="{at * (BOX + _GAP)}" y="14">{COLUMNS[column[0].column]}</text>'
        for at, column in enumerate(used)
    ]
    lines = [_line(edge, spots, numbers) for edge in edges]
    labels = _labels(nodes)
    boxes = [
        _box(node, labels[node.name], spots[node.name], numbers[node.name], anchors)
        for node in nodes
    ]
    lit = "".join(
        f"svg:has(#{number}:hover) .{number}{{opacity:.9;stroke-width:1.6}}"
        for number in numbers.values()
    )
    return (
        f'<svg viewBox="{-SIDE} 0 {width + SIDE + 1} {height + TOP}" width="{width + SIDE + 1}" '
        f'height="{height + TOP}" role="img" aria-label="What feeds what"><style>{lit}</style>'
        + "".join([*heads, *lines, *boxes])
        + "</svg>"
    )


def _line(
    edge: Edge, spots: Mapping[RuleId, tuple[float, float]], numbers: Mapping[RuleId, str]
) -> str:
    """Draw a line between the facing sides of two boxes; within a column, around its left side."""
    (x1, y1), (x2, y2) = spots[edge[0]], spots[edge[1]]
    start, end = (x1 + BOX, x2) if x1 < x2 else (x1, x2 + BOX if x2 < x1 else x2)
    bend = (end - start) / 2 if x1 != x2 else -34
    back = bend if x1 != x2 else 34
    path = (
        f"M{start:.0f} {y1:.1f}C{start + bend:.0f} {y1:.1f} "
        f"{end - back:.0f} {y2:.1f} {end:.0f} {y2:.1f}"
    )
    return f'<path class="of-{edge[0].section} {numbers[edge[0]]} {numbers[edge[1]]}" d="{path}"/>'


def _labels(nodes: Sequence[Node]) -> dict[RuleId, str]:
    """Return a label for each box that fits in it.

    It is the title, shortened; its two ends if another title begins the same way; the id if another
    title is the same.
    """
    whole = Counter(node.title for node in nodes)
    names = {
        node.name: plain(node.name.id) if whole[node.title] > 1 else node.title for node in nodes
    }
    begins = Counter(truncate(name, LETTERS) for name in names.values())
    return {
        at: _ends(name) if begins[truncate(name, LETTERS)] > 1 else truncate(name, LETTERS)
        for at, name in names.items()
    }


def _ends(name: str) -> str:
    """Remove the middle of a ``name`` that is too long."""
    half = LETTERS // 2
    words = printable(name)
    return words if len(words) <= LETTERS else f"{words[:half]}…{words[-half:]}"


def _box(
    node: Node, label: str, spot: tuple[float, float], number: str, anchors: Collection[str]
) -> str:
    x, y = spot
    words, whole = escape(label), escape(printable(node.title))
    box = (
        f'<g id="{number}" class="box {node.name.section}"><title>{whole}</title>'
        f'<rect x="{x:.0f}" y="{y - 8:.1f}" width="{BOX}" height="16" rx="3"/>'
        f'<text x="{x + 6:.0f}" y="{y + 4:.1f}">{words}</text></g>'
    )
    return f'<a href="#{escape(str(node.name))}">{box}</a>' if str(node.name) in anchors else box

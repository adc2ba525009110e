"""What a statement costs to build grows with its playbook, and not with the square of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.backends.sql.printer import print_playbook
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import dialect_named
from engine.language.load import load
from engine.language.model import Playbook
from tests.support.work import calls_in


def playbook(folder: Path, sections: str) -> Playbook:
    path = folder / "mine.yaml"
    path.write_text(f"playbook: p\n{sections}", encoding="utf-8")
    loaded = load(path).playbook
    assert loaded is not None
    return loaded


def entries(count: int, text: str) -> str:
    """``count`` lines; `N` in each is its number, and `M` the number before."""
    return "".join(
        f"  {text}\n".replace("N", str(number)).replace("M", str(number - 1))
        for number in range(1, count + 1)
    )


def chained_measures(size: int) -> str:
    chain = entries(size, "mN: {measure: {latest: touches, before: mM}}")
    dark = f"dark:\n  quiet: {{silent_for: 1 day, when: {{m{size}: {{known: true}}}}}}\n"
    return f"facts:\n  m0: {{measure: {{latest: touches}}}}\n{chain}{dark}"


def guarded_actions(size: int) -> str:
    actions = entries(size, "aN: {kind: outreach, channel: email, when: {dark: true}, due: N days}")
    guards = entries(size, "gN: {blocks: {actions: [aN]}, while: {k: true}}")
    return f"facts:\n  k: {{type: boolean}}\nactions:\n{actions}guards:\n{guards}"


@pytest.mark.slow
@pytest.mark.parametrize("sections", [chained_measures, guarded_actions])
def test_twice_the_playbook_is_about_twice_the_work(
    sections: Callable[[int], str], tmp_path: Path
) -> None:
    texts, costs = [], []
    for count in (100, 200):
        made = playbook(tmp_path, sections(count))
        text, calls = calls_in(partial(print_playbook, made, dialect_named("duckdb")))
        texts.append(len(text))
        costs.append(calls)
    assert texts[1] < 2.3 * texts[0]
    assert costs[1] < 2.5 * costs[0]


def test_twice_the_facts_are_about_twice_the_work_to_read(tmp_path: Path) -> None:
    costs = []
    for count in (300, 600):
        facts, signals = (
            entries(count, "kN: {type: boolean}"),
            entries(count, "sN: {when: {kN: true}}"),
        )
        made = playbook(tmp_path, f"facts:\n{facts}signals:\n{signals}")
        tables = SourceTables(Statement(made), dialect_named("duckdb"))
        costs.append(calls_in(partial(list, tables.ctes()))[1])
    assert costs[1] < 2.2 * costs[0]

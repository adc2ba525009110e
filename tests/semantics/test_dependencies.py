"""What feeds what: rules in layers, and one loop told for all rules that feed each other."""

from __future__ import annotations

from pathlib import Path

from engine.assurance.lint.loops import find_cycles
from engine.language.load import load
from engine.language.model import Playbook
from engine.semantics.dependencies import dependencies
from tests.support.work import calls_in


def playbook(folder: Path, facts: dict[str, str]) -> Playbook:
    """A playbook of derived facts, each with the ids of what it reads, apart by spaces."""
    lines = [
        f"  {id}: {{when: {{any: [{', '.join(f'{{{name}: true}}' for name in read.split())}]}}}}"
        for id, read in facts.items()
    ]
    path = folder / "playbook.yaml"
    path.write_text("\n".join(["playbook: p", "facts:", *lines, ""]), encoding="utf-8")
    parts = load(path).partial
    assert parts is not None
    return parts


def told(playbook: Playbook) -> list[tuple[int, str]]:
    """Line and ring of every loop, in the order of lines."""
    found = []
    for problem in find_cycles(playbook):
        _, _, ring = problem.message.partition(": ")
        found.append((problem.span.line, (ring or problem.message).replace("`", "")))
    return sorted(found)


def test_rules_that_feed_each_other_many_ways_are_one_loop(tmp_path: Path) -> None:
    reads = {"a": "d", "b": "a", "c": "b d", "d": "c b"}
    assert told(playbook(tmp_path, reads)) == [
        (3, "facts.a → facts.b → facts.d → facts.a"),
    ]


def test_what_is_between_two_loops_is_in_neither(tmp_path: Path) -> None:
    reads = {"a": "b", "b": "a", "between": "b", "c": "between d", "d": "c", "after": "d"}
    assert told(playbook(tmp_path, reads)) == [
        (3, "facts.a → facts.b → facts.a"),
        (6, "facts.c → facts.d → facts.c"),
    ]


def test_a_rule_that_feeds_itself_is_a_loop(tmp_path: Path) -> None:
    assert told(playbook(tmp_path, {"a": "a", "b": "a"})) == [(3, "facts.a feeds itself")]


def test_without_a_loop_nothing_is_told(tmp_path: Path) -> None:
    assert told(playbook(tmp_path, {"a": "b c", "b": "c", "c": "d", "d": "dark"})) == []


def test_many_rules_that_all_feed_each_other_are_one_problem(tmp_path: Path) -> None:
    """Found by looking at each arrow a few times, not along every way round."""
    names = [f"f{n}" for n in range(60)]
    found = playbook(tmp_path, {name: " ".join(names) for name in names})
    problems, calls = calls_in(lambda: told(found))
    assert [line for line, _ in problems] == [3]
    assert calls < 40 * len(names) ** 2


def test_a_long_chain_has_as_many_layers(tmp_path: Path) -> None:
    chain = {f"f{n}": f"f{n + 1}" for n in range(1500)}
    path = {**chain, "f1500": "f0"}
    ((line, ring),) = told(playbook(tmp_path, path))
    assert (line, ring.count("→")) == (3, 1501)
    open_chain = playbook(tmp_path, {**chain, "f1500": "dark"})
    assert len(dependencies(open_chain).strata) >= 1502


def test_what_decides_a_region_is_read(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(
        "playbook: p\n"
        "facts: {country: {type: text}, unread: {type: text}}\n"
        "calendar: {regions: {a: {for: {country: DE, timezone: UTC}, hours: '08:00-17:00'}}}\n",
        encoding="utf-8",
    )
    parts = load(path).playbook
    assert parts is not None
    read = {name.id for name in dependencies(parts).read}
    assert {"country", "timezone"} <= read
    assert "unread" not in read

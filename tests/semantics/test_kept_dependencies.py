"""The dependency graph of a playbook: built once, and what it says of readers and feeders."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from engine.language.load import load
from engine.language.model import Playbook
from engine.language.package_data import shipped
from engine.language.walk import DARK, RuleId
from engine.semantics import dependencies as module
from engine.semantics.dependencies import Dependencies, dependencies
from tests.support.small_playbook import asked, small_folder


def gone_dark() -> Playbook:
    playbook = load(shipped("rules", "gone-dark.yaml")).playbook
    assert playbook is not None
    return playbook


def test_one_run_of_why_builds_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = Dependencies.__init__

    def counting(self: Dependencies, playbook: Playbook) -> None:
        built.append(playbook.id)
        build(self, playbook)

    monkeypatch.setattr(Dependencies, "__init__", counting)
    monkeypatch.chdir(small_folder(tmp_path))
    result = asked("why", "acme")
    assert result.exit_code == 0, result.output
    assert built == ["small"]


def test_it_is_kept_as_long_as_the_playbook_and_no_longer() -> None:
    playbook = gone_dark()
    assert dependencies(playbook) is dependencies(playbook)
    key = id(playbook)
    assert key in module._kept
    del playbook
    gc.collect()
    assert key not in module._kept


def test_equal_playbooks_read_twice_have_graphs_of_their_own() -> None:
    one, two = gone_dark(), gone_dark()
    assert dependencies(one) is not dependencies(two)
    assert dependencies(one).graph == dependencies(two).graph


def test_all_that_a_fact_feeds_is_told_in_order_of_evaluation() -> None:
    graph = dependencies(gone_dark())
    fed = graph.fed_by([RuleId("facts", "silent_since")])
    assert DARK in fed
    assert [name for name in graph.order if name in set(fed)] == list(fed)
    for name in fed:
        fed_directly = RuleId("facts", "silent_since") in graph.graph[name]
        assert fed_directly or not set(fed).isdisjoint(graph.graph[name])
    others = [name for name in graph.graph if name not in set(fed)]
    assert all(set(fed).isdisjoint(graph.graph[name]) for name in others)

"""The facts the language itself speaks of keep the type it reads them with."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.language.load import load
from engine.language.package_data import shipped
from engine.language.parse.symbols import STANDARD_TYPES


def codes(tmp_path: Path, fact: str) -> list[tuple[str, int, str]]:
    path = tmp_path / "own.yaml"
    text = f"playbook: own\nfacts:\n  {fact}\ndark: {{quiet: {{silent_for: 1 day}}}}\n"
    path.write_text(text, encoding="utf-8")
    return [(p.span.file, p.span.line, p.code) for p in load(path, "own.yaml").problems]


@pytest.mark.parametrize(
    "fact",
    [
        "silent_since: {type: number}",
        "touches_unanswered: {type: text}",
        "last_outbound_at: {type: boolean}",
        "last_reply_at: {type: text}",
        "last_reply_at: {when: {stage: demo}}",
        "timezone: {type: choice, choices: [UTC]}",
        "owner: {type: boolean}",
        "silent_since: {measure: {count: touches}}",
    ],
)
def test_another_type_is_an_error_where_it_is_written(tmp_path: Path, fact: str) -> None:
    found = codes(tmp_path, fact)
    assert ("own.yaml", 3, "type-mismatch") in found
    assert {file for file, _, _ in found} == {"own.yaml"}


@pytest.mark.parametrize(
    "fact",
    [
        "silent_since: {type: time}",
        "owner: {type: choice, choices: [ana, ben]}",
        "email: {type: boolean}",
        "phone: {when: {owner: {known: true}}}",
        "crm_url: {measure: {last: touches.subject}}",
    ],
)
def test_the_right_type_may_come_from_elsewhere(tmp_path: Path, fact: str) -> None:
    assert codes(tmp_path, fact) == []


def test_every_standard_fact_has_a_type_it_must_have() -> None:
    reading = load(shipped("rules", "standard.yaml"))
    assert reading.playbook is not None
    found = {fact.id: fact.type for fact in reading.playbook.facts.values()}
    assert found.keys() == STANDARD_TYPES.keys()
    assert all(type in STANDARD_TYPES[id] for id, type in found.items())

"""Whatever a file lays over what it extends, reading it ends in problems and never in a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.language.load import load

BASE = {
    "playbook": "base",
    "title": "Names of fields as ids",
    "sources": {"note": {"title": "A note", "author": "Us", "published": "2026", "note": "Ours"}},
    "tables": {"touches": {"note": {"type": "text", "unit": "words", "description": "Notes"}}},
    "calendar": {"timezone": "UTC", "hours": "09:00-17:00", "weekdays": ["mon"], "holidays": []},
    "facts": {
        "title": {"type": "text", "ask": "Which?", "unit": "words", "default": "none"},
        "note": {"type": "choice", "choices": ["off", "in"], "description": "A note"},
        "default": {"measure": {"count": "touches", "where": {"note": "x"}, "within": "9 days"}},
        "unit": {"when": {"title": "x", "default": {"at_least": 1}}},
    },
    "dark": {"note": {"when": {"title": "x"}, "silent_for": "3 days", "because": "It is long"}},
    "signals": {"ask": {"when": {"dark": True}, "title": "Ask", "prevent": ["title"]}},
    "causes": {
        "title": {
            "when": {"dark": True},
            "evidence": {
                "note": {"when": {"signals.ask": True}, "weight": 0.4, "because": "It is so"},
                "title": {
                    "when": {"title": "x"},
                    "against": 0.4,
                    "basis": "source",
                    "source": "note",
                },
            },
        }
    },
    "actions": {
        "title": {
            "kind": "outreach",
            "channel": "email",
            "when": {"dark": True},
            "for": {"title": 0.5},
            "due": "2 days",
        },
    },
    "guards": {"note": {"blocks": {"kind": "outreach"}, "while": {"note": "off"}}},
    "cadence": {"steps": ["1 day"], "gap": "1 day", "from": "silent_since"},
    "diagnosis": {"at_least": 0.25},
}

VALUES: tuple[Any, ...] = ("off", {}, None, [], ["off"], 0, 0.5, True, "", {"off": "off"})


def places(data: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place of ``data`` that a key leads to."""
    for key, value in data.items() if isinstance(data, dict) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def near(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A playbook over `base.yaml` that says ``value`` at ``place`` and nothing else."""
    for key in reversed(place):
        value = {key: value}
    return {"playbook": "near", "extends": "base.yaml", **value}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules")
    (path / "base.yaml").write_text(json.dumps(BASE), encoding="utf-8")
    return path


def problems(folder: Path, data: Any) -> list[str]:
    path = folder / "near.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    reading = load(path, "near.yaml")
    return [problem.code for problem in reading.problems]


def test_the_base_is_sound(folder: Path) -> None:
    assert load(folder / "base.yaml").problems == ()


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, id=".".join(place), marks=() if at % 6 == 0 else pytest.mark.slow)
        for at, place in enumerate(places(BASE))
    ],
)
def test_reading_never_fails(folder: Path, place: tuple[str, ...]) -> None:
    for value in VALUES:
        problems(folder, near(place, value))


@pytest.mark.parametrize(
    "place", [("causes", "title", "evidence", "note"), ("actions", "title", "for", "title")]
)
def test_an_id_that_is_also_the_name_of_a_field_can_be_turned_off(
    folder: Path, place: tuple[str, ...]
) -> None:
    path = folder / "near.yaml"
    path.write_text(json.dumps(near(place, "off")), encoding="utf-8")
    reading = load(path, "near.yaml")
    assert place in reading.removed
    assert reading.playbook is not None or reading.problems


@pytest.mark.parametrize(
    "place",
    [
        ("causes", "title", "evidence", "note", "because"),
        ("sources", "note", "note"),
        ("facts", "title", "default"),
        ("tables", "touches", "note", "unit"),
    ],
)
def test_off_in_a_field_of_text_is_a_text(folder: Path, place: tuple[str, ...]) -> None:
    path = folder / "near.yaml"
    path.write_text(json.dumps(near(place, "off")), encoding="utf-8")
    reading = load(path, "near.yaml")
    assert reading.removed == {}
    assert reading.problems == ()

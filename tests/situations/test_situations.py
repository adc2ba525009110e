"""What must hold of people whose records look as CRMs write them, by every evaluator."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.compared_evaluators import EVALUATORS
from tests.support.situation_files import Situation, all_situations, write_book
from tests.support.small_playbook import relight

Answer = Mapping[str, Any]

EVERY = bool(os.environ.get("RELIGHT_EVERY_CASE"))
SITUATIONS = all_situations()
SHARES = {"compiled": 1, "meaning": 2, "rete": 2, "columnar": 8}
"""Of how many situations an evaluator judges one, so that this takes seconds; planning a statement
for a single book alone takes some. `RELIGHT_EVERY_CASE=1` has each of them judge all.
"""


@pytest.mark.parametrize(
    ("engine", "situation"),
    [
        pytest.param(engine, each, id=f"{each}-{engine}", marks=marks)
        for at, engine in enumerate(EVALUATORS)
        for marks in [[pytest.mark.slow] if engine == "columnar" else []]
        for each in (SITUATIONS if EVERY else SITUATIONS[at % SHARES[engine] :: SHARES[engine]])
    ],
)
def test_what_must_hold_holds(engine: str, situation: Situation, tmp_path: Path) -> None:
    _judge(situation, engine, tmp_path)


def _judge(situation: Situation, engine: str, tmp_path: Path) -> None:
    if found := list(faults(situation, engine, tmp_path)):
        pytest.fail("\n  ".join([f"{situation}, {engine}:", *found]), pytrace=False)


def faults(situation: Situation, engine: str, folder: Path) -> Iterator[str]:
    """Yield what does not hold when ``situation`` is judged by ``engine``."""
    book = write_book(situation, folder)
    playbook = situation.playbook
    if "\n" in playbook:
        (folder / "ours.yaml").write_text(playbook, encoding="utf-8")
        playbook = str(folder / "ours.yaml")
    options: list[str | Path] = [
        "-p",
        playbook,
        "-b",
        book,
        "--as-of",
        situation.as_of,
        "--engine",
        engine,
    ]
    command = shlex.split(situation.ask)
    result = relight(*command, *options, *([] if "-f" in command else ["-f", "json"]))
    assert not result.exception or isinstance(result.exception, SystemExit), result.exception
    yield from _faults_of_run(situation.run, result.exit_code, result.stdout + result.stderr)
    if not situation.each:
        return
    if result.exit_code != 0:
        yield f"exit {result.exit_code}: {result.stderr.strip()}"
        return
    found = json.loads(result.stdout)
    answers = {each["id"]: each for each in found.get("prospects", [found])}
    for id, expected in situation.each.items():
        answer = next(iter(answers.values()), None) if id is None else answers.get(str(id))
        for fault in _faults_of_answer(expected, answer):
            yield f"{id or 'the prospect'}: {fault}"


def _faults_of_run(expected: Mapping[str, Any], code: int, said: str) -> Iterator[str]:
    wanted = expected.get("exit", 0)
    if code not in (wanted if isinstance(wanted, list) else [wanted]):
        yield f"exit {code}, not {wanted}: {said.strip()}"
    for pattern in expected.get("says", []):
        if not re.search(pattern, said, re.IGNORECASE | re.DOTALL):
            yield f"does not say /{pattern}/: {said.strip()[-1500:]}"
    for pattern in expected.get("says_not", []):
        if re.search(pattern, said, re.IGNORECASE | re.DOTALL):
            yield f"says /{pattern}/"


def _faults_of_answer(expected: Mapping[str, Any], answer: Answer | None) -> Iterator[str]:
    if answer is None or expected.get("listed") is False:
        if (answer is not None) != expected.get("listed", True):
            yield "is listed" if answer else "is not listed"
        return
    steps = answer["next_steps"]
    ways = [each["channel"] for each in steps if each["kind"] == "outreach"]
    first = steps[0]["action"] if steps else None
    found = {
        "state": answer["state"],
        "since": answer["silent_since"],
        "outreach": bool(ways),
        "first": first,
        "dark": [each["id"] for each in answer["dark"]],
        "listed": True,
    }
    for key, value in expected.items():
        match key:
            case "facts":
                for fact, wanted in value.items():
                    if answer["facts"].get(fact) != wanted:
                        yield f"{fact} is {answer['facts'].get(fact)!r}, not {wanted!r}"
            case "reaches" | "not_channel":
                for channel in [value] if isinstance(value, str) else value:
                    if (channel in ways) != (key == "reaches"):
                        known = "recommended" if channel in ways else "not recommended"
                        yield f"{channel} is {known}, next {first}"
            case "not_first":
                if first == value:
                    yield f"the first step is {first}"
            case "held_back":
                guards = {guard for each in answer["held_back"] for guard in each["guards"]}
                if not set(value) <= guards:
                    yield f"held back by {sorted(guards)}, not by {value}"
            case _:
                allowed = value if key == "state" and isinstance(value, list) else [value]
                if found[key] not in allowed:
                    yield f"{key} is {found[key]!r}, not {value!r}"

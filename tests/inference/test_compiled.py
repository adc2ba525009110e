"""Compiled playbooks hold an author's text as constants and never as source.

That their answers are those of the definition is held by tests/conformance and test_agreement.
"""

from __future__ import annotations

import ast
from pathlib import Path

from engine.book.calendar import Calendars
from engine.inference.compiled import Compiled, Writer
from engine.inference.firings import Situation
from engine.inference.meaning import Meaning
from engine.language.conditions import Value
from engine.language.load import load
from engine.language.model import Playbook

HOSTILE = "'); __import__('os').system('false') #\\n\\\"\"\""


def playbook_with(text: str, folder: Path) -> Playbook:
    path = folder / "hostile.yaml"
    quoted = text.replace("'", "''")
    path.write_text(
        f"""
playbook: hostile
facts: {{word: {{type: text}}, from_x: {{type: time}}}}
signals:
  import: {{when: {{word: '{quoted}'}}}}
  lambda: {{when: {{word: {{contains: '{quoted}'}}, from_x: {{before: now}}}}}}
""",
        encoding="utf-8",
    )
    reading = load(path)
    assert reading.playbook is not None, reading.problems
    return reading.playbook


def test_text_of_an_author_stands_in_the_code_as_constants_only(tmp_path: Path) -> None:
    playbook = playbook_with(HOSTILE, tmp_path)
    function = ast.Module(Writer(playbook).body(), type_ignores=[])
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    written = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    constants = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
    assert HOSTILE in constants
    assert not any("import" in name or "lambda" in name for name in names | written)


def test_hostile_text_is_compared_like_any_other(tmp_path: Path) -> None:
    playbook = playbook_with(HOSTILE, tmp_path)
    clock = Calendars(playbook.calendar).clock("UTC")
    compiled, meaning = Compiled(playbook), Meaning(playbook)
    known: tuple[dict[str, Value], ...] = (
        {"word": HOSTILE, "from_x": 1},
        {"word": HOSTILE},
        {"word": "other"},
        {},
    )
    for facts in known:
        situation = Situation(facts, 10, clock)
        assert compiled.evaluate(situation) == meaning.evaluate(situation)
    fired = compiled.evaluate(Situation({"word": HOSTILE, "from_x": 1}, 10, clock)).signals
    assert fired == ("import", "lambda")


def test_a_playbook_of_a_thousand_rules_is_compiled(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    rules = "\n".join(f"  s{n}: {{when: {{score: {{at_least: {n}}}}}}}" for n in range(1000))
    path.write_text(f"playbook: large\nfacts: {{score: {{type: number}}}}\nsignals:\n{rules}\n")
    playbook = load(path).playbook
    assert playbook is not None
    clock = Calendars(playbook.calendar).clock("UTC")
    fired = Compiled(playbook).evaluate(Situation({"score": 499.5}, 0, clock)).signals
    assert fired == tuple(f"s{n}" for n in range(500))

"""Compiled playbooks hold an author's text as constants and never as source.

That their answers are those of the definition is held by tests/conformance and test_agreement.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.api.loaded import LoadedPlaybook
from engine.backends.compiled.compile_fact_checks import FactChecksCompiler
from engine.backends.compiled.compile_measures import MeasuresCompiler
from engine.backends.compiled.compile_steps import StepsCompiler
from engine.backends.compiled.compiled_evaluator import CompiledEvaluator, FiringsCompiler
from engine.book.calendar.calendar import Calendars
from engine.language.conditions import Value
from engine.language.load import load
from engine.language.model import Playbook
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context

HOSTILE = "'); __import__('os').system('false') #\\n\\\"\"\""


def playbook_with(text: str, folder: Path) -> Playbook:
    path = folder / "hostile.yaml"
    quoted = text.replace("'", "''")
    path.write_text(
        f"""
playbook: hostile
channels:
  page_x: {{also: ['{quoted}']}}
facts:
  word: {{type: text}}
  from_x: {{type: time}}
  lambda_x: {{measure: {{count: touches, where: {{subject: '{quoted}'}}, after: from_x}}}}
causes:
  exec_x: {{evidence: {{eval_x: {{when: {{word: '{quoted}'}}, weight: 0.5}}}}}}
actions:
  import_x: {{kind: outreach, channel: '{quoted}', when: {{word: '{quoted}'}}, for: {{exec_x: 1}}}}
guards:
  del_x: {{blocks: {{channel: '{quoted}'}}, while: {{word: '{quoted}'}}}}
signals:
  import: {{when: {{word: '{quoted}'}}}}
  lambda: {{when: {{word: {{contains: '{quoted}'}}, from_x: {{before: now}}}}}}
""",
        encoding="utf-8",
    )
    reading = load(path)
    assert reading.playbook is not None, reading.problems
    return reading.playbook


def measuring(playbook: Playbook) -> list[ast.stmt]:
    return MeasuresCompiler(playbook).body()


def telling(playbook: Playbook) -> list[ast.stmt]:
    return FiringsCompiler(playbook).body()


def ranking(playbook: Playbook) -> list[ast.stmt]:
    loaded = LoadedPlaybook(playbook)
    return StepsCompiler(playbook, FactChecksCompiler(playbook, loaded._defaults).statements).body()


@pytest.mark.parametrize("written", [telling, ranking, measuring])
def test_text_of_an_author_stands_in_the_code_as_constants_only(
    written: Callable[[Playbook], list[ast.stmt]], tmp_path: Path
) -> None:
    playbook = playbook_with(HOSTILE, tmp_path)
    nodes = list(ast.walk(ast.Module(written(playbook), type_ignores=[])))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    constants = {node.value for node in nodes if isinstance(node, ast.Constant)}
    assert HOSTILE in constants
    theirs = ("import", "lambda", "exec", "eval_x", "del_x", "word", "from_x")
    assert not [name for name in names for word in theirs if word in name]
    known = {"append", "get", "isascii", "startswith", "strip"}
    assert attributes <= known
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


def test_hostile_text_is_compared_like_any_other(tmp_path: Path) -> None:
    playbook = playbook_with(HOSTILE, tmp_path)
    clock = Calendars(playbook.calendar).clock("UTC")
    compiled, meaning = CompiledEvaluator(playbook), ReferenceEvaluator(playbook)
    known: tuple[dict[str, Value], ...] = (
        {"word": HOSTILE, "from_x": 1},
        {"word": HOSTILE},
        {"word": "other"},
        {},
    )
    for facts in known:
        context = Context(facts, 10, clock)
        assert compiled.evaluate(context) == meaning.evaluate(context)
    fired = compiled.evaluate(Context({"word": HOSTILE, "from_x": 1}, 10, clock)).signals
    assert fired == ("import", "lambda")


def test_a_playbook_of_a_thousand_rules_is_compiled(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    rules = "\n".join(f"  s{n}: {{when: {{score: {{at_least: {n}}}}}}}" for n in range(1000))
    path.write_text(f"playbook: large\nfacts: {{score: {{type: number}}}}\nsignals:\n{rules}\n")
    playbook = load(path).playbook
    assert playbook is not None
    clock = Calendars(playbook.calendar).clock("UTC")
    fired = CompiledEvaluator(playbook).evaluate(Context({"score": 499.5}, 0, clock)).signals
    assert fired == tuple(f"s{n}" for n in range(500))


@pytest.mark.slow
def test_many_actions_may_share_many_tests_or_each_have_one_with_another(tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    names = [f"f{n}" for n in range(150)]
    all_of_them = ", ".join(f"{name}: true" for name in names)
    actions = [f"  all{n}: {{kind: internal, when: {{{all_of_them}}}}}" for n in range(2)]
    actions += [f"  a{n}: {{kind: internal, when: {{n: {n // 2}}}}}" for n in range(1500)]
    facts = ", ".join(f"{name}: {{type: boolean}}" for name in names)
    lines = [f"facts: {{n: {{type: number}}, {facts}}}", "actions:", *actions]
    path.write_text("\n".join(["playbook: wide", *lines, ""]), encoding="utf-8")
    playbook = load(path).playbook
    assert playbook is not None
    loaded = LoadedPlaybook(playbook)
    found = loaded.evaluate({"n": 700, **dict.fromkeys(names, True)}, now=0).next_steps
    assert [step.action for step in found] == ["a1400", "a1401", "all0", "all1"]
    assert loaded.evaluate({"n": 700, "f0": True}, now=0).next_steps == found[:2]

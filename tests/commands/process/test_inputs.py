"""The inputs of commands: playbook, book and instant, opened in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands.process.errors import handle_error, invalid_input
from engine.commands.process.output import Output
from engine.language.problem import Problem, Span
from tests.support.small_playbook import asked, relight, small_folder, write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    return tmp_path


def test_a_statement_needs_no_evaluator_to_carry_its_playbook(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("an evaluator is built and not used")

    monkeypatch.setattr("engine.advice.advisor.create_evaluator", fail)
    result = asked("score", "-o", "scores.csv")
    assert (result.exit_code, result.stderr) == (0, "scored 5 prospects\n")
    assert asked("score", "-o", "one.csv", "--engine", "compiled").exit_code == 70


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "--effective"),
        ("doc",),
        ("next",),
        ("why", "acme"),
        ("draft", "acme"),
        ("score", "-o", "scores.csv"),
        ("sql",),
    ],
    ids=" ".join,
)
def test_a_playbook_with_errors_ends_every_command_the_same_way(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    write(folder, bad_DOT_yaml="playbook: bad\nfacts: {amount: {type: nmber}}\n")
    result = relight(*arguments, "-p", "bad.yaml", "-q")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("bad.yaml:2:24: error[not-allowed-value]: ")
    assert relight(*arguments, "-p", "bad.yaml", "--color").stderr.count("\x1b[1;31merror") == 1


@pytest.mark.parametrize(
    ("code", "file", "exit_code"),
    [
        ("unreadable-file", "mine.yaml", 3),
        ("unreadable-file", "base.yaml", 1),
        ("loop", "mine.yaml", 1),
    ],
)
def test_only_a_file_that_was_named_and_cannot_be_read_is_unreadable_input(
    code: str, file: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = Problem(Span(file, 1, 1, 1, 2), code, "it is what it is")
    error = invalid_input("mine.yaml", [problem])
    assert handle_error(error, Output(quiet=True)) == exit_code
    assert capsys.readouterr().err == f"{file}:1:1: error[{code}]: it is what it is\n"

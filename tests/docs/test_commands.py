"""Every command that the pages show is run, and must print what they show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli import main as relight
from docs.console import (
    CHECKOUT,
    PAGES,
    PROMPT,
    Block,
    Command,
    Outcome,
    blocks_and_comments,
    commands,
    new_folder,
    outcomes,
    same,
)
from engine.commands.init import starter_files
from engine.semantics.result_schema import NEXT_STEPS

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def page(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIGHT_CACHE", "off")


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_command_prints_what_the_page_shows(name: str) -> None:
    with new_folder():
        found = list(outcomes(page(name)))
    differing = {
        f"{name}:{outcome.command.at + 1}: {outcome.command.text}": outcome.printed
        for outcome in found
        if not outcome.agrees
    }
    assert not differing, "`python docs/console.py --write` puts it right"
    assert any(outcome.printed is not None for outcome in found) or name == "docs/language.md"


def relight_is_installed_by(package: str) -> bool:
    named, _, extra = package.removesuffix("]").partition("[")
    return named == PROJECT["name"] and (not extra or extra in PROJECT["optional-dependencies"])


def is_target(name: str) -> bool:
    return re.search(rf"^{name}:", page("Makefile"), re.MULTILINE) is not None


NOT_RUN: dict[str, Callable[[list[str]], bool]] = {
    "cd": lambda words: len(words) == 2,
    "pre-commit": lambda words: (
        words[1:] == ["install"] and Path(".pre-commit-config.yaml") in starter_files()
    ),
    "uv": lambda words: words[1:3] == ["tool", "install"] and relight_is_installed_by(words[3]),
    "pipx": lambda words: words[1] == "install" and relight_is_installed_by(words[2]),
}
"""Commands that are not run here, and what must be so for them to work."""


def unrun() -> list[Command]:
    """Commands in `console` blocks that are not Relight's, and those in indented lines."""
    found = []
    for name in PAGES:
        lines = page(name).splitlines()
        for part in blocks_and_comments(lines):
            if isinstance(part, Block) and part.language == "console":
                found += [each for each in commands(part) if each.words[0] != "relight"]
        found += [
            Command(line.partition("#")[0].strip(), number)
            for number, line in enumerate(lines)
            if re.match(rf"    ({'|'.join(NOT_RUN)}) ", line)
        ]
    return found


@pytest.mark.parametrize("command", unrun(), ids=lambda command: command.text)
def test_a_command_that_is_not_run_could_be(command: Command) -> None:
    assert not command.shown, "what is not run here has no output that could be compared"
    assert NOT_RUN[command.words[0]](command.words)


def named_targets() -> set[str]:
    pages = map(page, (*PAGES, "CONTRIBUTING.md"))
    return {target for text in pages for target in re.findall(r"`make ([a-z-]+)`", text)}


@pytest.mark.parametrize("target", sorted(named_targets()))
def test_every_target_of_make_that_is_named_exists(target: str) -> None:
    assert is_target(target)


def test_the_page_on_the_command_line_shows_the_help_of_every_command() -> None:
    shown = page("docs/cli.md")
    assert f"{PROMPT}relight --help\n" in shown
    for name in relight.commands:
        assert f"{PROMPT}relight {name} --help\n" in shown, name


def test_every_option_is_spoken_of_outside_of_the_help() -> None:
    words = page("docs/cli.md")
    prose = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", words, flags=re.DOTALL | re.MULTILINE)
    plain = {"--help", "--format", "--color"}
    for command in relight.commands.values():
        for option in command.params:
            if isinstance(option, click.Option):
                longest = max(option.opts, key=len)
                assert longest in prose or longest in plain, (command.name, longest)


def test_the_page_on_the_command_line_lists_the_columns_of_csv_in_their_order() -> None:
    table = page("docs/cli.md").partition("## CSV")[2].partition("## Problems")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert tuple(re.findall(r"`(\w+)`", "".join(rows))) == tuple(NEXT_STEPS)


def test_shown_output_may_leave_lines_out_and_nothing_else() -> None:
    assert same(["a", "b"], ["a", "b"])
    assert same(["a", "...", "d"], ["a", "b", "c", "d"])
    assert not same(["a", "...", "d"], ["a", "d"])
    assert not same(["a"], ["a", "b"])
    assert not same(["a.*"], ["abc"])


def test_an_exit_code_that_the_page_does_not_tell_of_is_a_difference() -> None:
    assert not Outcome(Command("relight check", 0, ["x"]), ["x"], exited=1).agrees
    assert Outcome(Command("relight check", 0, ["x"], exits=1), ["x"], exited=1).agrees

"""Load the playbook of a command: the one that `--playbook` names, or the default one."""

from __future__ import annotations

from pathlib import Path

from engine.assurance.lint.load_runnable import load_runnable
from engine.commands.process.errors import invalid_input
from engine.commands.process.output import Output
from engine.commands.process.write import spare_inputs
from engine.language.files.locate import playbook_at
from engine.language.load import LoadResult
from engine.language.model import Playbook


def load_playbook(name: str | None, output: Output) -> Playbook:
    """Load the playbook ``name``, or the default one, for evaluation.

    With `--verbose`, its warnings are reported.

    Raises:
        InvalidInput: It has errors.
        InputNotFound: It does not exist.
        UsageError: No name was given and there are several playbooks, or the result would replace
            a file that is read.
    """
    playbook = load_reading(name, output).playbook
    assert playbook is not None
    return playbook


def load_reading(name: str | None, output: Output) -> LoadResult:
    """Load the playbook ``name``, or the default one, with its document and its files.

    With `--verbose`, its warnings are reported.

    Raises:
        InvalidInput: It has errors.
        InputNotFound: It does not exist.
        UsageError: No name was given and there are several playbooks, or the result would replace
            a file that is read.
    """
    file = playbook_at(name)
    loaded = load_runnable(file.path, file.name)
    spare_inputs(output.target, map(Path, loaded.files))
    if loaded.playbook is None:
        raise invalid_input(file.name, loaded.problems)
    if output.verbose:
        output.report_problems(loaded.problems)
    return loaded

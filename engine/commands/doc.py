"""`relight doc`: write the playbook as a page for people who never see the file."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_reading
from engine.reports.handbook.scope import handbook_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DocOptions:
    """The options of `doc`; ``own`` leaves out the playbooks that are extended."""

    playbook: str | None
    own: bool


def run_doc(options: DocOptions, output: Output) -> int:
    """Print or write the page, and return the exit code."""
    output.render(handbook_scope(load_reading(options.playbook, output), options.own))
    return FINE

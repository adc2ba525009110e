"""`relight doc`: write the playbook as a page for people who never see the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.commands.process.exit_codes import FINE
from engine.commands.process.formats import format_by_suffix
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_reading
from engine.reports.handbook.scope import handbook_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DocOptions:
    """The options of `doc`; ``own`` leaves out the playbooks that are extended."""

    playbook: str | None
    own: bool


def run_doc(options: DocOptions, output: Output) -> int:
    """Print or write the page, and return the exit code.

    Without `--format`, the suffix of the file decides, as it decides which program opens it.
    """
    loaded = load_reading(options.playbook, output)
    by_name = None if output.target is None else format_by_suffix("doc", output.target)
    format = output.format or by_name or "markdown"
    replace(output, format=format).render(handbook_scope(loaded, options.own))
    return FINE

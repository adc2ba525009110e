"""The answer of `show` in the format asked for."""

from __future__ import annotations

from engine.commands.process.output import Output
from engine.language.files.locate import UsageError
from engine.language.load import LoadResult
from engine.reports.playbook.entry_page import find, rule_json, rule_text
from engine.reports.playbook.merged import effective_yaml
from engine.reports.playbook.overview import (
    overview_json,
    overview_text,
    section_json,
    section_text,
    sections_of,
)


def run_show(reading: LoadResult, id: str | None, effective: bool, output: Output) -> str:
    """The playbook, merged if ``effective``, or the section or entry ``id``.

    Raises rule_page.Unknown, and Unclear for an option that could only be dropped.
    """
    as_json = output.format == "json"
    if effective and id is not None:
        raise UsageError(f"--effective is of the whole playbook: leave out `{id}`")
    if effective and as_json:
        raise UsageError("--effective is YAML: `--format json` without it is merged as well")
    if id is not None and id in sections_of(reading):
        return section_json(reading, id) if as_json else section_text(reading, id, output.style)
    if id is not None:
        entry = find(reading, id)
        return rule_json(reading, entry) if as_json else rule_text(reading, entry, output.style)
    if as_json:
        return overview_json(reading)
    return effective_yaml(reading) if effective else overview_text(reading, output.style)

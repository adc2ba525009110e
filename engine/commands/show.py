"""`relight show`: print the effective playbook, one section or one entry of it, or its sources."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.process.errors import UnknownId
from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_reading
from engine.commands.show_sources import run_sources
from engine.language.files.input_errors import UsageError
from engine.language.load import LoadResult
from engine.language.suggest import did_you_mean
from engine.reports.playbook.effective_yaml import effective_yaml, format_location
from engine.reports.playbook.entry_page import entry_names, playbook_entry
from engine.reports.playbook.overview import PlaybookSection, sections_of
from engine.reports.playbook.show_page import PageContent


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions:
    """The options of `show`."""

    playbook: str | None
    id: str | None
    effective: bool
    sources: bool


def run_show(options: ShowOptions, output: Output) -> int:
    """Print what ``options`` select, and return the exit code.

    Raises:
        UnknownId: There is no such entry.
        UsageError: Options exclude each other.
    """
    if options.sources:
        if options.effective:
            raise UsageError("--effective and --sources cannot be used together: leave one out")
        return run_sources(options.playbook, options.id, output)
    loaded = load_reading(options.playbook, output)
    if options.effective:
        _reject_others(options, output)
        output.result(effective_yaml(loaded))
    else:
        output.render(_selected(loaded, options.id))
    return FINE


def _reject_others(options: ShowOptions, output: Output) -> None:
    if options.id is not None:
        raise UsageError(f"--effective prints the whole playbook: leave out `{options.id}`")
    if output.format != "text":
        raise UsageError(
            f"--effective prints YAML: `--format {output.format}` without it is merged as well"
        )


def _selected(loaded: LoadResult, id: str | None) -> PageContent:
    if id is None:
        return loaded
    if id in sections_of(loaded):
        return PlaybookSection(loaded, id)
    return playbook_entry(loaded, find_entry(loaded, id))


def find_entry(loaded: LoadResult, id: str) -> str:
    """Return the full name (`signals.x`) of the entry ``id``, given with or without its section.

    Raises:
        UnknownId: No entry has that id, or several have it.
    """
    known = entry_names(loaded)
    found = [name for name in known if id in (name, name.partition(".")[2])]
    if len(found) > 1:
        raise UnknownId(f"`{id}` could be {' or '.join(f'`{name}`' for name in found)}")
    off = next((at for at in loaded.removed if id in (at[-1], ".".join(map(str, at)))), None)
    if not found and off is not None:
        raise UnknownId(f"`{id}` is off: {format_location(loaded.removed[off])}")
    if not found:
        near = did_you_mean(id, [*known, *(name.partition(".")[2] for name in known)])
        hint = f": {near}" if near else ""
        raise UnknownId(f"nothing in this playbook is called `{id}`{hint}")
    return found[0]

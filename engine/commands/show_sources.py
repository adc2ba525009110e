"""`relight show --sources`: print the ideas of the sources, and the rules that carry them out."""

from __future__ import annotations

from engine.assurance.traceability import (
    Carrier,
    Idea,
    Tracing,
    beside,
    read_traceability,
    rules_of,
)
from engine.commands.process.errors import UnknownId, exit_code, invalid_input
from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.commands.process.write import spare_inputs
from engine.language.files.input_errors import InputNotFound
from engine.language.files.locate import InputFile, playbook_at
from engine.language.load import load
from engine.language.suggest import did_you_mean
from engine.reports.playbook.ideas_page import Ideas
from engine.reports.terminal.phrases import counted


def run_sources(playbook: str | None, id: str | None, output: Output) -> int:
    """Print ideas from the `traceability.yaml` beside a playbook.

    Args:
        playbook: The playbook; None is the default one.
        id: An idea, or a rule whose ideas are printed; None prints all ideas.
        output: Where to print them.

    Returns:
        The exit code.

    Raises:
        InvalidInput: The file has errors.
        InputNotFound: There is no such playbook, or no such file beside it.
        UnknownId: There is no such idea or rule.
    """
    file = playbook_at(playbook)
    path = beside(file.path)
    if path is None:
        raise InputNotFound(f"there is no `traceability.yaml` next to `{file.name}`")
    tracing = read_traceability(path, str(path))
    if exit_code(tracing.problems, {str(path)}) != FINE:
        raise invalid_input(str(path), tracing.problems)
    if output.verbose:
        output.report_problems(tracing.problems)
    spare_inputs(output.target, [path])
    ideas = list(tracing.ideas.values()) if id is None else _find_ideas(tracing, id, file)
    output.render(Ideas(ideas))
    if not output.complete:
        text_only = sum(1 for idea in ideas if idea.text_only)
        output.note(f"{counted(len(ideas), 'idea')}, {text_only} without rules\n")
    return FINE


def _find_ideas(tracing: Tracing, id: str, file: InputFile) -> list[Idea]:
    """Return the idea ``id``, or else those that the rule of that name carries out."""
    if id in tracing.ideas:
        return [tracing.ideas[id]]
    ideas = tracing.ideas.values()
    found = [idea for idea in ideas if any(_matches(rule, id) for rule in idea.rules)]
    if found:
        return found
    partial = load(file.path, file.name).partial
    rules = {} if partial is None else rules_of(partial)
    if any(_matches(Carrier(file.path.stem, rule, None), id) for rule in rules):
        raise UnknownId(f"`{id}` does not carry out any idea of the sources")
    names = [*tracing.ideas, *rules, *(rule.partition(".")[2] for rule in rules)]
    near = did_you_mean(id, filter(None, names))
    raise UnknownId(f"no idea and no rule is named `{id}`" + (f": {near}" if near else ""))


def _matches(rule: Carrier, id: str) -> bool:
    """Return whether ``id`` names ``rule`` or, if that is a piece of evidence, its cause.

    Playbook and section are optional in ``id``: `gone-dark#causes.busy`, `causes.busy`, `busy`.
    """
    playbook, _, name = id.rpartition("#")
    section, _, bare = rule.rule.partition(".")
    qualified = "." in name and name.partition(".")[0] == section
    full = rule.rule if qualified else bare or rule.rule
    return playbook in ("", rule.playbook) and (full == name or full.startswith(f"{name}."))

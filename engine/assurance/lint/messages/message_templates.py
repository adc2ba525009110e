"""Check message templates: that they exist, can be rendered, and do no harm when sent.

What is wrong in a template is reported at its place in the template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.advice.drafts.draft_errors import DraftError, MessageTemplateError
from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.messages.foreign_fields import foreign_fields, instead_of
from engine.assurance.lint.messages.harmful_phrases import Phrase, unwelcome
from engine.language.model import Action
from engine.language.parse.symbols import suggestion_candidates
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import closest, did_you_mean
from engine.language.yaml.reader import is_file, resolve_links

if TYPE_CHECKING:
    from engine.advice.drafts.templates import Template

_OPENING = re.compile(r"\{[#%{]")
_CLOSING = {"{#": "#}", "{%": "%}", "{{": "}}"}
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.\w+)+")


@dataclass(frozen=True)
class TemplateFile:
    """The file of a template: what problems call it, and its text."""

    name: str
    source: str

    @cached_property
    def words(self) -> dict[tuple[str, int], int]:
        """Where each word of the code first stands in each line, by the word and the line."""
        found: dict[tuple[str, int], int] = {}
        line, seen = 1, 0
        for start, end in code_in(self.source):
            if not self.source.startswith("{#", start):
                for word in _WORD.finditer(self.source, start, end):
                    line += self.source.count("\n", seen, word.start())
                    seen = word.start()
                    found.setdefault((word[0], line), seen)
        return found

    def line(self, number: int) -> Span:
        """Return the span of a line, without the spaces around it."""
        text = self.source.split("\n")[number - 1 : number]
        written = text[0] if text else ""
        start = len(written) - len(written.lstrip()) + 1
        end = max(start + 1, len(written.rstrip()) + 1)
        return Span(self.name, number, start, number, end)

    def between(self, start: int, end: int) -> Span:
        """Return the span from the character at index ``start`` to the one before ``end``."""
        return Span(self.name, *self._place(start), *self._place(end))

    def _place(self, at: int) -> tuple[int, int]:
        return self.source.count("\n", 0, at) + 1, at - self.source.rfind("\n", 0, at)


def code_in(source: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each comment, statement and expression of a template."""
    unclosed: set[str] = set()
    at = 0
    while opening := _OPENING.search(source, at):
        closing = _CLOSING[opening[0]]
        # What is not closed from here on is not closed further on, and is not searched again.
        end = -1 if closing in unclosed else source.find(closing, opening.end())
        if end < 0:
            unclosed.add(closing)
            at = opening.start() + 1
        else:
            at = end + len(closing)
            yield opening.start(), at


def unusable_template(target: LintTarget) -> Iterator[Problem]:
    """Report each template that is missing, outside the folder or invalid, or has unknown names."""
    missing: list[Problem] = []
    # Once for each file, which many actions may name: the problem is in it, not in them.
    read: set[str] = set()
    declared = target.document.data.get("facts")
    facts = declared if isinstance(declared, dict) else {}
    for action, span in _with_template(target):
        try:
            file = _file(action, span)
        except DraftError as error:
            missing.append(_not_there(action, span, str(error), missing))
            continue
        if file.name not in read:
            read.add(file.name)
            yield from _problems_in(file, action, facts)
    yield from missing


def _problems_in(file: TemplateFile, action: Action, facts: dict[str, object]) -> Iterator[Problem]:
    """Yield what is wrong in a template.

    Args:
        file: The template.
        action: An action that names it.
        facts: The facts of the playbook.
    """
    foreign = list(_foreign(file, facts))
    try:
        template = _read(action)
    except MessageTemplateError as error:
        help = _fact_after_dot(error, file, facts) or error.help
        yield Problem(file.line(error.line), "bad-template", error.message, help)
        # A brace too few makes a field of another program of one of ours.
        yield from (problem for problem in foreign if problem.span.line != error.line)
        return
    yield from foreign
    for name in template.variables:
        if name not in facts:
            yield _unknown(file, name, template.lines[name], facts)
    yield from (_blank(file, line) for line in template.blanks)


def unwelcome_wording(target: LintTarget) -> Iterator[Problem]:
    """Report each message to a prospect that asks why they are silent, or has nothing to say."""
    read: set[str] = set()
    for action, span in _with_template(target):
        outreach = action.kind == "outreach" and not target.damage.of("actions", action.id, "kind")
        if outreach and variables_of(action) is not None:
            file = _file(action, span)
            if file.name not in read:
                read.add(file.name)
                yield from (_wording(file, phrase) for phrase in unwelcome(file.source))


def variables_of(action: Action) -> tuple[str, ...] | None:
    """Return the facts that the message of ``action`` uses, or None if its template is invalid."""
    if action.template is None:
        return ()
    try:
        return _read(action).variables
    except (DraftError, MessageTemplateError):
        return None


def _with_template(target: LintTarget) -> Iterator[tuple[Action, Span]]:
    for action in target.playbook.actions.values():
        if action.template is not None and action.template_span is not None:
            yield action, action.template_span


# Imported where a template is read: most runs read none, and need not wait for Jinja2.


def _file(action: Action, span: Span) -> TemplateFile:
    from engine.advice.drafts.message import source_of

    # What problems call it: its path from where the playbook is named.
    name = os.path.normpath(Path(span.file).parent / str(action.template))
    return TemplateFile(name, source_of(action))


def _read(action: Action) -> Template:
    from engine.advice.drafts.message import template_of

    return template_of(action)


def _not_there(action: Action, span: Span, reason: str, others: list[Problem]) -> Problem:
    """Word the problem that the template of ``action`` cannot be opened.

    Args:
        action: The action.
        span: Where it names its template.
        reason: Why it cannot be opened.
        others: The problems of this kind so far; after many, none suggests another name.
    """
    folder = resolve_links(Path(span.file).parent)
    wanted = resolve_links(folder / str(action.template))
    if not wanted.is_relative_to(folder):
        help = "put the template next to the playbook, or in a folder there"
        return Problem(span, "template-outside", reason, help)
    if is_file(wanted):
        return Problem(span, "bad-template", reason, "a template is a short text file in UTF-8")
    # Before the folder is listed, not only before names are compared: it may be large.
    names = _names_in(wanted.parent) if suggestion_candidates(("any",), others) else []
    near = did_you_mean(wanted.name, names)
    help = near or "write the path relative to the playbook's own file"
    return Problem(span, "missing-template", reason, help)


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _foreign(file: TemplateFile, facts: dict[str, object]) -> Iterator[Problem]:
    plain, at = "", 0
    for start, end in code_in(file.source):
        plain += file.source[at:start] + re.sub(r"[^\n]", " ", file.source[start:end])
        at = end
    for field in foreign_fields(plain + file.source[at:], facts):
        written = quoted(file.source[field.start : field.end])
        message = f"{written} is no field of a message, and is sent as it stands"
        span = file.between(field.start, field.end)
        yield Problem(span, "foreign-field", message, instead_of(field), severity="warning")


def _fact_after_dot(
    error: MessageTemplateError, file: TemplateFile, facts: dict[str, object]
) -> str | None:
    """Return the help for a name with a dot, such as `contact.firstname`: the fact it means.

    Args:
        error: What is wrong in the template.
        file: The template.
        facts: The facts of the playbook.
    """
    if "a dot after a name" not in error.message:
        return None
    line = file.source.split("\n")[error.line - 1]
    last = [dotted[0].rpartition(".")[2] for dotted in _DOTTED.finditer(line)]
    near = next((fact for fact in (closest(word, facts) for word in last) if fact), None)
    return f"write {quoted('{{ ' + (near or 'first_name') + ' }}')}: a fact has no dot"


def _unknown(file: TemplateFile, name: str, line: int, facts: dict[str, object]) -> Problem:
    """Word the problem that a template uses what is not a fact.

    Args:
        file: The template.
        name: What it uses.
        line: The line on which that first stands.
        facts: The facts of the playbook.
    """
    start = file.words.get((name, line))
    span = file.line(line) if start is None else file.between(start, start + len(name))
    help = did_you_mean(name, facts) or "declare it under `facts`, or use one that exists"
    return Problem(span, "template-unknown-fact", f"{quoted(name)} is not a fact", help)


def _blank(file: TemplateFile, line: int) -> Problem:
    message = "a gap is left here if the fact is unknown"
    help = "write words that stand for it, or move the space before it inside the `{% if ... %}`"
    return Problem(file.line(line), "blank-in-message", message, help, severity="warning")


def _wording(file: TemplateFile, phrase: Phrase) -> Problem:
    span = file.line(phrase.line)
    if phrase.asks_why:
        message = f"this asks why they are silent: `{phrase.words}`"
        help = "make it easy to answer instead: say what is new, or ask one question about them"
        return Problem(span, "asks-why-silent", message, help, severity="warning")
    message = f"this gives no reason to answer: `{phrase.words}`"
    help = "offer something: an answer, a piece of news, one clear question"
    return Problem(span, "empty-check-in", message, help, severity="warning")

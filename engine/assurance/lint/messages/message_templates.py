"""Check message templates: that they exist, can be rendered, and do no harm when sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.advice.drafts.draft_errors import DraftError, MessageTemplateError
from engine.assurance.lint.lint_target import LintTarget
from engine.assurance.lint.messages.harmful_phrases import Phrase, unwelcome
from engine.language.model import Action
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.reader import is_file, resolve_links

if TYPE_CHECKING:
    from engine.advice.drafts.templates import Template


def unusable_template(target: LintTarget) -> Iterator[Problem]:
    """Report each template that is missing, outside the folder or invalid, or has unknown names."""
    for action, span in _with_template(target):
        try:
            template = _read(action)
        except DraftError as error:
            yield _not_there(action, span, str(error))
        except MessageTemplateError as error:
            message = f"template {quoted(action.template)} cannot be used: {error}"
            yield Problem(span, "bad-template", message, "fix the template at that line")
        else:
            yield from _unknown_facts(target, action, template, span)


def unwelcome_wording(target: LintTarget) -> Iterator[Problem]:
    """Report each message to a prospect that asks why they are silent, or has nothing to say."""
    for action, span in _with_template(target):
        outreach = action.kind == "outreach" and not target.damage.of("actions", action.id, "kind")
        template = _template(action) if outreach else None
        for phrase in unwelcome(template.source) if template else ():
            yield _wording(action, phrase, span)


def variables_of(action: Action) -> tuple[str, ...] | None:
    """Return the facts that the message of ``action`` uses, or None if its template is invalid."""
    if action.template is None:
        return ()
    template = _template(action)
    return template.variables if template else None


def _with_template(target: LintTarget) -> Iterator[tuple[Action, Span]]:
    for action in target.playbook.actions.values():
        if action.template is not None and action.template_span is not None:
            yield action, action.template_span


def _read(action: Action) -> Template:
    from engine.advice.drafts.message import template_of

    return template_of(action)


def _template(action: Action) -> Template | None:
    try:
        return _read(action)
    except (DraftError, MessageTemplateError):
        return None


def _not_there(action: Action, span: Span, reason: str) -> Problem:
    folder = resolve_links(Path(span.file).parent)
    wanted = resolve_links(folder / str(action.template))
    if not wanted.is_relative_to(folder):
        help = "put the template next to the playbook, or in a folder there"
        return Problem(span, "template-outside", reason, help)
    if is_file(wanted):
        return Problem(span, "bad-template", reason, "a template is a short text file in UTF-8")
    near = did_you_mean(wanted.name, _names_in(wanted.parent))
    help = near or "write the path relative to the playbook's own file"
    return Problem(span, "missing-template", reason, help)


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _unknown_facts(
    target: LintTarget, action: Action, template: Template, span: Span
) -> Iterator[Problem]:
    facts = target.document.data["facts"]
    for name in template.variables:
        if name not in facts:
            line = _line_of(name, template.source)
            where = f"line {line} of template {quoted(action.template)}"
            message = f"{where} uses {quoted(name)}, which is not a fact"
            help = did_you_mean(name, facts) or "declare it under `facts`, or use one that exists"
            yield Problem(span, "template-unknown-fact", message, help)


def _line_of(name: str, source: str) -> int:
    """Return the line of the template that first names ``name`` between braces."""
    found = re.search(rf"\{{[{{%](?:(?![%}}]\}}).)*?\b{re.escape(name)}\b", source, re.DOTALL)
    return source.count("\n", 0, found.end() if found else 0) + 1


def _wording(action: Action, phrase: Phrase, span: Span) -> Problem:
    where = f"line {phrase.line} of template {quoted(action.template)}"
    if phrase.asks_why:
        message = f"{where} asks why they are silent: `{phrase.words}`"
        help = "make it easy to answer instead: say what is new, or ask one question about them"
        return Problem(span, "asks-why-silent", message, help, severity="warning")
    message = f"{where} gives no reason to answer: `{phrase.words}`"
    help = "offer something: an answer, a piece of news, one clear question"
    return Problem(span, "empty-check-in", message, help, severity="warning")

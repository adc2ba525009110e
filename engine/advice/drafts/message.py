"""Messages from templates, in which nothing missing is ever left blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2.exceptions import TemplateError, UndefinedError

from engine.advice.drafts.draft_errors import DraftError, MessageTemplateError, MissingFacts
from engine.advice.drafts.templates import Template, environment, read_template
from engine.advice.wording import format_date, format_duration, format_number
from engine.language.conditions import Value
from engine.language.model import Action, Playbook
from engine.language.quoting import quoted
from engine.language.yaml.reader import is_file, resolve_links

PLACEHOLDER = re.compile(r"\[[^\[\]{}\n]+\]")
"""What a template leaves to the rep, such as `[what you promised]`."""

MAX_MESSAGE_LENGTH = 20_000
"""Bytes of a template file."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to send or a script to follow. ``subject`` is the template's `Subject:` line;
    ``placeholders`` are the parts in square brackets that its template leaves to the rep.
    """

    subject: str | None
    body: str
    placeholders: tuple[str, ...] = ()


def template_path(action: Action) -> Path:
    """Return the path of ``action``'s template. Raises DraftError if there is none, or it would lie
    outside the folder of the playbook that names it.
    """
    if action.template is None or action.template_span is None:
        raise DraftError(f"`{action.id}` has no message template")
    folder = resolve_links(Path(action.template_span.file).parent)
    path = resolve_links(folder / action.template)
    if not path.is_relative_to(folder):
        raise DraftError(f"{quoted(action.template)} lies outside the folder of its playbook")
    if not is_file(path):
        raise DraftError(f"no template {quoted(action.template)} beside its playbook")
    if path.stat().st_size > MAX_MESSAGE_LENGTH:
        raise DraftError(f"{quoted(action.template)} is longer than {MAX_MESSAGE_LENGTH:,} bytes")
    return path


def template_of(action: Action) -> Template:
    """Return the template of ``action``.

    Raises DraftError, or MessageTemplateError for a template that cannot be used.
    """
    try:
        return read_template(template_path(action).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DraftError(f"{quoted(action.template)} is not UTF-8 text") from error
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise DraftError(f"{quoted(action.template)} cannot be read: {reason}") from error


def draft(playbook: Playbook, action: Action, facts: Mapping[str, Value], zone: str) -> Draft:
    """Write the message of ``action`` for a prospect with ``facts``.

    Times are written as dates in ``zone``. Raises MissingFacts, or NoDraft for anything else that
    keeps the template from making a message.
    """
    try:
        template = template_of(action)
    except MessageTemplateError as error:
        raise DraftError(f"template `{action.template}`, {error}") from error
    missing = tuple(name for name in template.required if name not in facts)
    if missing:
        raise MissingFacts(action, missing)
    known = {id: readable(playbook, id, value, zone) for id, value in facts.items()}
    try:
        text = environment().from_string(template.source).render(known)
    except UndefinedError as error:
        unknown = tuple(name for name in template.variables if name not in facts)
        raise MissingFacts(action, unknown) from error
    except (TemplateError, TypeError, ValueError) as error:
        raise DraftError(f"template `{action.template}`: {str(error).rstrip('.')}") from error
    left = [part for part in PLACEHOLDER.findall(template.source) if part in text]
    return replace(_split(text), placeholders=tuple(dict.fromkeys(left)))


def readable(playbook: Playbook, id: str, value: Value, zone: str) -> object:
    """Return ``value`` as a template sees it: times and durations in words, whole numbers without a
    point.
    """
    type = playbook.facts[id].type if id in playbook.facts else "text"
    match type:
        case "time":
            return format_date(int(value), zone)
        case "duration":
            return format_duration(float(value))
        case "number":
            return TemplateNumber(float(value))
        case "boolean":
            return TemplateBool(value)
        case _:
            return value


class TemplateNumber(float):
    """A number that a template can compare and that prints as people write it."""

    __slots__ = ()

    def __str__(self) -> str:
        return format_number(float(self))


class TemplateBool(int):
    """A boolean that a template can test and that prints as people write it."""

    __slots__ = ()

    def __str__(self) -> str:
        return "yes" if self else "no"


def _split(text: str) -> Draft:
    """Split the `Subject:` line, if the first line is one, from the rest."""
    first, _, rest = text.strip().partition("\n")
    if first.lower().startswith("subject:"):
        return Draft(first[len("subject:") :].strip(), rest.strip())
    return Draft(None, text.strip())

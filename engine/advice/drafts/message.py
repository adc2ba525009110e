"""Write messages from templates; a fact that is missing is an error, never a blank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2.exceptions import TemplateError, UndefinedError

from engine.advice.comparison_words import format_date, format_duration, format_number
from engine.advice.drafts.draft_errors import DraftError, MessageTemplateError, MissingFacts
from engine.advice.drafts.templates import Template, environment, read_template
from engine.language.conditions import Value
from engine.language.model import Action, Playbook
from engine.language.quoting import quoted
from engine.language.yaml.reader import is_file, resolve_links

PLACEHOLDER = re.compile(r"\[[^\[\]{}\n]+\]")
"""A text that the rep has to fill in, such as `[what you promised]`."""

NOTHING = frozenset(
    {"", "-", "--", "?", "??", "n.a", "n/a", "n/v", "nil", "no data", "none", "not available"}
    | {"not set", "null", "tba", "tbd", "undefined", "unknown"}
)
"""What programs and people write into a cell that has no value, in lower case."""

MAX_MESSAGE_LENGTH = 20_000
"""In bytes of the template file."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to send, or a script to follow.

    Attributes:
        subject: What the template's `Subject:` line says; None if it has no such line.
        body: The rest.
        placeholders: The parts in square brackets that the rep has to fill in.
    """

    subject: str | None
    body: str
    placeholders: tuple[str, ...] = ()


def template_path(action: Action) -> Path:
    """Return the path of the template of ``action``.

    Raises:
        DraftError: There is no template, it is too long, or it is outside the folder of the
            playbook that names it.
    """
    if action.template is None or action.template_span is None:
        raise DraftError(f"`{action.id}` has no message template")
    folder = resolve_links(Path(action.template_span.file).parent)
    path = resolve_links(folder / action.template)
    # Links are followed first: one inside the folder may lead out of it.
    if not path.is_relative_to(folder):
        raise DraftError(f"{quoted(action.template)} is outside the folder of its playbook")
    if not is_file(path):
        raise DraftError(f"no template {quoted(action.template)} next to its playbook")
    if path.stat().st_size > MAX_MESSAGE_LENGTH:
        raise DraftError(f"{quoted(action.template)} is longer than {MAX_MESSAGE_LENGTH:,} bytes")
    return path


def template_of(action: Action) -> Template:
    """Read the template of ``action``.

    Raises:
        DraftError: The file cannot be used.
        MessageTemplateError: The template is not valid.
    """
    return read_template(source_of(action))


def source_of(action: Action) -> str:
    """Return the text of the template of ``action``, whether it is valid or not.

    Raises:
        DraftError: The file cannot be used.
    """
    try:
        return template_path(action).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DraftError(f"{quoted(action.template)} is not UTF-8 text") from error
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise DraftError(f"{quoted(action.template)} cannot be read: {reason}") from error


def draft(playbook: Playbook, action: Action, facts: Mapping[str, Value], zone: str) -> Draft:
    """Write the message of an action for a prospect.

    Args:
        playbook: Declares the facts.
        action: The action.
        facts: The known facts of the prospect, by id.
        zone: The time zone to write dates in.

    Raises:
        MissingFacts: The template needs facts that are unknown.
        DraftError: The template cannot be used for another reason.
    """
    try:
        template = template_of(action)
    except MessageTemplateError as error:
        raise DraftError(f"template `{action.template}`, {error}") from error
    known = {
        id: readable(playbook, id, value, zone)
        for id, value in facts.items()
        if not (_is_text(playbook, id) and stands_for_nothing(value))
    }
    missing = tuple(name for name in template.required if name not in known)
    if missing:
        raise MissingFacts(action, missing)
    try:
        text = environment().from_string(template.source).render(known)
    except UndefinedError as error:  # tested by `is defined` in one place, printed in another
        unknown = tuple(name for name in template.variables if name not in known)
        raise MissingFacts(action, unknown) from error
    except (TemplateError, TypeError, ValueError, OverflowError) as error:
        reason = "a comparison or a filter in it does not fit the value of a fact"
        raise DraftError(f"template {quoted(action.template)} cannot be used: {reason}") from error
    # From the template and not from the text: a fact may have square brackets of its own.
    left = [part for part in PLACEHOLDER.findall(template.source) if part in text]
    return replace(_split(text), placeholders=tuple(dict.fromkeys(left)))


def _is_text(playbook: Playbook, id: str) -> bool:
    # Not a choice: that one is called `unknown` may be just what a template asks for.
    return id not in playbook.facts or playbook.facts[id].type == "text"


def stands_for_nothing(value: Value) -> bool:
    """Return whether a text only says that there is no value, as exports write `NULL` and `N/A`."""
    bare = value.strip(" .<>()[]#") if isinstance(value, str) else "x"
    # Nan is a first name.
    return bare in ("nan", "NaN", "NAN") or bare.casefold() in NOTHING


def readable(playbook: Playbook, id: str, value: Value, zone: str) -> object:
    """Convert a value to what templates see: times and durations are text.

    Args:
        playbook: Declares the facts.
        id: The fact.
        value: Its value.
        zone: The time zone to write dates in.
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
    """A number that templates can compare and that prints as people write it."""

    __slots__ = ()

    def __str__(self) -> str:
        return format_number(float(self))


class TemplateBool(int):
    """A boolean that templates can test and that prints as `yes` or `no`.

    A subclass of int, since bool cannot be subclassed.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "yes" if self else "no"


def _split(text: str) -> Draft:
    """Split off the first line if it is a `Subject:` line."""
    first, _, rest = text.strip().partition("\n")
    if first.lower().startswith("subject:"):
        return Draft(first[len("subject:") :].strip(), rest.strip())
    return Draft(None, text.strip())

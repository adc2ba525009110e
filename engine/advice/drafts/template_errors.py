"""Say what is wrong in a template in an author's words, from what the parser of Jinja2 says.

The clues are the words of Jinja2 3.1; tests pin each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.advice.drafts.draft_errors import MessageTemplateError
from engine.language.quoting import quoted

_TAG = re.compile(r"\{%[-+]?\s*(if|endif)\b")
_ONE_FACT = "write one fact between the braces, such as `{{ first_name }}`"
_CLOSE = "close `{{` with `}}`, and `{%` with `%}`"
_TAGS = "a message has `if`, `elif`, `else` and `endif`; a fact is printed by `{{ first_name }}`"

_Words = tuple[str, str]
"""A message and its help."""


def template_error(said: str, line: int, source: str) -> MessageTemplateError:
    """Return the error of a template that Jinja2 cannot parse.

    Args:
        said: What Jinja2 says.
        line: The line it says it of, from 1.
        source: The text of the template.
    """
    if re.search("Unexpected end of template", said):
        message, help = "this `{% if %}` is never closed", "end it with `{% endif %}`"
        return MessageTemplateError(_open_if(source) or line, message, help)
    for clue, words in _CLUES:
        found = re.search(clue, said)
        if found:
            return MessageTemplateError(line, *words(found))
    return MessageTemplateError(line, "this cannot be read as a message", _ONE_FACT)


def _open_if(source: str) -> int | None:
    """Return the line of the innermost `if` that has no `endif`."""
    lines: list[int] = []
    for tag in _TAG.finditer(source):
        if tag[1] == "if":
            lines.append(source.count("\n", 0, tag.start()) + 1)
        elif lines:
            lines.pop()
    return lines[-1] if lines else None


def _character(found: re.Match[str]) -> _Words:
    character = found[1] or found[2]
    message = f"{quoted(character)} cannot be used between braces"
    if character in "\u201c\u201d\u2018\u2019":
        return message, "write straight quotes: \"text\" or 'text'"
    if character in "\"'":
        return "this quote is never closed", f"close it with {character}"
    return message, _ONE_FACT


def _unknown_tag(found: re.Match[str]) -> _Words:
    tag = found[1]
    if tag in ("elseif", "elsif", "else_if"):
        return f"there is no tag {quoted(tag)}", "write `{% elif ... %}`"
    if tag in ("elif", "else", "endif"):
        message = f"{quoted('{% ' + tag + ' %}')} has no `{{% if %}}` that it belongs to"
        return message, "begin with `{% if ... %}`, and end with one `{% endif %}`"
    return f"there is no tag {quoted(tag)}", _TAGS


def _out_of_place(found: re.Match[str]) -> _Words:
    if found[1] == "=":
        return "one `=` compares nothing", "write `==`"
    return f"{quoted(found[1])} does not belong here", f"{_ONE_FACT}; a name has no spaces"


def _missing(found: re.Match[str]) -> _Words:
    return f"{quoted(found[2])} is missing before {quoted(found[1])}", _ONE_FACT


def _said(message: str, help: str) -> Callable[[re.Match[str]], _Words]:
    return lambda _: (message, help)


# The order matters: a clue further down fits what those above have left.
_CLUES: tuple[tuple[str, Callable[[re.Match[str]], _Words]], ...] = (
    (r"unexpected char (?:'(.)'|\"(.)\")", _character),
    (r"unexpected end of template", _said("this is never closed", _CLOSE)),
    (r"unknown tag '(\w+)'", _unknown_tag),
    (r"Missing end of comment", _said("this `{#` is never closed", "end it with `#}`")),
    (r"Missing end of raw", _said("this `{% raw %}` is never closed", "end with `{% endraw %}`")),
    (
        r"got 'end of |^unexpected 'end of ",
        _said("something is missing before the closing brace", _ONE_FACT),
    ),
    (r"^unexpected '[}%]'$", _said("one brace cannot close this", _CLOSE)),
    (r"unexpected '(.+)', expected '(.+)'", _missing),
    (r"got '(.+)'", _out_of_place),
    (r"unexpected '(.+)'", _out_of_place),
)

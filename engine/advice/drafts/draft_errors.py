"""Errors of drafting; in a module of their own, so that catching them does not import Jinja2."""

from __future__ import annotations

from engine.language.model import Action


class DraftError(Exception):
    """No message can be written; the text says why in one sentence."""


class MissingFacts(DraftError):
    """The template needs ``facts`` (ids, in order of appearance) that are unknown."""

    def __init__(self, action: Action, facts: tuple[str, ...]) -> None:
        names = ", ".join(f"`{name}`" for name in facts)
        what = "facts that are" if len(facts) > 1 else "a fact that is"
        super().__init__(f"the message of `{action.id}` needs {what} unknown: {names}")
        self.facts = facts


class MessageTemplateError(Exception):
    """A template is not valid.

    ``message`` says why in one sentence, ``line`` where (from 1), ``help`` what to write instead.
    """

    def __init__(
        self, line: int, message: str, help: str = "fix the template at this line"
    ) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message
        self.help = help

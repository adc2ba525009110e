"""Why there is no message; apart from drafting, so that to catch these loads no template engine."""

from __future__ import annotations

from engine.language.model import Action


class DraftError(Exception):
    """There is no message; the text says why in one sentence."""


class MissingFacts(DraftError):
    """The template needs ``facts`` (ids, by first mention) that are unknown of the prospect."""

    def __init__(self, action: Action, facts: tuple[str, ...]) -> None:
        names = ", ".join(f"`{name}`" for name in facts)
        what = "facts that are" if len(facts) > 1 else "a fact that is"
        super().__init__(f"the message of `{action.id}` needs {what} unknown: {names}")
        self.facts = facts


class MessageTemplateError(Exception):
    """What is wrong with a template, in one sentence, at a line of its own."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message

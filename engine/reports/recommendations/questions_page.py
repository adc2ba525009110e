"""Format the unknown facts that would change the advice most, and their effects."""

from __future__ import annotations

from collections.abc import Sequence

from engine.advice.questions.advice_effects import Effect
from engine.advice.questions.answers import PossibleAnswer
from engine.advice.questions.what_if import Question
from engine.language.model import Playbook
from engine.reports.terminal.page import Page
from engine.reports.terminal.phrases import plain

EFFECTS = 2
"""Effects that are listed for each fact, the most important first."""

ANSWERS = 4
"""Answers with the same effect that are listed."""


def questions_items(found: Sequence[Question], playbook: Playbook, page: Page) -> None:
    """Add a section on what to find out next, unless there are no questions.

    Args:
        found: The questions, the weightiest first.
        playbook: Has the titles.
        page: The page to add to.
    """
    if found:
        page.heading("Worth finding out next")
    for question in found:
        fact = question.fact
        if fact.ask is not None:
            verb, what = "ask:", f"“{fact.ask}”"
        else:
            verb, what = "look up:", fact.description or plain(fact.id)
        page.item("-", f"{verb} ", what, (f"  {fact.id}", "dim"), indent=2)
        for effect, answers in question.effects[:EFFECTS]:
            page.line(f"would {effect_words(effect, playbook)} {_if_answer(answers)}", indent=4)


def effect_words(effect: Effect, playbook: Playbook) -> str:
    """Describe an effect, such as `put “Send the case study” first`."""
    id = effect.id or ""
    match effect.kind:
        case "frees":
            return f"lift {id}, which holds messages back,"
        case "first":
            return f"put “{playbook.actions[id].title}” first"
        case "nothing":
            return "leave nothing to do for now"
        case "leads":
            return f"make “{playbook.causes[id].title}” the most likely cause"
        case "unclear":
            return "leave the cause unclear"
        case "added":
            return f"add “{playbook.actions[id].title}” to the steps"
        case "dropped":
            return f"take “{playbook.actions[id].title}” off the steps"
        case "more":
            return f"make “{playbook.actions[id].title}” worth more"
        case "less":
            return f"make “{playbook.actions[id].title}” worth less"


def _if_answer(answers: Sequence[PossibleAnswer]) -> str:
    """Return the condition of an effect: its first few answers."""
    if not answers:
        return "whatever it is"
    words = [answer.words for answer in answers]
    if len(words) > ANSWERS:
        rest = len(words) - ANSWERS + 1
        words = [*words[: ANSWERS - 1], f"{rest} others"]
    *others, last = words
    return f"if {', '.join(others)} or {last}" if others else f"if {last}"

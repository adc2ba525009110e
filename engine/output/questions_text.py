"""The end of `why`: the unknown facts that would change the answer most, and what each decides."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Sequence

from engine.advice.adviser import Judged
from engine.advice.answers import Answer
from engine.advice.questions import Effect, Question, questions
from engine.language.model import Playbook
from engine.output.page import Page

EFFECTS = 2
"""So many effects of a fact are told, the weightiest first."""

ANSWERS = 4
"""So many answers with the same effect are named."""


def tell_questions(judged: Judged, page: Page) -> None:
    """A section on what to find out next; none where nothing unknown would change anything."""
    with _collector_paused():
        found = questions(judged)
    if found:
        page.heading("Worth finding out next")
    for question in found:
        fact = question.fact
        if fact.ask is not None:
            words, told = "ask:", f"“{fact.ask}”"
        else:
            words, told = "look up:", fact.description or fact.id.replace("_", " ")
        page.item("-", f"{words} ", told, (f"  {fact.id}", "dim"), indent=2)
        for effect, answers in question.effects[:EFFECTS]:
            would = effect_words(effect, judged.playbook)
            page.line(f"would {would} {_answered(answers, question)}", indent=4)


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Lets no garbage be looked for: the trees of the code that is made are all needed to its end,
    and looking through them again and again costs more than making them.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def effect_words(effect: Effect, playbook: Playbook) -> str:
    """What would happen, such as `put “Send the case study” first`."""
    id = effect.id or ""
    match effect.kind:
        case "first":
            return f"put “{playbook.actions[id].title}” first"
        case "nothing":
            return "leave nothing to do for now"
        case "leads":
            return f"make “{playbook.causes[id].title}” the likeliest cause"
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


def _answered(answers: Sequence[Answer], question: Question) -> str:
    """Which answers have the effect, the first few of them."""
    if len(answers) > 1 and len(answers) == question.known:
        return "whatever it is"
    words = [answer.words for answer in answers]
    if len(words) > ANSWERS:
        rest = len(words) - ANSWERS + 1
        words = [*words[: ANSWERS - 1], f"{rest} others"]
    *others, last = words
    return f"if {', '.join(others)} or {last}" if others else f"if {last}"

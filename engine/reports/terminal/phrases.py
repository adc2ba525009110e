"""Write phrases that several reports share."""

from __future__ import annotations

from engine.language.model import Evidence, Fact
from engine.reports.terminal.page import Part
from engine.semantics.recommend import Recommendation


def plain(id: str) -> str:
    """Write an id as words: `next_step` as `next step`."""
    return id.replace("_", " ")


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def who(one: Recommendation) -> list[Part]:
    """Return the first line of a page on one prospect: its id, and its name if it is known."""
    name = one.facts.get("name")
    return [(one.prospect, "bold"), *([f"  {name}"] if name else [])]


def evidence_words(item: Evidence) -> tuple[str, str]:
    """Return the weight of a piece of evidence, such as `+0.60` or `-0.20`, and its reason."""
    weight = f"+{item.weight:.2f}" if item.weight is not None else f"-{item.against:.2f}"
    return weight, item.because or plain(item.id)


def origin(fact: Fact) -> str:
    """Return where the value of a fact comes from: `given`, `measured` or `derived`."""
    if fact.given:
        return "given"
    return "measured" if fact.measure else "derived"

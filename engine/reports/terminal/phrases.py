"""Write phrases that several reports share."""

from __future__ import annotations

from engine.language.model import Evidence, Fact
from engine.reports.terminal.page import Part
from engine.reports.terminal.style import Style
from engine.semantics.recommend import Recommendation


def plain(id: str) -> str:
    """Write an id as words: `next_step` as `next step`."""
    return id.replace("_", " ")


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def who(one: Recommendation, style: Style) -> list[Part]:
    """Return the first line of a page on one prospect: its id, and its name if it is known.

    Args:
        one: The recommendation for the prospect.
        style: The output; where it can, the line links to the record in the CRM.
    """
    name = one.facts.get("name")
    link = style.link_target(text_fact(one, "crm_url"))
    linked = "" if link is None else f"link {link}"
    parts: list[Part] = [(one.prospect, f"bold {linked}".strip())]
    return parts if not name else [*parts, "  ", (str(name), linked)]


def text_fact(one: Recommendation, id: str) -> str | None:
    """Return the value of a fact if it is text; a playbook may mean something else by its name."""
    value = one.facts.get(id)
    return value if isinstance(value, str) else None


def evidence_words(item: Evidence) -> tuple[str, str]:
    """Return the weight of a piece of evidence, such as `+0.60` or `-0.20`, and its reason."""
    weight = f"+{item.weight:.2f}" if item.weight is not None else f"-{item.against:.2f}"
    return weight, item.because or plain(item.id)


def origin(fact: Fact) -> str:
    """Return where the value of a fact comes from: `given`, `measured` or `derived`."""
    if fact.given:
        return "given"
    return "measured" if fact.measure else "derived"

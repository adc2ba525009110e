"""Write the facts beside an answer that a book may have: the account, the amount, the address."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.advice.comparison_words import format_value
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.reports.recommendations.as_csv import number_text
from engine.reports.recommendations.as_json import instant_json
from engine.semantics.recommend import Recommendation

CONTACT_FACTS = (("email", "phone"), ("crm_url",))
"""Facts that say how to reach a prospect, by the lines they stand on."""

FACT_COLUMNS = ("account", "amount", "crm_url", "email", "phone")
"""Facts that have a column at the end of CSV if the book has them."""


def fact_columns(
    playbook: Playbook, columns: Collection[str], shown: Iterable[Recommendation]
) -> tuple[str, ...]:
    """Return which of `FACT_COLUMNS` the book has.

    Args:
        playbook: Declares the facts.
        columns: The facts that the table of prospects has a column for.
        shown: The recommendations; a fact that one of them knows is there too.
    """
    known = {id for one in shown for id in one.facts}
    there = known.union(columns) & playbook.facts.keys()
    return tuple(id for id in FACT_COLUMNS if id in there)


def fact_cell(playbook: Playbook, id: str, value: Value | None) -> object:
    """Return the cell of CSV for the fact ``id``; None if it is unknown.

    Args:
        playbook: Declares the fact.
        id: The fact.
        value: Its value.
    """
    match playbook.facts[id].type:
        case _ if value is None:
            return None
        case "number":
            return number_text(float(value))
        case "time":
            return instant_json(int(value))
        case "boolean":
            return "true" if value else "false"
        case _:
            return value


def fact_words(playbook: Playbook, one: Recommendation, id: str) -> str:
    """Write the value of a fact as people do; empty if it is unknown or not declared.

    Args:
        playbook: Declares the fact.
        one: Has the value.
        id: The fact.
    """
    value = one.facts.get(id)
    fact = playbook.facts.get(id)
    return "" if value is None or fact is None else format_value(value, fact.type, one.zone)

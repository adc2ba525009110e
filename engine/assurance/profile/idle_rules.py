"""Find the rules that can never fire for lack of data."""

from __future__ import annotations

from collections.abc import Collection

from engine.assurance.lint.never_holds import conditions_to_fire
from engine.assurance.lint.truths.possible_truths import Assumption, possible_truths
from engine.assurance.lint.truths.same_rows import value_without_rows
from engine.language.conditions import All, Ref, Value
from engine.language.model import Playbook, Table


def idle_rules(
    playbook: Playbook, unfed: Collection[str], missing: Collection[Table]
) -> tuple[str, ...]:
    """Return the rules that can never fire, as `dark.after_demo` or `causes.busy.evidence.late`.

    Args:
        playbook: The rules.
        unfed: The given facts that no column feeds, so that they have their default or are unknown.
        missing: The tables that the book lacks, so that nothing is counted in them.
    """
    given: dict[str, Value | None] = {id: playbook.facts[id].default for id in unfed}
    for fact in playbook.facts.values():
        if fact.measure is not None and fact.measure.table in missing:
            given[fact.id] = value_without_rows(fact.measure.kind)
    if not given:
        return ()
    id, value = next(iter(given.items()))
    assumption = Assumption(Ref("fact", id, playbook.facts[id].type), value, given)
    found = []
    for place, condition, beside in conditions_to_fire(playbook):
        whole = condition if beside is None else All((condition, beside), span=condition.span)
        if True not in possible_truths(playbook, whole, assumption):
            found.append(".".join(map(str, place[:-1])))
    return tuple(found)

"""The shipped playbooks say of every rule where it comes from and why, of every fact what it is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.language.model import Fact, Rule
from engine.language.walk import rules_by_section
from tests.support.shipped_playbooks import all_of, shipped_names, shipped_playbook

PLAYBOOKS = {playbook.id: playbook for playbook in map(shipped_playbook, shipped_names())}
ENTRIES = {
    f"{section}.{rule.id} of {playbook.id}": rule
    for playbook in PLAYBOOKS.values()
    for section, rules in rules_by_section(playbook).items()
    for rule in rules.values()
}
STANDARD = "standard.yaml"
RULES = {
    name: rule
    for name, rule in ENTRIES.items()
    if not isinstance(rule, Fact) and not rule.span.file.endswith(STANDARD)
}
GONE_DARK = PLAYBOOKS["gone-dark"]


@pytest.mark.parametrize("name", all_of(RULES))
def test_every_rule_names_its_basis_its_source_and_its_reason(name: str) -> None:
    rule: Rule = RULES[name]
    assert not isinstance(rule, Fact)
    assert rule.basis
    assert rule.source
    assert rule.because


def test_every_piece_of_evidence_has_its_reason() -> None:
    evidence = [(c.id, e.id, e.because) for c in GONE_DARK.causes.values() for e in c.evidence]
    assert len(evidence) > 100
    missing = [
        (playbook.id, cause.id, piece.id)
        for playbook in PLAYBOOKS.values()
        for cause in playbook.causes.values()
        for piece in cause.evidence
        if not piece.because
    ]
    assert missing == []


def test_every_fact_is_described() -> None:
    facts = {name: rule for name, rule in ENTRIES.items() if isinstance(rule, Fact)}
    assert len(facts) > 100
    assert [name for name, fact in facts.items() if not fact.description] == []


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_no_two_rules_of_a_section_give_the_same_reason(name: str) -> None:
    said: dict[tuple[str, str], list[str]] = {}
    for section, rules in rules_by_section(PLAYBOOKS[name]).items():
        for rule in rules.values():
            if not isinstance(rule, Fact) and rule.because:
                said.setdefault((section, rule.because), []).append(rule.id)
    assert [ids for ids in said.values() if len(ids) > 1] == []


def test_the_cadence_is_the_same_day_day_5_day_14_and_day_15_after_the_first_touch() -> None:
    """`count` counts the touch that made it their turn as well, so its own step comes first: with
    none unanswered the first step is due, with that one the follow-up of the same day.
    """
    first, *follow_ups = (str(step) for step in GONE_DARK.cadence.steps)
    assert first == "0 days"
    assert follow_ups[:4] == ["0 days", "5 days", "14 days", "15 days"]


def test_after_day_fifteen_the_cadence_goes_on_once_a_week_until_a_deal_is_dormant() -> None:
    weekly = [int(str(step).split()[0]) for step in GONE_DARK.cadence.steps[4:]]
    assert weekly[0] == 15
    assert {later - day for day, later in pairwise(weekly)} == {7}
    assert weekly[-1] > 60


def test_no_reason_begins_as_if_another_stood_before_it() -> None:
    """Each is shown by itself, in whatever order they weigh."""
    begins = [
        (playbook.id, cause.id, piece.id)
        for playbook in PLAYBOOKS.values()
        for cause in playbook.causes.values()
        for piece in cause.evidence
        if (piece.because or "").split(" ")[0] in {"And", "Nor", "But", "Or"}
    ]
    assert begins == []


def test_caps_and_outlooks_are_those_of_the_articles() -> None:
    assert {"five_emails", "six_calls", "five_touches_first"} <= set(GONE_DARK.guards)
    lost = {cause.id for cause in GONE_DARK.causes.values() if cause.outlook == "lost"}
    assert lost == {"used_as_leverage", "avoidant_no", "uninterested_no_notice"}


def test_guards_stand_in_the_order_in_which_they_count() -> None:
    in_order = [
        "asked_to_be_left_alone",
        "do_not_contact",
        "no_emails",
        "no_calls",
        "address_bounces",
        "out_of_office",
        "five_emails",
        "six_calls",
        "not_another_email_yet",
        "not_another_call_yet",
    ]
    for playbook in PLAYBOOKS.values():
        listed = [guard for guard in playbook.guards if guard in in_order]
        assert listed == (in_order if listed else []), playbook.id

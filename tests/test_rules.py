"""The shipped playbooks say of every rule where it comes from and why, of every fact what it is."""

from __future__ import annotations

import pytest

from engine.language.load import load
from engine.language.model import Fact, Rule, sections
from engine.language.shipped import shipped

PLAYBOOK = load(shipped("rules", "gone-dark.yaml")).playbook
assert PLAYBOOK is not None
ENTRIES = [
    (f"{section}.{rule.id}", rule)
    for section, rules in sections(PLAYBOOK).items()
    for rule in rules.values()
]


@pytest.mark.parametrize(
    ("name", "rule"), [(n, r) for n, r in ENTRIES if not isinstance(r, Fact)], ids=str
)
def test_every_rule_names_its_basis_its_source_and_its_reason(name: str, rule: Rule) -> None:
    assert not isinstance(rule, Fact)
    assert rule.basis
    assert rule.source
    assert rule.because


def test_every_piece_of_evidence_has_its_reason() -> None:
    assert PLAYBOOK is not None
    evidence = [(c.id, e.id, e.because) for c in PLAYBOOK.causes.values() for e in c.evidence]
    assert len(evidence) > 100
    assert [entry for entry in evidence if not entry[2]] == []


def test_every_fact_is_described() -> None:
    facts = [rule for _, rule in ENTRIES if isinstance(rule, Fact)]
    assert len(facts) > 100
    assert [fact.id for fact in facts if not fact.description] == []


def test_caps_cadence_and_stages_are_those_of_the_articles() -> None:
    assert PLAYBOOK is not None
    assert [str(step) for step in PLAYBOOK.cadence.steps] == [
        "0 days",
        "5 days",
        "14 days",
        "15 days",
    ]
    assert {"five_emails", "six_calls", "five_touches_first"} <= set(PLAYBOOK.guards)
    assert sum(cause.outlook == "lost" for cause in PLAYBOOK.causes.values()) == 3

"""Names of rules, and the one walk over all conditions of a playbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.language.conditions import Ref
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.package_data import shipped
from engine.language.walk import (
    CAUSE_KNOWN,
    DARK,
    EvidenceId,
    RuleId,
    claims,
    conditions,
    measure_conditions,
    refs_in,
    rule_id,
)

TEXT = """\
playbook: p
facts:
  budget: {type: boolean}
  rich: {when: {budget: true}}
  mails: {measure: {count: touches, where: {channel: email}}}
dark:
  d: {title: D, when: {budget: true}, silent_for: 3 days}
signals:
  s: {title: S, when: {budget: true}}
causes:
  busy:
    title: Busy
    outlook: recoverable
    when: {rich: true}
    evidence:
      considered: {when: {budget: true}, weight: 0.5}
      evidence: {when: {budget: false}, against: 0.5}
actions:
  call: {title: Call, kind: outreach, channel: phone, when: {dark: true}, score: 0.5}
guards:
  never: {while: {budget: false}, blocks: {kind: outreach}}
  unless_rich: {unless: {rich: true}, blocks: {kind: outreach}}
"""


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    path = tmp_path / "p.yaml"
    path.write_text(TEXT, encoding="utf-8")
    loaded = load(path)
    assert loaded.playbook is not None, loaded.problems
    return loaded.playbook


def test_every_condition_comes_with_its_owner_and_the_key_it_is_written_under(
    playbook: Playbook,
) -> None:
    own = [each for each in conditions(playbook) if each.condition.span.file.endswith("p.yaml")]
    assert [(str(each.owner), each.place) for each in own] == [
        ("facts.rich", ("facts", "rich", "when")),
        ("dark.d", ("dark", "d", "when")),
        ("signals.s", ("signals", "s", "when")),
        ("causes.busy", ("causes", "busy", "when")),
        (
            "causes.busy.evidence.considered",
            ("causes", "busy", "evidence", "considered", "when"),
        ),
        ("causes.busy.evidence.evidence", ("causes", "busy", "evidence", "evidence", "when")),
        ("actions.call", ("actions", "call", "when")),
        ("guards.never", ("guards", "never", "while")),
        ("guards.unless_rich", ("guards", "unless_rich", "unless")),
    ]


def test_conditions_on_rows_are_walked_apart(playbook: Playbook) -> None:
    places = [at.place for _, at in measure_conditions(playbook)]
    assert ("facts", "mails", "measure", "where") in places
    assert not any("where" in at.place for at in conditions(playbook))


def test_claims_are_all_rules_and_their_evidence(playbook: Playbook) -> None:
    assert [place for place, _ in claims(playbook)] == [
        ("dark", "d"),
        ("signals", "s"),
        ("causes", "busy"),
        ("causes", "busy", "evidence", "considered"),
        ("causes", "busy", "evidence", "evidence"),
        ("actions", "call"),
        ("guards", "never"),
        ("guards", "unless_rich"),
        ("guards", "unclear_touches"),
    ]


def test_no_condition_of_the_shipped_playbook_is_left_out() -> None:
    loaded = load(shipped("rules", "gone-dark.yaml")).playbook
    assert loaded is not None
    text = sum(
        len(cause.evidence) + (cause.when is not None) for cause in loaded.causes.values()
    ) + sum(fact.when is not None for fact in loaded.facts.values())
    rules = (loaded.thresholds, loaded.signals, loaded.actions, loaded.guards)
    assert len(list(conditions(loaded))) == text + sum(map(len, rules))
    assert all(list(refs_in(each.condition)) for each in conditions(loaded))


@pytest.mark.parametrize(
    ("ref", "name", "text"),
    [
        (Ref("fact", "stage", "choice"), RuleId("facts", "stage"), "facts.stage"),
        (Ref("signal", "s", "boolean"), RuleId("signals", "s"), "signals.s"),
        (Ref("cause", "busy", "number"), RuleId("causes", "busy"), "causes.busy"),
        (Ref("column", "at", "time"), RuleId("columns", "at"), "columns.at"),
        (Ref("dark", "dark", "boolean"), DARK, "dark"),
        (Ref("cause_known", "cause_known", "boolean"), CAUSE_KNOWN, "cause_known"),
    ],
)
def test_what_a_condition_refers_to_has_the_name_authors_write(
    ref: Ref, name: RuleId, text: str
) -> None:
    assert rule_id(ref) == name
    assert str(rule_id(ref)) == text


def test_evidence_is_never_taken_for_a_rule() -> None:
    names: set[object] = {RuleId("causes", "busy"), EvidenceId("causes", "busy")}
    assert len(names) == 2

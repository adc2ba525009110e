"""Conditions in plain words, as a sales leader reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.lint.load_runnable import load_runnable
from engine.language.model import Playbook
from engine.reports.handbook.condition_words import ConditionWords

PLAYBOOK = """\
playbook: words
facts:
  stage: {type: choice, choices: [demo, closed_lost]}
  emails_unanswered: {type: number}
  amount: {type: number, unit: USD}
  met: {type: boolean}
  topic: {type: text}
  next_step_at: {type: time}
  sent_at: {type: time}
  calls: {measure: {count: touches, where: {channel: [phone, in_person]}, after: sent_at}}
  newest: {measure: {latest: events, within: 30 days}}
signals:
  quiet: {title: Gone quiet, when: {met: true}}
causes:
  busy: {title: Too busy, evidence: {a: {when: {met: true}, weight: 0.5}}}
actions:
  call: {title: Call, kind: outreach, channel: phone, due: 2 days, when: CONDITION}
guards:
  five: {blocks: {kind: outreach, channel: [email, in_person]}, while: {met: true}}
  one: {blocks: {actions: [call]}, unless: {met: true}}
"""


def words(tmp_path: Path, condition: str) -> tuple[Playbook, ConditionWords]:
    path = tmp_path / "words.yaml"
    path.write_text(PLAYBOOK.replace("CONDITION", condition))
    reading = load_runnable(path, "words.yaml")
    assert reading.playbook is not None, reading.problems
    return reading.playbook, ConditionWords(reading.playbook)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{}", "always"),
        (
            "{emails_unanswered: {at_least: 3}, met: false}",
            "emails unanswered at least 3 and not met",
        ),
        ("{stage: closed_lost}", "stage is closed lost"),
        ("{stage: [demo, closed_lost]}", "stage is demo or closed lost"),
        ("{stage: {is_not: demo}}", "stage is not demo"),
        ("{amount: {more_than: 5000}}", "amount more than 5,000 USD"),
        ("{amount: {between: [1, 2]}}", "amount from 1 to 2 USD"),
        ("{topic: {known: false}}", "topic is not known"),
        ("{not: {topic: {known: false}}}", "topic is known"),
        ("{topic: {contains: price}}", "topic containing “price”"),
        ("{next_step_at: {before: now}}", "next step at is past"),
        ("{next_step_at: {after: now}}", "next step at is ahead"),
        ("{next_step_at: {after: sent_at}}", "next step at after sent at"),
        ("{sent_at: {older_than: 2 weeks}}", "sent at more than 2 weeks ago"),
        ("{dark: true, cause_known: false}", "they are dark and no cause is known"),
        ("{signals.quiet: true, dark: false}", "“Gone quiet” and they are not dark"),
        ("{causes.busy: {at_least: 0.25}}", "“Too busy” at least 25% likely"),
        ("{causes.busy: {between: [0.2, 0.5]}}", "“Too busy” from 20% to 50% likely"),
        (
            "{any: [{met: true}, {topic: {known: true}}], dark: true}",
            "(met or topic is known) and they are dark",
        ),
        (
            "{any: [{met: true, dark: true}, {stage: demo}]}",
            "(met and they are dark) or stage is demo",
        ),
        ("{any: [{met: false}, {met: {known: false}}]}", "not met as far as is known"),
        ("{not: {met: true, dark: true}}", "not (met and they are dark)"),
        ("{unless: {met: true}}", "unless met"),
        (
            "{unless: {met: true}, stage: demo, dark: true}",
            "stage is demo and they are dark, unless met",
        ),
        (
            "{stage: demo, unless: {met: true, dark: true}}",
            "stage is demo, unless (met and they are dark)",
        ),
        (
            "{all: [{unless: {met: true}}, {unless: {stage: demo}}], dark: true}",
            "they are dark, unless met, unless stage is demo",
        ),
        ("{any: [{unless: {met: true}}, {stage: demo}]}", "(unless met) or stage is demo"),
        ("{not: {unless: {met: true}}}", "not (unless met)"),
        ("{not: {amount: {at_least: 5}}}", "not amount at least 5 USD"),
    ],
)
def test_a_condition_is_said_in_words(tmp_path: Path, condition: str, said: str) -> None:
    playbook, found = words(tmp_path, condition)
    assert found.describe(playbook.actions["call"].when) == said


def test_where_and_while_give_way_to_unless(tmp_path: Path) -> None:
    guards = {"while": "{unless: {met: true}}", "unless": "{unless: {met: true}}"}
    text = PLAYBOOK.replace("CONDITION", "{}").replace(
        "facts:\n",
        "facts:\n  stayed: {measure: {count: contacts, where: {unless: {left: true}}}}\n",
    )
    for key, condition in guards.items():
        text += f"  {key}_it: {{blocks: {{kind: outreach}}, {key}: {condition}}}\n"
    path = tmp_path / "words.yaml"
    path.write_text(text)
    playbook = load_runnable(path, "words.yaml").playbook
    assert playbook is not None
    measure, said = playbook.facts["stayed"].measure, ConditionWords(playbook)
    assert measure is not None
    assert said.measure(measure) == "how many contacts, unless left"
    assert said.held_back(playbook.guards["while_it"]) == "unless met"
    assert said.held_back(playbook.guards["unless_it"]) == "unless (unless met)"


def test_measures_guards_and_dues_are_said_too(tmp_path: Path) -> None:
    playbook, found = words(tmp_path, "{met: true}")
    calls, newest = playbook.facts["calls"].measure, playbook.facts["newest"].measure
    assert calls is not None
    assert newest is not None
    assert found.measure(calls) == (
        "how many touches where channel is phone or meeting, after sent at"
    )
    assert found.measure(newest) == "latest of events, within the last 30 days"
    assert found.blocked(playbook.guards["five"]) == (
        "outreach steps that are email steps or meeting steps"
    )
    assert found.held_back(playbook.guards["five"]) == "while met"
    assert found.blocked(playbook.guards["one"]) == "“Call”"
    assert found.held_back(playbook.guards["one"]) == "unless met"
    assert found.due(playbook.actions["call"]) == "in 2 days"


@pytest.mark.parametrize(
    ("guard", "blocked", "held_back"),
    [
        (
            "{blocks: {kind: [outreach, internal], channel: [email, phone]}, while: {}}",
            "(outreach steps or internal steps) that are email steps or phone steps",
            "always",
        ),
        ("{blocks: {actions: [call, more]}, unless: {}}", "“Call” or “more”", "never"),
        (
            "{blocks: {kind: stop}, unless: {nothing_booked: false}}",
            "stop steps",
            "unless something booked",
        ),
    ],
)
def test_several_kinds_and_what_always_holds_are_said_without_doubt(
    tmp_path: Path, guard: str, blocked: str, held_back: str
) -> None:
    text = PLAYBOOK.replace("CONDITION", "{}").replace(
        "guards:\n", f"  more: {{kind: internal, when: {{}}}}\nguards:\n  odd: {guard}\n"
    )
    text = text.replace("facts:\n", "facts:\n  nothing_booked: {type: boolean}\n")
    path = tmp_path / "words.yaml"
    path.write_text(text)
    playbook = load_runnable(path, "words.yaml").playbook
    assert playbook is not None
    found = ConditionWords(playbook)
    assert found.blocked(playbook.guards["odd"]) == blocked
    assert found.held_back(playbook.guards["odd"]) == held_back


def test_what_several_conditions_ask_alike_is_said_once(tmp_path: Path) -> None:
    playbook, found = words(tmp_path, "{met: true, stage: demo, amount: {at_least: 5}}")
    one = playbook.actions["call"].when
    (tmp_path / "other").mkdir()
    two = words(tmp_path / "other", "{met: true, stage: closed_lost}")[0].actions["call"].when
    assert found.either([one, two]) == (
        "met and ((stage is demo and amount at least 5 USD) or stage is closed lost)"
    )
    assert found.either([one]) == "met and stage is demo and amount at least 5 USD"
    assert found.either([one, one]) == found.describe(one)


def test_what_never_holds_since_a_rule_is_off_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(
        "playbook: words\nfacts: {worried: {when: {signals.late: true}}}\n"
        "signals: {late: off}\ndark: {early: {when: {worried: false}, silent_for: 1 day}}\n"
    )
    playbook = load_runnable(path, "words.yaml").playbook
    assert playbook is not None
    when = playbook.facts["worried"].when
    assert when is not None
    assert ConditionWords(playbook).describe(when) == "never"

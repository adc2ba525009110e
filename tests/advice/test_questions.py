"""Which unknown facts are worth asking for: worked out by hand on a playbook of a few rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.advice.adviser import Adviser, Judged
from engine.advice.answers import Asked
from engine.advice.questions import Effect, Outcome, distance, questions
from engine.assurance.evaluable import evaluable
from engine.book.prospect import Prospect, Row
from engine.inference.evaluators import Name
from engine.language.conditions import Value
from engine.language.model import Playbook

NOW = 1_772_636_400  # Wed 2026-03-04T15:00:00Z
DAY = 86_400

PLAYBOOK = """\
playbook: few
facts:
  rival: {type: choice, choices: [none, even, preferred], ask: Who else is in the race?}
  amount: {type: number}
  visit_at: {type: time}
  away_until: {type: time}
  topic: {type: text, ask: What is it about?}
  unread: {type: text, ask: Who reads this?}
  opted_out: {type: boolean}
  may_call: {type: boolean, ask: May I call you?}
  big: {when: {amount: {at_least: 1000}}}
  after_visit: {measure: {count: touches, after: visit_at}}
causes:
  lost_race:
    when: {stage_known: true}
    evidence: {they_said: {when: {rival: preferred}, weight: 0.8}}
actions:
  note: {title: Send a note, kind: outreach, channel: email, score: 0.5, when: {}}
  call: {title: Call, kind: outreach, channel: phone, score: 0.3, when: {big: true}}
  race: {title: Run the race, kind: internal, score: 0.9, when: {rival: [even, preferred]}}
  story: {title: Tell a story, kind: internal, score: 0.4, when: {topic: {contains: price}}}
  visit: {title: Come again, kind: internal, score: 0.1, when: {after_visit: {at_most: 0}}}
guards:
  left_alone: {blocks: {kind: outreach}, while: {opted_out: true}}
  not_called: {blocks: {channel: [phone]}, while: {may_call: false}}
  away: {blocks: {channel: [email]}, while: {away_until: {after: now}}}
""".replace("stage_known: true", "rival: {known: true}")


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    path = tmp_path_factory.mktemp("few") / "few.yaml"
    path.write_text(PLAYBOOK)
    found = evaluable(path, "few.yaml").playbook
    assert found is not None
    return found


def judged(playbook: Playbook, engine: Name = "meaning", **facts: Value) -> Judged:
    touches: tuple[Row, ...] = ({"at": NOW - 3 * DAY, "direction": "outbound", "channel": "email"},)
    adviser = Adviser(playbook, engine)
    return adviser.judge(Prospect("p", facts, {"touches": touches}), NOW)


def test_the_facts_that_move_the_advice_come_in_the_order_of_how_far(playbook: Playbook) -> None:
    found = {each.fact.id: each.weight for each in questions(judged(playbook), 10)}
    assert list(found) == ["rival", "away_until", "amount", "topic", "visit_at"]
    # even: race 0.9 comes first instead of note: 1 + 0.9; preferred: lost_race leads as well, 0.5.
    assert found["rival"] == pytest.approx((0 + 1.9 + 2.4) / 3)
    # ahead: note 0.5 goes, nothing is left; past, and no date at all, change nothing.
    assert found["away_until"] == pytest.approx(1.5 / 3)
    # something with "price": story 0.4 stands behind note; else, or no topic: nothing.
    assert found["topic"] == pytest.approx(0.4 / 2 / 3)
    # 1,000 and more: call 0.3 stands behind note.
    assert found["amount"] == pytest.approx(0.3 / 2 / 2)


def test_a_fact_that_bounds_a_measure_is_tried_through_what_is_measured(
    playbook: Playbook,
) -> None:
    visit = next(each for each in questions(judged(playbook), 10) if each.fact.id == "visit_at")
    ((effect, answers),) = visit.effects
    assert effect == Effect("added", "visit")
    assert [answer.words for answer in answers] == ["known"]


def test_what_no_rule_reads_is_known_or_forbids_without_a_question_is_not_proposed(
    playbook: Playbook,
) -> None:
    ids = {each.fact.id for each in questions(judged(playbook, rival="none"), 10)}
    assert ids.isdisjoint({"unread", "opted_out", "rival", "big", "after_visit"})


def test_a_flag_of_a_guard_that_has_a_question_is_asked_for(playbook: Playbook) -> None:
    found = {each.fact.id for each in questions(judged(playbook, amount=5000.0), 10)}
    assert "may_call" in found


def test_three_are_shown_unless_more_are_wanted(playbook: Playbook) -> None:
    assert len(questions(judged(playbook))) == 3


@pytest.mark.parametrize("engine", ["meaning", "compiled", "columnar"])
def test_every_evaluator_leads_to_the_same_questions(playbook: Playbook, engine: Name) -> None:
    assert questions(judged(playbook, engine)) == questions(judged(playbook))


def test_an_answer_is_told_by_its_most_telling_effect(playbook: Playbook) -> None:
    rival = questions(judged(playbook))[0]
    assert [
        (effect, [answer.words for answer in answers]) for effect, answers in rival.effects
    ] == [(Effect("first", "race"), ["even", "preferred"])]


@pytest.mark.parametrize(
    ("fact", "known", "effect"),
    [
        ("away_until", {}, Effect("nothing")),
        ("amount", {}, Effect("added", "call")),
        ("may_call", {"amount": 5000.0}, Effect("dropped", "call")),
        ("rival", {"rival": "none"}, None),
    ],
)
def test_what_would_happen_is_told(
    playbook: Playbook, fact: str, known: dict[str, Value], effect: Effect | None
) -> None:
    found = {each.fact.id: each for each in questions(judged(playbook, "meaning", **known), 10)}
    assert (found[fact].effects[0][0] if fact in found else None) == effect


def test_the_measure_counts_the_first_step_the_cause_and_values_by_rank() -> None:
    before = Outcome({"a": 0.6, "b": 0.4}, None)
    assert distance(before, before) == 0
    assert distance(before, Outcome({"a": 0.6, "b": 0.4}, "busy")) == pytest.approx(0.5)
    assert distance(before, Outcome({"a": 0.6}, None)) == pytest.approx(0.4 / 2)
    assert distance(before, Outcome({"a": 0.6, "b": 0.4, "c": 0.3}, None)) == pytest.approx(0.1)
    swapped = Outcome({"b": 0.7, "a": 0.6}, None)
    assert distance(before, swapped) == pytest.approx(1 + 0.3 / 1)
    assert distance(before, Outcome({}, None)) == pytest.approx(1 + 0.6 + 0.4 / 2)


ODD = """\
playbook: odd
facts:
  amount: {type: number}
  wait: {type: duration}
  met_at: {type: time}
  other_at: {type: time}
  sent_at: {type: time}
  country: {type: text}
dark:
  slow: {silent_for: 2 days, since: sent_at}
signals:
  a: {when: {amount: {between: [10, 20]}}}
  b: {when: {amount: {in: [5, 15]}}}
  c: {when: {wait: {more_than: 1 hour}}}
  d: {when: {met_at: {within: 3 days}}}
  e: {when: {met_at: {in_next: 2 business days}}}
  f: {when: {other_at: {before: "2026-02-01", after: met_at}}}
  g: {when: {country: [NL, DE]}}
  h: {when: {country: {starts_with: U}}}
"""


def odd_answers(tmp_path: Path, fact: str, **facts: Value) -> dict[str, Value | None]:
    path = tmp_path / "odd.yaml"
    path.write_text(ODD)
    playbook = evaluable(path, "odd.yaml").playbook
    assert playbook is not None
    situation = judged(playbook, "meaning", **facts).situation
    found = Asked(playbook).answers(playbook.facts[fact], situation)
    assert len({answer.words for answer in found}) == len(found)
    return {answer.words: answer.value for answer in found}


def test_numbers_are_tried_between_all_bounds_and_where_they_must_be_equal(tmp_path: Path) -> None:
    assert odd_answers(tmp_path, "amount") == {
        "under 5": 4.0,
        "over 5 and under 10": 7.5,
        "over 10 and under 15": 12.5,
        "over 15 and under 20": 17.5,
        "over 20": 21.0,
        "5": 5.0,
        "15": 15.0,
    }
    assert odd_answers(tmp_path, "wait") == {"under 1 hour": 3599, "over 1 hour": 3601}


def test_times_are_tried_on_both_sides_of_now_and_of_what_durations_reach(tmp_path: Path) -> None:
    # Two business days from Wednesday 15:00 is Friday 15:00.
    assert odd_answers(tmp_path, "met_at") == {
        "more than 3 days ago": NOW - 4 * DAY,
        "less than 3 days ago": NOW - 3 * DAY // 2,
        "less than 2 business days ahead": NOW + DAY,
        "more than 2 business days ahead": NOW + 3 * DAY,
        "unknown": None,
    }
    february = NOW - 31 * DAY - 15 * 3600
    assert odd_answers(tmp_path, "other_at", met_at=NOW)["before 1 February 2026"] == february - DAY
    assert "after met_at" in odd_answers(tmp_path, "other_at", met_at=NOW)
    assert odd_answers(tmp_path, "sent_at") == {
        "more than 2 days ago": NOW - 3 * DAY,
        "less than 2 days ago": NOW - DAY,
        "unknown": None,
    }


def test_texts_are_tried_as_rules_ask_for_them_and_otherwise(tmp_path: Path) -> None:
    found = odd_answers(tmp_path, "country")
    assert list(found) == [
        "NL",
        "DE",
        "something that begins with “U”",
        "something else",
        "unknown",
    ]

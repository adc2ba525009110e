"""Which unknown facts are worth asking for: worked out by hand on a playbook of a few rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.advice.advisor import Advisor, Evaluation
from engine.advice.questions.advice_effects import AdviceOutcome, Effect, distance
from engine.advice.questions.answer_intervals import Boundary, intervals_between
from engine.advice.questions.answers import ComparisonsByFact, PossibleAnswer, join_intervals
from engine.advice.questions.questions import questions
from engine.assurance.lint.load_runnable import load_runnable
from engine.backends.registry import EvaluatorName
from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.intervals import BELOW
from engine.language.model import Playbook
from tests.support.work import calls_in

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
    when: {rival: {known: true}}
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
"""


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    path = tmp_path_factory.mktemp("few") / "few.yaml"
    path.write_text(PLAYBOOK)
    found = load_runnable(path, "few.yaml").playbook
    assert found is not None
    return found


def judged(playbook: Playbook, engine: EvaluatorName = "meaning", **facts: Value) -> Evaluation:
    touches: tuple[Row, ...] = ({"at": NOW - 3 * DAY, "direction": "outbound", "channel": "email"},)
    advisor = Advisor(playbook, engine)
    return advisor.evaluate(Prospect("p", facts, {"touches": touches}), NOW)


def test_the_facts_that_move_the_advice_come_in_the_order_of_how_far(playbook: Playbook) -> None:
    found = {each.fact.id: each.weight for each in questions(judged(playbook), 10)}
    assert list(found) == ["rival", "away_until", "topic", "amount", "visit_at"]
    # none, or unknown still: nothing; even: race 0.9 comes first instead of note, 1 + 0.9;
    # preferred: lost_race leads as well, 0.5.
    assert found["rival"] == pytest.approx((0 + 1.9 + 2.4) / 4)
    # ahead: note 0.5 goes, nothing is left; past, and no date at all, change nothing.
    assert found["away_until"] == pytest.approx(1.5 / 3)
    # something with "price": story 0.4 stands behind note; else, or no topic: nothing.
    assert found["topic"] == pytest.approx(0.4 / 2 / 3)
    # 1,000 and more: call 0.3 stands behind note; under it, or unknown: nothing.
    assert found["amount"] == pytest.approx(0.3 / 2 / 3)


def test_a_fact_that_bounds_a_measure_is_tried_through_what_is_measured(
    playbook: Playbook,
) -> None:
    visit = next(each for each in questions(judged(playbook), 10) if each.fact.id == "visit_at")
    ((effect, answers),) = visit.effects
    assert effect == Effect("added", "visit")
    assert [answer.words for answer in answers] == ["there is a date"]


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
def test_every_evaluator_leads_to_the_same_questions(
    playbook: Playbook, engine: EvaluatorName
) -> None:
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
    before = AdviceOutcome({"a": 0.6, "b": 0.4}, None)
    assert distance(before, before, {}) == 0
    assert distance(before, AdviceOutcome({"a": 0.6, "b": 0.4}, "busy"), {}) == pytest.approx(0.5)
    assert distance(before, AdviceOutcome({"a": 0.6}, None), {}) == pytest.approx(0.4 / 2)
    assert distance(
        before, AdviceOutcome({"a": 0.6, "b": 0.4, "c": 0.3}, None), {}
    ) == pytest.approx(0.1)
    swapped = AdviceOutcome({"b": 0.7, "a": 0.6}, None)
    assert distance(before, swapped, {}) == pytest.approx(1 + 0.3 / 1)
    assert distance(before, AdviceOutcome({}, None), {}) == pytest.approx(1 + 0.6 + 0.4 / 2)


def test_steps_that_are_gone_about_the_same_way_count_as_one() -> None:
    before, after = AdviceOutcome({"a": 0.6}, None), AdviceOutcome({"b": 0.7}, None)
    assert distance(before, after, {"a": "a", "b": "a"}) == pytest.approx(0.1)
    assert distance(before, AdviceOutcome({"b": 0.6}, None), {"a": "a", "b": "a"}) == 0


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


def odd_answers(
    tmp_path: Path, fact: str, text: str = ODD, now: int = NOW, **facts: Value
) -> dict[str, Value | None]:
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    playbook = load_runnable(path, "odd.yaml").playbook
    assert playbook is not None
    context = replace(judged(playbook, "meaning", **facts).context, now=now)
    found = ComparisonsByFact(playbook).answers(playbook.facts[fact], context)
    assert len({answer.words for answer in found}) == len(found)
    return {answer.words: answer.value for answer in found}


def test_numbers_are_tried_between_all_bounds_and_where_they_must_be_equal(tmp_path: Path) -> None:
    assert odd_answers(tmp_path, "amount") == {
        "under 5": 4.0,
        "over 5 and under 10": 7.5,
        "10 or more and under 15": 12.5,
        "over 15 and 20 or less": 17.5,
        "over 20": 21.0,
        "5": 5.0,
        "15": 15.0,
        "unknown": None,
    }
    assert odd_answers(tmp_path, "wait") == {
        "1 hour or less": 1800,
        "over 1 hour": 3601,
        "unknown": None,
    }


def test_times_are_tried_on_both_sides_of_now_and_of_what_durations_reach(tmp_path: Path) -> None:
    # Two business days from Wednesday 15:00 is Friday 15:00.
    assert odd_answers(tmp_path, "met_at") == {
        "more than 3 days ago": NOW - 4 * DAY,
        "at most 3 days ago": NOW - 3 * DAY // 2,
        "at most 2 business days ahead": NOW + DAY,
        "more than 2 business days ahead": NOW + 3 * DAY,
        "unknown": None,
    }
    february = NOW - 31 * DAY - 15 * 3600
    assert odd_answers(tmp_path, "other_at", met_at=NOW)["before 1 February 2026"] == february - DAY
    assert "after met_at" in odd_answers(tmp_path, "other_at", met_at=NOW)
    assert odd_answers(tmp_path, "sent_at") == {
        "at least 2 days ago": NOW - 3 * DAY,
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


def test_a_number_next_to_none_is_still_beside_its_bound_and_no_length_is_negative(
    tmp_path: Path,
) -> None:
    text = (
        ODD
        + "  i: {when: {wait: {at_least: 0 hours}}}\n"
        + "  j: {when: {amount: {more_than: 100000000000000000}}}"
    )
    found = odd_answers(tmp_path, "amount", text)
    assert found["over 1e+17"] is not None
    assert float(found["over 1e+17"]) > 1e17
    lengths = odd_answers(tmp_path, "wait", text).values()
    assert all(length is None or int(length) >= 0 for length in lengths)


def test_what_rules_ask_only_the_age_of_is_not_tried_in_the_future(tmp_path: Path) -> None:
    text = ODD + "  i: {when: {asked_at: {older_than: 3 business days, after: other_at}}}"
    text = text.replace("facts:\n", "facts:\n  asked_at: {type: time}\n")
    found = odd_answers(tmp_path, "asked_at", text, other_at=NOW - 20 * DAY)
    assert all(at is None or int(at) < NOW for at in found.values())
    assert "at most 3 business days ago" in found


def test_over_a_weekend_of_just_that_many_business_days_nothing_is_more_than_that_ago(
    tmp_path: Path,
) -> None:
    # Three business days before Wednesday 4 March 17:00 is Friday 27 February 17:00, and so is all
    # of the weekend: nothing that lies in it is more than three business days ago.
    text = ODD + "  i: {when: {asked_at: {older_than: 3 business days, after: other_at}}}"
    text = text.replace("facts:\n", "facts:\n  asked_at: {type: time}\n")
    evening, saturday = NOW + 2 * 3600, NOW - 4 * DAY
    found = odd_answers(tmp_path, "asked_at", text, evening, other_at=saturday)
    assert list(found) == [
        "more than 3 business days ago",
        "at most 3 business days ago and before other_at",
        "after other_at",
        "unknown",
    ]


GUARDED = """\
playbook: guarded
facts:
  opted_out: {type: boolean, description: They want to be left alone}
  may_mail: {type: boolean, description: They agreed to mail}
  said_no: {type: boolean}
  stage_of: {type: choice, choices: [legal, approval], ask: Where is it with you?}
  amount: {type: number, ask: How much is it?}
actions:
  write: {title: Write, kind: outreach, channel: email, score: 0.5, when: {}, template: mail.txt}
  press: {title: Press, kind: outreach, channel: email, score: 0.6, template: mail.txt,
    when: {amount: {at_least: 1000}}}
  wait: {title: Wait for them, kind: internal, score: 0.9, when: {stage_of: {known: true}}}
guards:
  unsure: {blocks: {kind: outreach}, while: {opted_out: {known: false}}}
  left_alone: {blocks: {kind: outreach}, while: {opted_out: true}}
  agreed: {blocks: {channel: email}, unless: {may_mail: true}}
  refused: {blocks: {kind: outreach}, while: {said_no: true}}
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "mail.txt").write_text("Subject: Hello\n\nHello\n")
    (folder / "guarded.yaml").write_text(GUARDED)
    found = load_runnable(folder / "guarded.yaml", "guarded.yaml").playbook
    assert found is not None
    return found


def test_what_every_message_waits_for_comes_first_and_nothing_is_asked_before(
    guarded: Playbook,
) -> None:
    found = questions(judged(guarded))
    assert [each.fact.id for each in found] == ["opted_out", "may_mail"]
    assert [(each.effects[0][0], [one.words for one in each.effects[0][1]]) for each in found] == [
        (Effect("frees", "unsure"), ["false"]),
        (Effect("frees", "agreed"), ["true"]),
    ]


def test_who_must_not_be_contacted_is_asked_nothing(guarded: Playbook) -> None:
    assert questions(judged(guarded, opted_out=True)) == ()
    assert questions(judged(guarded, said_no=True)) == ()


@pytest.mark.parametrize(
    "condition", ["{unless: {may_mail: true}}", "{unless: {agreed_to_it: true}}"]
)
def test_what_an_unless_holds_back_is_asked_like_a_guard_s(condition: str, tmp_path: Path) -> None:
    derived = "facts:\n  agreed_to_it: {when: {may_mail: true}}\n"
    text = GUARDED.replace("facts:\n", derived).replace(
        "unless: {may_mail: true}", f"while: {condition}"
    )
    (tmp_path / "mail.txt").write_text("Subject: Hello\n\nHello\n")
    (tmp_path / "guarded.yaml").write_text(text)
    playbook = load_runnable(tmp_path / "guarded.yaml", "guarded.yaml").playbook
    assert playbook is not None
    found = questions(judged(playbook))
    assert [each.fact.id for each in found] == ["opted_out", "may_mail"]
    assert found[1].effects[0][0] == Effect("frees", "agreed")


def test_words_of_which_there_may_be_none_are_told_one_by_one(guarded: Playbook) -> None:
    found = questions(judged(guarded, opted_out=False, may_mail=True))
    (stage,) = [each for each in found if each.fact.id == "stage_of"]
    ((effect, answers),) = stage.effects
    assert effect == Effect("first", "wait")
    assert [answer.words for answer in answers] == ["legal", "approval"]
    assert stage.weight == pytest.approx((1.9 + 1.9 + 0) / 3)


def test_a_step_with_the_same_message_in_place_of_the_first_is_hardly_a_change(
    guarded: Playbook,
) -> None:
    found = {
        each.fact.id: each for each in questions(judged(guarded, opted_out=False, may_mail=True))
    }
    # Press, 0.6, instead of Write, 0.5, which is the same message.
    assert found["amount"].weight == pytest.approx(0.1 / 3)
    assert [answer.words for answer in found["amount"].effects[0][1]] == ["1,000 or more"]


def test_stretches_with_the_same_effect_are_told_as_one(tmp_path: Path) -> None:
    low, middle, high = list(intervals_between([_turn(10.0), _turn(20.0)], "known"))
    found = join_intervals(
        [PossibleAnswer(15.0, middle.words, middle), PossibleAnswer(21.0, high.words, high)]
    )
    assert [answer.words for answer in found] == ["10 or more"]
    apart = join_intervals(
        [PossibleAnswer(9.0, low.words, low), PossibleAnswer(21.0, high.words, high)]
    )
    assert [answer.words for answer in apart] == ["under 10", "20 or more"]


def _turn(at: float) -> Boundary:
    return Boundary(at, BELOW, f"under {at:g}", f"{at:g} or more", f"{at:g}")


def loaded(folder: Path, text: str) -> Playbook:
    path = folder / "mine.yaml"
    path.write_text(f"playbook: mine\n{text}")
    found = load_runnable(path, "mine.yaml").playbook
    assert found is not None
    return found


PARTS = ", ".join(f"{{size: {{at_least: {n}}}}}" for n in range(1500))


@pytest.mark.parametrize(
    "signals",
    [
        "".join(f"  s{n}: {{when: {{size: {{at_least: {n}}}}}}}\n" for n in range(1500)),
        f"  s: {{when: {{any: [{PARTS}]}}}}\n",
    ],
    ids=["rules", "parts"],
)
def test_a_fact_with_too_many_answers_to_try_is_not_tried(tmp_path: Path, signals: str) -> None:
    playbook = loaded(
        tmp_path,
        f"facts:\n  size: {{type: number}}\n  rival: {{type: boolean}}\nsignals:\n{signals}"
        "actions:\n  note: {kind: internal, when: {rival: true}}\n",
    )
    evaluation = judged(playbook)
    found, calls = calls_in(lambda: questions(evaluation))
    assert [question.fact.id for question in found] == ["rival"]
    assert calls < 1_000_000


REGIONS = """\
playbook: regions
calendar:
  regions:
    bavaria: {for: {country: [DE, AT]}, holidays: [DE-BY]}
    tokyo: {for: {timezone: Asia/Tokyo}, hours: "09:00-10:00"}
facts:
  country: {type: text}
  silent_since: {type: time}
  touches_of_a_day: {measure: {count: touches, within: 1 business day}}
dark:
  a_day: {silent_for: 2 business days}
actions:
  wait: {title: Wait, kind: internal, score: 0.5, when: {touches_of_a_day: {at_least: 1}}}
  call: {title: Call, kind: outreach, channel: phone, score: 0.9, when: {dark: true}}
"""


def test_a_fact_that_decides_the_region_is_tried_by_the_hours_of_that_region(
    tmp_path: Path,
) -> None:
    path = tmp_path / "regions.yaml"
    path.write_text(REGIONS, encoding="utf-8")
    playbook = load_runnable(path, "regions.yaml").playbook
    assert playbook is not None
    # Wednesday 7 January 2026, 15:00 UTC. Since Monday 15:00 two business days have passed, but for
    # Tuesday in Bavaria; since Tuesday 14:00 nine hours, but six in Bavaria. In Tokyo, whose days
    # have an hour, two of both.
    now = 1_767_798_000
    facts = {"silent_since": now - 2 * DAY}
    rows: tuple[Row, ...] = ({"at": now - DAY - 3600, "direction": "outbound", "channel": "phone"},)
    prospect = Prospect("p", facts, {"touches": rows})
    found = questions(Advisor(playbook, "meaning").evaluate(prospect, now), 10)
    told = {
        each.fact.id: [(effect, [one.words for one in answers]) for effect, answers in each.effects]
        for each in found
    }
    wait = Effect("first", "wait")
    assert told == {"country": [(wait, ["DE", "AT"])], "timezone": [(wait, ["Asia/Tokyo"])]}
    known = replace(prospect, facts={**facts, "country": "DE", "timezone": "Europe/Berlin"})
    assert questions(Advisor(playbook, "meaning").evaluate(known, now), 10) == ()

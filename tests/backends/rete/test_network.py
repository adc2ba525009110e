"""The evaluator on durable-rules gives the definition's firings, whatever it is told, for ever."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from engine.backends.rete import dnf
from engine.backends.rete import network as rete
from engine.backends.rete import rules_to_rete as rete_rules
from engine.backends.rete.network import ReteEvaluator, unavailable_reason
from engine.backends.rete.working_memory import WorkingMemory
from engine.language import conditions as c
from engine.language.conditions import Condition, Value
from engine.language.durations import Duration
from engine.language.model import Playbook
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context
from tests.support.examples import examples
from tests.support.random_playbooks import (
    CALENDARS,
    DARK,
    HERE,
    NOW,
    NUMBERS,
    WORDS,
    Generator,
    action,
    cause,
    context,
    evidence,
    fact,
    given,
    guard,
    playbook,
    signal,
    threshold,
)

if unavailable_reason() is not None:
    pytest.skip(str(unavailable_reason()), allow_module_level=True)

HOUR = Duration(Fraction(1), "hour")
ANY: Condition = c.All((), span=HERE)


def is_true(subject: c.Ref) -> Condition:
    return c.Equals(subject, True, span=HERE)


def agree(of: Playbook, *contexts: Context) -> None:
    engine, definition = ReteEvaluator(of), ReferenceEvaluator(of)
    for each in contexts:
        assert engine.evaluate(each) == definition.evaluate(each)


def signals_of(of: Playbook, facts: dict[str, Value]) -> tuple[str, ...]:
    return ReteEvaluator(of).evaluate(context(facts)).signals


# The same firings as the definition.


@pytest.mark.parametrize(
    "block", [0, *(pytest.param(later, marks=pytest.mark.slow) for later in range(1, 4))]
)
def test_it_agrees_with_the_definition_on_any_playbook(block: int) -> None:
    for seed in range(150 * block, 150 * (block + 1)):
        generator = Generator(seed)
        of = generator.playbook()
        agree(of, *(generator.context(of) for _ in range(4)))


def test_it_agrees_however_little_the_network_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, limit in [
        (dnf, "MAX_DISJUNCTS", 1),
        (dnf, "MAX_PATTERNS", 2),
        (rete_rules, "MAX_RULES", 3),
        (rete_rules, "MAX_RULES_PER_PATTERN", 2),
        (rete_rules, "MAX_PATTERNS_PER_RULESET", 6),
        (rete_rules, "MAX_PATTERNS_PER_FEATURE", 2),
        (rete_rules, "MAX_PATTERNS_PER_MESSAGE", 2),
        (rete_rules, "MAX_PROPERTIES_PER_MESSAGE", 1),
    ]:
        monkeypatch.setattr(module, name, limit)
    for seed in range(10_000, 10_060):
        generator = Generator(seed)
        of = generator.playbook()
        agree(of, *(generator.context(of) for _ in range(4)))


def test_conclusions_chain_from_facts_to_guards_both_where_rules_fire_and_where_not() -> None:
    busy, lost = c.Ref("cause", "busy", "number"), c.Ref("signal", "lost", "boolean")
    of = playbook(
        fact("eager", "boolean", c.Not(is_true(given("opted_out")), span=HERE)),
        threshold("passed", is_true(c.Ref("fact", "eager", "boolean")), HOUR),
        signal("lost", c.Not(is_true(DARK), span=HERE)),
        cause("busy", None, evidence("one", ANY, 0.1), evidence("two", ANY, 0.2)),
        action("wait", c.Equals(busy, 1 - 0.9 * 0.8, span=HERE)),
        action("ask", is_true(c.Ref("cause_known", "cause_known", "boolean"))),
        guard("never", is_true(lost)),
        guard("unless_lost", is_true(lost), unless=True),
    )
    dark = ReteEvaluator(of).evaluate(context({"opted_out": False, "silent_since": NOW - 3600}))
    assert (dark.derived, dark.thresholds, dark.signals) == ({"eager": True}, ("passed",), ())
    assert (dark.evidence, dark.confidence) == ({"busy": ("one", "two")}, {"busy": 1 - 0.9 * 0.8})
    assert (dark.diagnosed, dark.applicable) == (("busy",), ("wait", "ask"))
    assert dark.guards == ("unless_lost",)
    light = ReteEvaluator(of).evaluate(context({"opted_out": False, "silent_since": NOW - 3599}))
    assert (light.thresholds, light.signals, light.evidence) == ((), ("lost",), {})
    assert (light.confidence, light.applicable, light.guards) == ({"busy": 0.0}, (), ("never",))
    assert ReteEvaluator(of).evaluate(context({"silent_since": NOW - 3600})).derived == {}


def test_a_playbook_without_rules_has_firings_without_any() -> None:
    found = ReteEvaluator(playbook()).evaluate(context({"amount": 1.0}))
    assert found == ReferenceEvaluator(playbook()).evaluate(context({"amount": 1.0}))
    assert found.signals == ()


# Values.


def test_numbers_compare_as_doubles_to_the_last_bit() -> None:
    amount = given("amount")
    made: list[tuple[str, Condition]] = []
    for number, bound in enumerate(NUMBERS):
        made += [
            (f"is_{number}", c.Equals(amount, bound, span=HERE)),
            (f"is_not_{number}", c.Not(c.Equals(amount, bound, span=HERE), span=HERE)),
            (f"at_least_{number}", c.AtLeast(amount, bound, span=HERE)),
            (f"more_than_{number}", c.MoreThan(amount, bound, span=HERE)),
            (f"at_most_{number}", c.AtMost(amount, bound, span=HERE)),
            (f"less_than_{number}", c.LessThan(amount, bound, span=HERE)),
            (f"between_{number}", c.Between(amount, bound, NUMBERS[-2], span=HERE)),
        ]
    engine = ReteEvaluator(playbook(*(signal(name, when) for name, when in made)))
    for value in NUMBERS:
        expected = {
            name
            for number, bound in enumerate(NUMBERS)
            for name, holds in [
                (f"is_{number}", value == bound),
                (f"is_not_{number}", value != bound),
                (f"at_least_{number}", value >= bound),
                (f"more_than_{number}", value > bound),
                (f"at_most_{number}", value <= bound),
                (f"less_than_{number}", value < bound),
                (f"between_{number}", bound <= value <= NUMBERS[-2]),
            ]
            if holds
        }
        assert set(engine.evaluate(context({"amount": value})).signals) == expected


@settings(max_examples=examples(3), derandomize=True)
@drawn(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_any_two_doubles_compare_exactly(bound: float, value: float) -> None:
    amount = given("amount")
    of = playbook(
        signal("same", c.Equals(amount, bound, span=HERE)),
        signal("above", c.MoreThan(amount, bound, span=HERE)),
        signal("below", c.LessThan(amount, bound, span=HERE)),
    )
    expected = "same" if value == bound else "above" if value > bound else "below"
    assert signals_of(of, {"amount": value}) == (expected,)


texts = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=()), max_size=30)


@settings(max_examples=examples(3), derandomize=True)
@drawn(texts, texts)
def test_any_two_texts_compare_code_point_by_code_point(sought: str, found: str) -> None:
    of = playbook(
        signal("same", c.Equals(given("pain"), sought, span=HERE)),
        signal("other", c.Not(c.Equals(given("pain"), sought, span=HERE), span=HERE)),
    )
    expected = "same" if sought == found else "other"
    assert signals_of(of, {"pain": found}) == (expected,)
    assert signals_of(of, {"champion": True}) == ()


def test_only_numbered_names_and_small_numbers_reach_the_c_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spy = Spy(rete._engine())
    monkeypatch.setattr(rete, "_engine", lambda: spy)
    secret = "zebra'\"\\{}"
    of = playbook(
        signal(secret, c.Equals(given("pain"), secret, span=HERE)),
        signal("contains", c.Contains(given("pain"), secret, span=HERE)),
        signal("number", c.AtLeast(given("amount"), 987_654_321.5, span=HERE)),
    )
    facts: dict[str, Value] = {"pain": secret, "amount": 987_654_322.5}
    assert signals_of(of, facts) == (secret, "contains", "number")
    word = r"[grm]?\d+|\$(gte|lte|neq)|all|dist|sid|id|start|relight"
    assert len(spy.passed) > 4
    for text in spy.passed:
        assert re.fullmatch(rf'(({word})|[{{}}\[\]",: ])*', text), text


class Spy:
    """The engine, and every text that was passed to it."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.passed: list[str] = []
        self.error = engine.error

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._engine, name)

        def call(*arguments: Any) -> Any:
            self.passed += [each for each in arguments if isinstance(each, str)]
            return called(*arguments)

        return call


def test_the_names_it_gives_never_share_a_hash() -> None:
    # durable-rules knows names and ids by this hash alone, its own words included.
    words = ["id", "sid", "sid-0", "$s", "$forward", "$time", "$timerName", "$baseTime", "start"]
    words += ["$and", "$or", "$gte", "$lte", "$lt", "$gt", "$eq", "$neq", "$ex", "$nex", "$mt"]
    words += ["$imt", "$iall", "$iany", "$add", "$sub", "$mul", "$div", "$m", "$i", "all", "any"]
    for kind in ("g", ""):
        names = [*words, *(f"{kind}{number}" for number in range(60_000))]
        assert len(set(map(fnv1a, names))) == len(names)


def fnv1a(name: str) -> int:
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 16_777_619 % 2**32
    return found


def test_the_order_in_which_facts_are_known_changes_nothing() -> None:
    generator = Generator(4)
    of = generator.playbook()
    engine = ReteEvaluator(of)
    for _ in range(20):
        facts = dict(generator.context(of).facts)
        backwards = dict(reversed(facts.items()))
        assert engine.evaluate(context(facts)) == engine.evaluate(context(backwards))


# Size.


def test_hundreds_of_rules_may_read_the_same_and_hundreds_of_bounds_one_fact() -> None:
    amount = given("amount")
    of = playbook(
        threshold("passed", ANY, HOUR),
        *(signal(f"dark_{number}", is_true(DARK)) for number in range(600)),
        *(signal(f"from_{n}", c.AtLeast(amount, float(n), span=HERE)) for n in range(600)),
        *(signal(f"up_to_{n}", c.AtMost(amount, n + 0.5, span=HERE)) for n in range(600)),
    )
    agree(
        of,
        context({"amount": 300.0, "silent_since": NOW - 3600}),
        context({"amount": 600.0, "silent_since": NOW}),
        context({"amount": -1.0}),
        context({"silent_since": NOW - 3600}),
        context({}),
    )


def test_hundreds_of_facts_may_be_known_and_read_at_once() -> None:
    names = [f"known_{number}" for number in range(700)]
    subjects = {name: c.Ref("fact", name, "boolean") for name in names}
    of = playbook(
        *(fact(name, "boolean") for name in names),
        *(signal(f"so_{name}", is_true(subject)) for name, subject in subjects.items()),
        *(signal(f"any_{name}", c.Known(each, True, span=HERE)) for name, each in subjects.items()),
    )
    agree(
        of,
        context(dict.fromkeys(names, True)),
        context(dict.fromkeys(names, False)),
        context(dict.fromkeys(names[::3], True)),
    )


def test_conditions_may_be_long_and_multiply_out_to_millions() -> None:
    amount, score = given("amount"), given("score")
    longest = c.All(tuple(c.MoreThan(amount, float(n), span=HERE) for n in range(100)), span=HERE)
    pairs = [
        c.AnyOf(
            (c.Equals(amount, float(n), span=HERE), c.MoreThan(score, float(n), span=HERE)),
            span=HERE,
        )
        for n in range(25)
    ]
    of = playbook(
        signal("long", longest),
        signal("not_long", c.Not(longest, span=HERE)),
        signal("wide", c.All(tuple(pairs), span=HERE)),
        signal(
            "deep",
            c.Not(c.AnyOf(tuple(c.Not(each, span=HERE) for each in pairs), span=HERE), span=HERE),
        ),
        signal("impossible", c.All((*pairs, c.AnyOf((), span=HERE)), span=HERE)),
    )
    agree(
        of,
        context({"amount": 100.0, "score": 25.0}),
        context({"amount": 24.0, "score": 24.0}),
        context({"amount": 99.0}),
        context({"score": 24.5}),
        context({}),
    )
    assert signals_of(of, {"amount": 100.0, "score": 25.0}) == ("long", "wide", "deep")


# Sessions.


def test_thousands_of_evaluations_leave_nothing_behind() -> None:
    generator = Generator(11)
    of = generator.playbook()
    contexts = [generator.context(of) for _ in range(10)]
    engine = ReteEvaluator(of)
    first = [engine.evaluate(each) for each in contexts]
    warm = resident()
    for _ in range(300):
        assert [engine.evaluate(each) for each in contexts] == first
    assert resident() - warm < 4_000_000


@pytest.mark.slow
def test_an_evaluator_that_is_gone_has_its_rules_freed() -> None:
    of = Generator(11).playbook()
    for _ in range(20):
        ReteEvaluator(of)
    gc.collect()
    warm = resident()
    for _ in range(200):
        ReteEvaluator(of)
    gc.collect()
    assert resident() - warm < 4_000_000


def resident() -> int:
    """Bytes of memory this process holds now."""
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is measured where /proc shows it")
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - pathlib would take memory itself
        return int(statm.read().split()[1]) * 4096


def test_evaluators_of_several_playbooks_do_not_disturb_each_other() -> None:
    made = [(Generator(seed), Generator(seed).playbook()) for seed in range(20, 26)]
    evaluators = [(generator, of, ReteEvaluator(of)) for generator, of in made]
    for _ in range(5):
        for generator, of, engine in evaluators:
            found = generator.context(of)
            assert engine.evaluate(found) == ReferenceEvaluator(of).evaluate(found)


def test_threads_may_share_an_evaluator() -> None:
    generator = Generator(12)
    of = generator.playbook()
    contexts = [generator.context(of) for _ in range(200)]
    engine, definition = ReteEvaluator(of), ReferenceEvaluator(of)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(engine.evaluate, contexts))
    assert found == [definition.evaluate(each) for each in contexts]


def test_an_evaluation_that_breaks_off_does_not_leak_into_the_next() -> None:
    eager = given("champion")
    of = playbook(
        signal("eager", is_true(eager)),
        threshold("passed", ANY, Duration(Fraction(1), "business hour")),
        signal("dark", is_true(DARK)),
    )
    engine = ReteEvaluator(of)
    broken = Context({"champion": True, "silent_since": NOW}, NOW, None)  # type: ignore[arg-type]  # no clock is what breaks it off
    with pytest.raises(AttributeError):
        engine.evaluate(broken)
    assert engine.evaluate(context({})).signals == ()
    assert engine.evaluate(context({"champion": True})).signals == ("eager",)


def test_an_evaluation_that_breaks_off_half_way_does_not_leak_into_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = playbook(signal("eager", is_true(given("champion"))), signal("dark", is_true(DARK)))
    engine = ReteEvaluator(of)
    with monkeypatch.context() as patched:
        patched.setattr(WorkingMemory, "conclude", None)
        with pytest.raises(TypeError):
            engine.evaluate(context({"champion": True}))
    assert engine.evaluate(context({})).signals == ()


def test_a_process_that_evaluated_ends_and_has_no_threads() -> None:
    code = """
import threading
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.backends.rete.network import ReteEvaluator
from tests.support.random_playbooks import Generator
generator = Generator(3)
playbook = generator.playbook()
context = generator.context(playbook)
print(ReteEvaluator(playbook).evaluate(context) == ReferenceEvaluator(playbook).evaluate(context))
print(threading.active_count())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n1\n", "")


# What the definition says of the unknown, of time and of facts set by hand.


def test_what_is_unknown_is_neither_so_nor_not_so() -> None:
    champion = given("champion")
    of = playbook(
        signal("so", is_true(champion)),
        signal("not_so", c.Not(is_true(champion), span=HERE)),
        signal("known", c.Known(champion, True, span=HERE)),
        signal("unknown", c.Known(champion, False, span=HERE)),
    )
    assert signals_of(of, {"champion": True}) == ("so", "known")
    assert signals_of(of, {"champion": False}) == ("not_so", "known")
    assert signals_of(of, {}) == ("unknown",)


def test_business_time_is_counted_on_the_clock_of_the_prospect() -> None:
    recent = c.Within(given("next_step_at"), Duration(Fraction(2), "business hour"), span=HERE)
    of = playbook(signal("recent", recent), signal("not", c.Not(recent, span=HERE)))
    engine = ReteEvaluator(of)
    evening = NOW - 15 * 3600  # 2026-03-03T19:00 in New York, 10:00 there now
    facts: dict[str, Value] = {"next_step_at": evening}
    assert engine.evaluate(context(facts)).signals == ("recent",)
    tokyo = Context(facts, NOW, CALENDARS.clock("Asia/Tokyo"))  # 09:00 to 00:00 there
    assert engine.evaluate(tokyo).signals == ("not",)
    assert engine.evaluate(context({"next_step_at": NOW + 1})).signals == ("not",)


def test_a_derived_fact_set_by_hand_is_taken_as_it_is() -> None:
    eager = c.Ref("fact", "eager", "boolean")
    of = playbook(
        fact("eager", "boolean", is_true(given("champion"))), signal("so", is_true(eager))
    )
    engine = ReteEvaluator(of)
    assert engine.evaluate(context({"champion": True})).derived == {"eager": True}
    overrides = engine.evaluate(context({"champion": True, "eager": False}))
    assert (overrides.derived, overrides.signals) == ({}, ())

"""What durable-rules 2.0.28 does at its edges: the behaviour the evaluator on it keeps clear of.

Each test shows the library itself, so that a release which behaves otherwise is noticed and the
matching limit or detour in `rete`, `rete_rules` or `gauges` can be looked at again.
"""

from __future__ import annotations

import json
import operator
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from engine.backends.rete import rules_to_rete as rete_rules
from engine.backends.rete.dnf import MAX_PATTERNS
from engine.backends.rete.network import unavailable_reason

if unavailable_reason() is not None:
    pytest.skip(str(unavailable_reason()), allow_module_level=True)

import durable_rules_engine as durable

Pattern = dict[str, Any]


def rule(*patterns: Pattern, **settings: int) -> dict[str, Any]:
    return {"all": [{f"m{number}": each} for number, each in enumerate(patterns)], **settings}


class Session:
    """Rules, one session, and the names of the rules that fired in it."""

    def __init__(self, **rules: dict[str, Any]) -> None:
        self.handle = durable.create_ruleset("edges", json.dumps(rules))
        self.fired: list[str] = []
        self.then: dict[str, dict[str, Any]] = {}
        self._told = 0

    def assert_facts(self, fact: dict[str, Any], **more: str) -> int:
        """Asserts ``fact`` and runs what fires; 0 where a rule read it, 1 where none did."""
        code, state = self._assert(fact, **more)
        first = durable.start_action_for_state(self.handle, state)
        match = first[1] if first else None
        while match:
            (name,) = json.loads(match)
            self.fired.append(name)
            if name in self.then:
                self._assert(self.then[name])
            match = durable.complete_and_start_action(self.handle, state)
        return code

    def _assert(self, fact: dict[str, Any], **more: str) -> tuple[int, int]:
        self._told += 1
        named = {"sid": "0", "id": str(self._told)} | more | fact
        found: tuple[int, int] = durable.assert_fact(
            self.handle, json.dumps(named, ensure_ascii=False)
        )
        return found


def matches(pattern: Pattern, value: object) -> bool:
    """Whether a fact whose `a` is ``value`` matches ``pattern``."""
    session = Session(r=rule(pattern))
    session.assert_facts({"a": value})
    return bool(session.fired)


def in_another_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs ``code`` where a crash or a thread that stays does no harm."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


# What the evaluator relies on.


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("$gte", operator.ge),
        ("$lte", operator.le),
        ("$eq", operator.eq),
        ("$neq", operator.ne),
    ],
)
def test_small_whole_numbers_compare_as_they_should(
    written: str, holds: Callable[[int, int], bool]
) -> None:
    for bound in (0, 1, 2, 9, 10, 11, 99, 100, 4999):
        place = {"a": bound}
        pattern: Pattern = place if written == "$eq" else {written: place}
        for value in (0, 1, 2, 9, 10, 11, 99, 100, 101, 4999, 5000):
            assert matches(pattern, value) == holds(value, bound)


def test_a_property_that_is_not_there_matches_nothing() -> None:
    for pattern in ({"a": 0}, {"$neq": {"a": 1}}, {"$gte": {"a": 0}}, {"$lte": {"a": 9}}):
        session = Session(r=rule(pattern))
        assert session.assert_facts({"b": 0}) == 1
        assert session.fired == []


def test_a_rule_of_facts_that_come_one_by_one_fires_once_in_any_order() -> None:
    facts = [{"a": 1}, {"b": 1}, {"c": 1}]
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        session = Session(r=rule({"a": 1}, {"b": 1}, {"c": 1}))
        for index in order:
            session.assert_facts(facts[index])
        assert session.fired == ["r"]


# Rules that are never written.


def test_a_negated_pattern_still_fires_on_a_match_made_before_the_fact_arrived() -> None:
    unless = {"all": [{"m0": {"b": 1}}, {"m1$not": {"c": 1}}]}
    session = Session(first=rule({"a": 1}), unless=unless)
    session.then = {"first": {"c": 1}}
    session.assert_facts({"a": 1, "b": 1})
    assert session.fired == ["first", "unless"]  # `c` was there before `unless` fired


def test_a_pattern_of_absence_matches_the_fact_that_durable_adds_itself() -> None:
    session = Session(r=rule({"$nex": {"x": 1}}))
    session.assert_facts({"b": 1})
    assert session.fired == ["r", "r"]


def test_a_rule_of_absence_alone_never_stops_firing_in_the_python_half() -> None:
    code = """
import os
from durable.lang import assert_fact, m, ruleset, when_all
fired = []
def fire(c):
    fired.append(c)
    if len(fired) == 1000:
        os._exit(42)
with ruleset("absence"):
    when_all(-m.x)(fire)
assert_fact("absence", {"b": 1})
"""
    assert in_another_process(code).returncode == 42


def test_alternatives_within_a_rule_fire_once_for_each_that_matches() -> None:
    within = Session(r=rule({"$or": [{"a": 1}, {"b": 1}]}))
    within.assert_facts({"a": 1, "b": 1})
    assert within.fired == ["r", "r"]
    beside = Session(r={"any": [{"m0": {"a": 1}}, {"m1": {"b": 1}}]})
    beside.assert_facts({"a": 1, "b": 1})
    assert beside.fired == ["r", "r"]


def test_a_test_of_the_objects_in_a_list_matches_only_under_the_library_s_own_prefix() -> None:
    assert not matches({"$iany": {"a": {"b": 2}}}, [{"b": 2}])
    assert matches({"$iany": {"a": {"$i.b": 2}}}, [{"b": 2}])


def test_one_fact_is_not_matched_by_two_patterns_of_a_rule_unless_that_is_allowed() -> None:
    apart = Session(r=rule({"a": 1}, {"b": 1}))
    apart.assert_facts({"a": 1, "b": 1})
    assert apart.fired == []
    allowed = Session(r=rule({"a": 1}, {"b": 1}, dist=0))
    allowed.assert_facts({"a": 1, "b": 1})
    assert allowed.fired == ["r"]


# Values that are never asserted.


def test_numbers_whose_text_has_an_exponent_but_no_point_are_refused() -> None:
    for value in (1e16, 1e19, 1e-05, 5e-324):
        with pytest.raises(durable.error, match="204"):
            matches({"$gte": {"a": 0}}, value)
    assert matches({"$gte": {"a": 0}}, 1.5e16)


def test_whole_numbers_stop_at_63_bits() -> None:
    assert matches({"a": 2**63 - 1}, 10**30)


def test_types_run_into_each_other() -> None:
    assert matches({"$gt": {"a": 1}}, "abc")
    assert matches({"a": 1}, "1")
    assert matches({"a": 1}, True)
    assert matches({"a": True}, 1)


def test_texts_compare_by_their_length_within_65536() -> None:
    assert matches({"a": "x" * 65_536 + "a"}, "x" * 65_536 + "b")
    assert not matches({"a": "x" * 1000 + "a"}, "x" * 1000 + "b")


def test_text_that_is_no_unicode_cannot_be_asserted() -> None:
    with pytest.raises(durable.error):
        matches({"a": "x"}, "\ud800")


# Limits that are kept.


def test_a_fact_has_at_most_252_properties_and_its_session_and_id() -> None:
    Session(r=rule({"p0": 1})).assert_facts({f"p{number}": 1 for number in range(252)})
    with pytest.raises(durable.error, match="302"):
        Session(r=rule({"p0": 1})).assert_facts({f"p{number}": 1 for number in range(253)})
    assert rete_rules.MAX_PROPERTIES_PER_MESSAGE <= 252


def test_a_fact_matches_at_most_64_patterns_at_once() -> None:
    for count in (64, 65):
        rules = {f"r{bound}": rule({"$gte": {"a": bound}}) for bound in range(count)}
        session = Session(**rules)
        if count == 64:
            session.assert_facts({"a": 1000})
            assert len(session.fired) == 64
        else:
            with pytest.raises(durable.error, match="303"):
                session.assert_facts({"a": 1000})
    assert rete_rules.MAX_PATTERNS_PER_FEATURE <= rete_rules.MAX_PATTERNS_PER_MESSAGE <= 64


def test_a_rule_joins_at_most_16_facts() -> None:
    for count in (16, 17):
        session = Session(r=rule(*({f"a{n}": 1} for n in range(count)), dist=0))
        fact = {f"a{number}": 1 for number in range(count)}
        if count == 16:
            session.assert_facts(fact)
            assert session.fired == ["r"]
        else:
            with pytest.raises(durable.error, match="304"):
                session.assert_facts(fact)
    assert MAX_PATTERNS <= 16


SAME_PATTERN = """
import durable_rules_engine as durable, json
rules = {f"r{n}": {"all": [{"m": {"a": 1}}]} for n in range(COUNT)}
handle = durable.create_ruleset("edges", json.dumps(rules))
_, state = durable.assert_fact(handle, '{"sid":"0","id":"1","a":1}')
found = durable.start_action_for_state(handle, state)[1]
fired = 0
while found:
    fired += 1
    found = durable.complete_and_start_action(handle, state)
print(fired)
"""


def test_at_most_255_rules_share_a_pattern() -> None:
    assert in_another_process(SAME_PATTERN.replace("COUNT", "255")).stdout == "255\n"
    # One more runs past the end of a list, which may crash; still more are refused with 108.
    assert in_another_process(SAME_PATTERN.replace("COUNT", "257")).stdout != "257\n"
    assert rete_rules.MAX_RULES_PER_PATTERN <= 255


OTHER_PATTERNS = """
import durable_rules_engine as durable, json, signal
signal.alarm(2)  # a loop in C ends by the signal alone
rules = {f"r{n}": {"all": [{"m": {f"p{n}": 1}}]} for n in range(COUNT)}
handle = durable.create_ruleset("edges", json.dumps(rules))
print(durable.assert_fact(handle, '{"sid":"0","id":"1","p0":1}')[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no alarm on Windows")
def test_at_most_511_patterns_are_told_apart() -> None:
    assert in_another_process(OTHER_PATTERNS.replace("COUNT", "511")).stdout == "0\n"
    assert in_another_process(OTHER_PATTERNS.replace("COUNT", "512")).returncode != 0  # no end
    assert rete_rules.MAX_PATTERNS_PER_RULESET <= 511


def test_at_most_4096_rules_make_a_set() -> None:
    Session(**{f"r{n}": {"all": [{"m": {f"p{n % 20}": 1}}]} for n in range(4096)})
    with pytest.raises(durable.error, match="106"):
        Session(**{f"r{n}": {"all": [{"m": {f"p{n % 20}": 1}}]} for n in range(4097)})
    assert rete_rules.MAX_RULES <= 4096


def test_at_most_1024_sessions_live_and_a_deleted_one_makes_room() -> None:
    session = Session(r=rule({"a": 1}))
    for number in range(1024):
        session.assert_facts({"a": 1}, sid=f"s{number}")
    with pytest.raises(MemoryError):
        session.assert_facts({"a": 1}, sid="one more")
    session = Session(r=rule({"a": 1}))
    for number in range(3000):
        session.assert_facts({"a": 1}, sid=f"s{number}")
        durable.delete_state(session.handle, f"s{number}")
    assert session.fired == ["r"] * 3000


# Sessions, identities, and what goes on besides.


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can fill fresh memory")
def test_a_session_deleted_before_any_rule_fired_in_it_frees_memory_that_was_never_set() -> None:
    code = """
import durable_rules_engine as durable
handle = durable.create_ruleset("edges", '{"r": {"all": [{"m": {"a": 1}}]}}')
durable.assert_fact(handle, '{"sid":"0","id":"1","a":FACT}')
durable.start_action_for_state(handle, 1)
durable.complete_and_start_action(handle, 1) if FACT else None
durable.delete_state(handle, "0")
"""
    filled = {"MALLOC_PERTURB_": "165"}
    assert in_another_process(code.replace("FACT", "1"), **filled).returncode == 0
    assert in_another_process(code.replace("FACT", "0"), **filled).returncode != 0


def test_a_session_in_which_nothing_was_told_cannot_be_deleted() -> None:
    session = Session(r=rule({"a": 1}))
    with pytest.raises(durable.error, match="309"):
        durable.delete_state(session.handle, "0")


def test_a_fact_no_rule_reads_is_an_error_in_the_python_half() -> None:
    code = """
from durable.lang import assert_fact, m, ruleset, when_all
with ruleset("unread"):
    when_all(m.a == 1)(lambda c: None)
assert_fact("unread", {"b": 1})
"""
    assert "MessageNotHandledException" in in_another_process(code).stderr
    assert Session(r=rule({"a": 1})).assert_facts({"b": 1}) == 1


def test_ids_with_one_hash_are_one_id_and_names_with_one_hash_one_name() -> None:
    session = Session(r=rule({"a": 1}))
    session.assert_facts({"a": 1}, id="fact-jaczfa")
    assert session.assert_facts({"a": 1}, id="fact-tlbppa") == 2  # "already observed"
    session = Session(r=rule({"fact-jaczfa": 1}))
    session.assert_facts({"fact-tlbppa": 1})
    assert session.fired == ["r"]


def test_a_fact_without_an_id_is_the_same_as_one_with_the_same_content() -> None:
    session = Session(r=rule({"a": 1}))
    content = '{"sid":"0","a":1}'
    assert durable.assert_fact(session.handle, content)[0] == 0
    assert durable.assert_fact(session.handle, content)[0] == 2


def test_the_python_half_swallows_what_a_consequent_raises() -> None:
    code = """
from durable.lang import assert_fact, m, ruleset, when_all
def fail(c):
    print("failing")
    raise ValueError("wrong")
with ruleset("failing"):
    when_all(m.a == 1)(fail)
assert_fact("failing", {"a": 1})
"""
    done = in_another_process(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "failing\n", "")


def test_the_python_half_dispatches_on_a_thread_of_its_own() -> None:
    code = """
import threading
from durable.lang import get_host, m, ruleset, when_all
names, dispatched = [], threading.Event()
def fire(c):
    names.append(threading.current_thread() is threading.main_thread())
    dispatched.set()
with ruleset("threads"):
    when_all(m.a == 1)(fire)
get_host().get_ruleset("threads").assert_fact({"a": 1})
dispatched.wait(30)
print(names, threading.active_count() > 1)
"""
    assert in_another_process(code).stdout == "[False] True\n"


def test_the_python_half_keeps_every_rule_set_under_its_name() -> None:
    code = """
from durable.lang import get_host, m, ruleset, when_all
for _ in range(2):
    with ruleset("twice"):
        when_all(m.a == 1)(lambda c: None)
    get_host()
"""
    assert "already registered" in in_another_process(code).stderr

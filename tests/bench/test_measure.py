from __future__ import annotations

import pytest

from bench.groups import exponent
from bench.measure import Failed, Item, Timed, in_turns, python, run
from bench.report import Bound, duration


def test_a_process_is_timed_and_its_own_memory_counted() -> None:
    small = run(python("-c", "import time; time.sleep(0.2)"))
    large = run(python("-c", "x = b'1' * 200_000_000"))
    assert small.seconds >= 0.2
    assert 0 < small.used < small.seconds
    assert small.peak < 60 * 2**20
    assert 200_000_000 <= large.peak < 300 * 2**20


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(Failed, match="no such thing"):
        run(python("-c", "raise SystemExit('no such thing')"))


def test_items_are_run_in_turns_and_one_that_fails_is_not_run_again() -> None:
    items = [
        Item("works", python("-c", "print('{\"seconds\": 2}')"), lambda ran: ran.result["seconds"]),
        Item("fails", python("-c", "raise SystemExit('broken')")),
        Item("missing", python("-c", 'print(\'{"missing": "no Java"}\')')),
    ]
    found = in_turns(items, 2)
    assert found["works"].times == [2, 2]
    assert "broken" in found["fails"].missing
    assert found["missing"].missing == "no Java"


def test_a_ratio_is_the_median_of_the_ratios_of_rounds() -> None:
    item = Item("any", [])
    one, two = Timed(item, [1.0, 10.0, 3.0]), Timed(item, [1.0, 5.0, 1.0])
    assert one.ratio_to(two) == 2.0


@pytest.mark.parametrize(
    ("power", "times"), [(1.0, {10: 1.0, 1000: 100.0}), (2.0, {10: 1, 100: 100})]
)
def test_the_exponent_says_how_time_grows_with_size(power: float, times: dict[int, float]) -> None:
    assert exponent(times) == pytest.approx(power)
    assert exponent({10: 1.0}) is None


def test_a_bound_is_held_missed_or_not_measured() -> None:
    assert Bound("a", 1.1, 1.1).verdict == "held"
    assert Bound("a", 1.2, 1.1).verdict == "missed"
    assert Bound("a", 99, 100, least=True).verdict == "missed"
    assert Bound("a", 100, 100, least=True).verdict == "held"
    assert Bound("a", None, 1).verdict == "not measured"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1234, "1,234 s"), (2.5, "2.5 s"), (0.0205, "20.5 ms"), (5e-6, "5 µs"), (None, "")],
)
def test_durations_are_said_in_the_unit_that_suits(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said

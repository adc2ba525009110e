"""The word an author probably meant."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.suggest import closest, did_you_mean
from tests.support.work import calls_in

FACTS = ["stage", "amount", "emails_unanswered", "touches_unanswered", "last_reply_at", "country"]


def slips_between(one: str, other: str) -> int:
    """The least number of slips, straight from the definition of optimal string alignment."""

    @cache
    def least(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        swapped = i > 1 and j > 1 and (one[i - 1], one[i - 2]) == (other[j - 2], other[j - 1])
        return min(
            least(i - 1, j) + 1,
            least(i, j - 1) + 1,
            least(i - 1, j - 1) + (one[i - 1] != other[j - 1]),
            least(i - 2, j - 2) + 1 if swapped else i + j,
        )

    return least(len(one), len(other))


class TestClosest:
    @pytest.mark.parametrize(
        ("word", "meant"),
        [
            ("stge", "stage"),
            ("sttage", "stage"),
            ("stake", "stage"),
            ("satge", "stage"),
            ("Stage", "stage"),
            ("emails_unanwsered", "emails_unanswered"),
            ("emails-unanswered", "emails_unanswered"),
            ("Emails Unanswered", "emails_unanswered"),
            ("last_reply", "last_reply_at"),
            ("contry", "country"),
        ],
    )
    def test_a_slip_finds_the_word(self, word: str, meant: str) -> None:
        assert closest(word, FACTS) == meant

    @pytest.mark.parametrize("word", ["", "x", "budget", "unanswered", "st", "e" * 100_000])
    def test_a_word_unlike_all_finds_none(self, word: str) -> None:
        assert closest(word, FACTS) is None

    def test_the_nearer_of_two_is_taken(self) -> None:
        assert closest("emails_unanswerd", FACTS) == "emails_unanswered"
        assert closest("touches_unanswerd", FACTS) == "touches_unanswered"

    def test_of_equally_near_words_the_first_in_the_alphabet_is_taken(self) -> None:
        assert closest("cat", ["rat", "bat", "hat"]) == "bat"

    def test_a_beginning_must_be_that_of_one_word_only(self) -> None:
        assert closest("mond", ["mon", "tue"]) == "mon"
        assert closest("monday", ["mon", "tue"]) == "mon"
        assert closest("emails", ["emails_sent", "emails_unanswered"]) is None

    def test_there_may_be_nothing_to_choose_from(self) -> None:
        assert closest("stage", []) is None

    @given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=8))
    def test_it_is_always_one_of_the_allowed_words(self, word: str, allowed: list[str]) -> None:
        found = closest(word, allowed)
        assert found is None or found in allowed

    @given(st.text("abc_", max_size=9), st.lists(st.text("abc_", max_size=9), max_size=6))
    def test_it_is_the_first_of_the_nearest_words(self, word: str, allowed: list[str]) -> None:
        limit = max(1, len(word) // 3)
        slips = [(each, slips_between(word, each)) for each in allowed]
        near = sorted((count, each) for each, count in slips if count <= limit)
        if near:
            assert closest(word, allowed) == near[0][1]
        else:
            found = closest(word, allowed)
            assert found is None or found.startswith(word) or word.startswith(found)

    @given(st.text(alphabet="abc_", min_size=2, max_size=20))
    def test_a_word_is_closest_to_itself(self, word: str) -> None:
        assert closest(word, [word, word + "d" * 10]) == word


IDS = [f"p_{number:06}" for number in range(100_000)]


class TestAmongManyWords:
    """A book may have hundreds of thousands of ids."""

    @pytest.mark.parametrize(
        ("word", "meant"),
        [
            ("p_04200x", "p_042000"),
            ("P-042007", "p_042007"),
            ("p_0420x07", "p_042007"),
            ("p042007", "p_042007"),
            ("_p042007", "p_042007"),
            ("p_04200", "p_004200"),
        ],
    )
    def test_one_slip_finds_the_word(self, word: str, meant: str) -> None:
        assert closest(word, IDS) == meant

    @pytest.mark.parametrize("word", ["", "x", "q_04x000", "acme"])
    def test_a_word_unlike_all_finds_none(self, word: str) -> None:
        assert closest(word, IDS) is None

    def test_none_is_compared_letter_by_letter(self) -> None:
        found, calls = calls_in(lambda: closest("p_0x4y000", IDS))
        assert found is None
        assert calls < 30 * len(IDS)


class TestDidYouMean:
    def test_it_asks(self) -> None:
        assert did_you_mean("stge", FACTS) == "did you mean `stage`?"

    def test_it_is_silent_where_nothing_is_near(self) -> None:
        assert did_you_mean("budget", FACTS) is None

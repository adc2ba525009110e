from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.reports.terminal.style import Style, truncate
from engine.reports.terminal.table import TextColumn, columns_text

NAMES = st.lists(st.text(max_size=40), min_size=3, max_size=3)


def table(ids: list[str], names: list[str], reasons: list[str], width: int) -> list[str]:
    columns = [
        TextColumn("id", ids),
        TextColumn("name", names, min_width=8, drop_order=1),
        TextColumn("why", reasons, min_width=12, drop_order=2),
    ]
    return columns_text(columns, Style(width=width)).splitlines()


def test_columns_stand_below_one_another() -> None:
    assert table(["a", "bbb"], ["One", "Two"], ["x", "y"], 80) == [
        "id   name  why",
        "a    One   x",
        "bbb  Two   y",
    ]


def test_what_is_too_wide_is_cut_where_it_is_widest() -> None:
    assert table(["a"], ["A name of some length"], ["because it is so"], 34) == [
        "id  name            why",
        "a   A name of som…  because it is…",
    ]


def test_what_can_be_left_out_goes_before_anything_gets_too_short() -> None:
    assert table(["a" * 20], ["A longer name"], ["because it is so"], 32) == [
        "id                    name",
        "aaaaaaaaaaaaaaaaaaaa  A longer…",
    ]


def kept_whole(width: int) -> list[str]:
    columns = [
        TextColumn("name", ["Rosalind Achterberg"], min_width=8, drop_order=1),
        TextColumn("worth", ["1,000"], drop_order=3, right=True),
        TextColumn("step", ["Write to them"], min_width=8, whole_before=1),
    ]
    return columns_text(columns, Style(width=width)).splitlines()


def test_what_must_stay_whole_is_cut_after_everything_else() -> None:
    assert kept_whole(42) == [
        "name                 worth  step",
        "Rosalind Achterberg  1,000  Write to them",
    ]
    assert kept_whole(31) == ["name       worth  step", "Rosalind…  1,000  Write to them"]
    assert kept_whole(29) == ["name            step", "Rosalind Acht…  Write to them"]
    assert kept_whole(23) == ["name      step", "Rosalin…  Write to them"]
    assert kept_whole(20) == ["name      step", "Rosalin…  Write to…"]
    assert kept_whole(16) == ["step", "Write to them"]
    assert kept_whole(10) == ["step", "Write to…"]


def test_numbers_stand_to_the_right() -> None:
    columns = [TextColumn("worth", ["1", "1,000"], right=True), TextColumn("id", ["a", "b"])]
    assert columns_text(columns, Style()).splitlines() == ["worth  id", "    1  a", "1,000  b"]


def test_an_id_is_never_cut() -> None:
    assert table(["a" * 50], ["A longer name"], ["because"], 40) == ["id", "a" * 50]


@given(NAMES, NAMES, st.integers(20, 120))
def test_no_line_is_wider_than_the_page(names: list[str], reasons: list[str], width: int) -> None:
    lines = table(["a", "b", "c"], names, reasons, width)
    assert len(lines) == 4
    assert all(cell_len(line) <= width for line in lines)


@given(st.text(max_size=40), st.integers(1, 50))
def test_a_cut_text_is_no_wider_than_it_may_be(text: str, width: int) -> None:
    assert cell_len(truncate(text, width)) <= width


def test_a_wide_letter_is_not_cut_in_half() -> None:
    assert truncate("日本語日本語", 6) == "日本…"

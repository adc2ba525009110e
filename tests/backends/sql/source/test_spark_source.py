"""What one look at the tables of a Spark book tells; it needs no Spark."""

from __future__ import annotations

from engine.backends.sql.source.spark_source import ColumnProfile, column_profile


def test_the_first_instant_of_1970_is_one_and_no_lost_cell_is_none() -> None:
    row = {"lost.at": 0, "first.at": 0, "last.at": 5}
    assert column_profile(row) == ColumnProfile({}, 0, 5)


def test_what_is_lost_is_told_by_column_and_nothing_bounds_no_instants() -> None:
    row = {"lost.amount": 3, "lost.at": 0, "first.at": None, "last.at": None}
    assert column_profile(row) == ColumnProfile({"amount": 3}, None, None)

"""Cells that SQL makes are those that Python makes, to the letter."""

from __future__ import annotations

import math
import random
import sys

import duckdb
import pytest

from engine.backends.sql.job.export_csv import define_macros
from engine.reports.escape import csv_cell
from engine.reports.recommendations.as_csv import number_text
from engine.reports.recommendations.as_json import instant_json

ODD = [*"=+-@,\"' \t\r\n09.eEax", "\u200b", "\xa0", "\u3000", "\0", "\x1f", "\x85", "１", "é", "＝"]  # noqa: RUF001 - look-alikes are what is tested
"""Letters that matter to the rules for cells, and some that look as if they did."""


def made(macro: str, type: str, values: list[object]) -> list[str]:
    connection = duckdb.connect()
    define_macros(connection)
    connection.execute(f"CREATE TABLE given (place BIGINT, value {type})")
    appender = connection.appender("given")
    appender.append_rows([[at, value] for at, value in enumerate(values)])
    appender.flush()
    rows = connection.execute(f"SELECT {macro}(value) FROM given ORDER BY place").fetchall()
    connection.close()
    return [text for (text,) in rows]


def texts() -> list[str]:
    letters = [chr(at) for at in range(sys.maxunicode + 1) if not 0xD800 <= at < 0xE000]
    dice = random.Random(1)
    mixed = ["".join(dice.choices(ODD, k=dice.randint(0, 6))) for _ in range(50_000)]
    # All of Unicode at the beginning; what is wide is not looked at a second time.
    return [*letters, *[f"a{letter}" for letter in letters[:0x3100]], *mixed]


@pytest.mark.slow
def test_every_letter_and_many_mixtures_of_odd_ones_become_the_same_cell() -> None:
    given = texts()
    found = made("csv_cell", "VARCHAR", [*given])
    wrong = [(one, got) for one, got in zip(given, found, strict=True) if got != csv_cell(one)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme", "Acme"),
        ("", ""),
        ("-5", "-5"),
        ("=1+1", "'=1+1"),
        ('Smith, "Jo"', '"Smith, ""Jo"""'),
        ("a\nb", r"a\nb"),
        ("\u202eevil", r"\u202eevil"),
        ("=a,b\0", r'''"'=a,b\x00"'''),
    ],
)
def test_a_cell_is_quoted_escaped_and_kept_from_being_run(text: str, expected: str) -> None:
    assert made("csv_cell", "VARCHAR", [text]) == [expected]


def test_what_is_unknown_is_an_empty_cell() -> None:
    assert made("csv_cell", "VARCHAR", [None]) == [""]
    assert made("csv_instant", "TIMESTAMPTZ", [None]) == [""]
    assert made("csv_number", "DOUBLE", [None]) == [""]


def values() -> list[float]:
    """Values around those that lie in the middle between two that are printed, above all."""
    dice = random.Random(2)
    middles = [(2 * dice.randrange(500_000) + 1) / 2e6 for _ in range(20_000)]
    exact = [number / 2**7 for number in range(2**7 + 1)]  # some are in the middle to the last bit
    near = [math.nextafter(value, side) for value in middles + exact for side in (0.0, 1.0)]
    small = [at / 1e6 for at in range(1_200)] + [dice.random() * 1e-4 for _ in range(2_000)]
    return [*middles, *exact, *near, *small, 5e-324, *(dice.random() for _ in range(20_000))]


def test_numbers_are_written_as_python_writes_them() -> None:
    given = values()
    found = made("csv_number", "DOUBLE", [*given])
    expected = [number_text(value) for value in given]
    assert [each for each in zip(given, found, expected, strict=True) if each[1] != each[2]] == []


def test_half_a_millionth_goes_to_the_even_side() -> None:
    # 1/128 is 0.0078125 and 3/128 is 0.0234375, to the last bit.
    assert made("csv_number", "DOUBLE", [1 / 128, 3 / 128]) == ["0.007812", "0.023438"]


def test_hours_are_written_as_python_writes_them() -> None:
    dice = random.Random(3)
    seconds = [*range(7_300), *(dice.randrange(4 * 10**11) for _ in range(20_000))]
    found = made("csv_number", "DOUBLE", [each / 3600 for each in seconds])
    assert found == [number_text(each / 3600) for each in seconds]


def test_instants_of_all_years() -> None:
    seconds = [-62_135_596_800, -1, 0, 1_772_636_400, 253_402_300_799]
    connection = duckdb.connect()
    define_macros(connection)
    query = "SELECT csv_instant(to_timestamp(s)) FROM (SELECT unnest(?::BIGINT[]) AS s)"
    assert [text for (text,) in connection.execute(query, [seconds]).fetchall()] == [
        instant_json(each) for each in seconds
    ]

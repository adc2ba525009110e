"""Whatever a column of a Parquet or DuckDB file holds, it is staged as it is read."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.book.staging.local_times import FIRST_LOCAL, LAST_LOCAL, utc_offsets
from engine.book.staging.staged_cells import LETTER
from engine.language.instants import EPOCH, utc_offset
from engine.language.model import Playbook
from tests.support.examples import examples
from tests.support.small_books import small_playbook
from tests.support.staged_books import assert_the_same

PLAYBOOK = """\
playbook: cells
calendar: {timezone: America/New_York}
facts:
  yes: {type: boolean, default: true}
  number: {type: number, default: 3}
  words: {type: text}
  choice: {type: choice, choices: [demo, "1", "true", "42", "2026-03-08"], default: demo}
  time: {type: time}
  duration: {type: duration, default: 2 days}
"""
FACTS = ("yes", "number", "words", "choice", "time", "duration", "timezone")

LETTERS_KEPT = re.sub(r"\\x\{([0-9A-F]+)\}", lambda found: chr(int(found[1], 16)), LETTER)
ZONES = {"America/New_York", "Africa/Casablanca", "Pacific/Apia", "Australia/Lord_Howe", "UTC"}

WHOLE = st.integers(-3, 3) | st.integers(-(2**7), 2**7 - 1)
SPACED = ["", " ", " demo", "\t", "\u00a0", "x\u00a0", "\u0085x", "\u2003", "\x1fx", "a\0"]
WORDS = "demo Demo true TRUE Yes no 1 0 2 1.0 01 T oui UTC Europe/Berlin Mars/Base localtime"
NUMBERS = "42 4.25 -0 +.5 5. 1e400 -1e-400 1_0 0x1 nan inf -0.0 0.1 1e5 .1 1234567890123456"
LONG_NUMBERS = ["9" * 400, "123456789012345.678901234567890", "\u0661"]
DATES = "2026-03-08 2026-02-30 2026-3-8 2026-03-08Z 0000-01-01 0001-01-01 2026-03-08T02:30:00"
DATES += " 2026-11-01T01:30:59.5Z 2026-03-08T24:00Z 2026-03-08T10:00z 2026-03-08T10:00:00+05:30"
TIMES = ["2026-03-08 02:30", "2026-11-01 01:30:00.9999999", "2026-03-08 10:00:60Z"]
TIMES += ["2026-03-08 10:00 Z", "9999-12-31T23:59:59Z", "1883-11-18 12:00:00"]
LENGTHS = ["3 days", "1 week", "3  days", "1 business day", "0.5 hours", "0.00001 minutes"]
LETTERS = ["e\u0301", "\u00e9", "Łódź", "\u03a9", "\u2126", "\u212b", "한국", "\u1112\u1161\u11ab"]
LETTERS += ["日本", "が", "か\u3099", "👍🏽"]
TEXTS = [*SPACED, *WORDS.split(), *NUMBERS.split(), *LONG_NUMBERS, *DATES.split()]
TEXTS += [*TIMES, *LENGTHS, *LETTERS]

INSTANTS = """\
2026-03-08 02:30:00
2026-11-01 01:30:00.999999
1969-12-31 23:59:59.5
infinity
-infinity
0001-01-01 00:00:00
0001-01-01 00:00:00 (BC)
9999-12-31 23:59:59
10000-01-01 00:00:00
1899-12-31 23:59:59
2100-01-01 00:00:00
1883-11-18 12:03:58""".splitlines()
BIG = [2**53, 2**53 + 1, -(2**53) - 1, 10**30 + 7, -(2**64) + 1, 2**64, -1, 0, 42]
FLOATS = st.floats() | st.sampled_from([-0.0, 1.0, 42.0, 2.0**53, 1e16, 1e22, 0.1])
DIGITS = st.decimals(-(10**6), 10**6, places=3).map(str) | st.sampled_from(["42.000", "-0.000"])
LONG = st.decimals(-(10**20), 10**20, places=10).map(str)

TYPES: dict[str, st.SearchStrategy[object]] = {
    "VARCHAR": st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8"), max_size=6),
    "BOOLEAN": st.booleans(),
    "TINYINT": WHOLE,
    "BIGINT": st.sampled_from([each for each in BIG if abs(each) < 2**63]) | WHOLE,
    "UBIGINT": st.sampled_from([0, 1, 42, 2**64 - 1, 2**53 + 1]),
    "HUGEINT": st.sampled_from(BIG).map(str),
    "FLOAT": FLOATS,
    "DOUBLE": FLOATS,
    "DECIMAL(10, 3)": DIGITS,
    "DECIMAL(35, 10)": LONG | DIGITS,
    "DECIMAL(18, 0)": st.sampled_from(["42", "0", "1", "-7"]),
    "DATE": st.sampled_from([text.split(" ")[0] for text in INSTANTS if "BC" not in text]),
    "TIMESTAMP": st.sampled_from(INSTANTS),
    "TIMESTAMP_S": st.sampled_from(INSTANTS),
    "TIMESTAMP_MS": st.sampled_from(INSTANTS),
    "TIMESTAMP_NS": st.sampled_from(["2026-03-08 02:30:00.999999999", *INSTANTS[:4]]),
    "TIMESTAMPTZ": st.sampled_from([f"{text}+00" for text in INSTANTS if "BC" not in text]),
    "ENUM('demo', ' demo', '', 'true', '42', '3 days', 'UTC', '2026-03-08')": st.sampled_from(
        ["demo", " demo", "", "true", "42", "3 days", "UTC", "2026-03-08"]
    ),
    "UUID": st.uuids().map(str),
    "VARCHAR[]": st.just("[a]"),
    "INTERVAL": st.just("1 day"),
}


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"), PLAYBOOK)


def written(text: object) -> object:
    """As DuckDB reads it: infinity has no zone."""
    return text.removesuffix("+00") if isinstance(text, str) and "infinity" in text else text


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, str], list[list[object]]]:
    """Columns with their types, an id first, and rows."""
    types = {
        "id": draw(st.sampled_from(["VARCHAR", "BIGINT", "DOUBLE", "DECIMAL(10, 3)", "BOOLEAN"]))
    }
    for name in FACTS:
        types[name] = draw(st.sampled_from(sorted(TYPES)))
    cells = [st.none() | TYPES[type] for type in types.values()]
    return types, draw(st.lists(st.tuples(*cells).map(list), max_size=8))


def write(folder: Path, types: dict[str, str], rows: list[list[object]], parquet: bool) -> Path:
    path = folder / "book.duckdb"
    with duckdb.connect(":memory:" if parquet else str(path)) as connection:
        columns = ", ".join(f'"{name}" {type}' for name, type in types.items())
        connection.execute(f"CREATE TABLE prospects ({columns})")
        marks = ", ".join(f"TRY_CAST(? AS {type})" for type in types.values())
        for row in rows:
            cells = [written(cell) for cell in row]
            connection.execute(f"INSERT INTO prospects VALUES ({marks})", cells)
        if not parquet:
            return path
        connection.table("prospects").write_parquet(str(folder / "prospects.parquet"))
    return folder


@given(table=tables(), parquet=st.booleans())
@settings(max_examples=examples(0.4), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_typed_table_is_staged_as_it_is_read(
    playbook: Playbook, table: tuple[dict[str, str], list[list[object]]], parquet: bool
) -> None:
    with TemporaryDirectory() as folder:
        assert_the_same(write(Path(folder), *table, parquet), playbook)


@pytest.mark.slow
@pytest.mark.parametrize("type", sorted(TYPES))
@given(data=st.data())
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_type_for_every_fact(playbook: Playbook, type: str, data: st.DataObject) -> None:
    cells = st.lists(st.none() | TYPES[type], min_size=len(FACTS), max_size=len(FACTS))
    drawn = data.draw(st.lists(cells, min_size=25, max_size=25))
    rows: list[list[object]] = [[str(index), *row] for index, row in enumerate(drawn)]
    types = {"id": "VARCHAR", **dict.fromkeys(FACTS, type)}
    with TemporaryDirectory() as folder:
        assert_the_same(write(Path(folder), types, rows, parquet=False), playbook)


@pytest.mark.slow
def test_letters_are_kept_by_unicode_whatever_stands_beside_them() -> None:
    kept = [
        chr(code) for code in range(sys.maxunicode + 1) if re.fullmatch(LETTERS_KEPT, chr(code))
    ]
    assert {"!", "~", "Ł", "Ж", "が", "東", "한"} <= set(kept)
    for letter in kept:
        assert not letter.isspace()
        assert unicodedata.combining(letter) == 0
        # Neither is it made of others, nor does it become one with any letter before it.
        assert unicodedata.normalize("NFC", letter) == letter
    composed = "".join(map(chr, range(sys.maxunicode + 1)))
    parts = {
        part
        for letter in composed
        if not unicodedata.is_normalized("NFD", letter)
        for part in unicodedata.normalize("NFD", letter)[1:]
    }
    assert parts.isdisjoint(kept)


@given(st.sampled_from(sorted(ZONES)), st.data())
def test_local_times_are_told_as_instants_are_read(zone: str, data: st.DataObject) -> None:
    known = utc_offsets(zone)
    near = st.sampled_from([start for start, _ in known]).flatmap(
        lambda start: st.integers(start - 7200, start + 7200)
    )
    local = data.draw(
        near.filter(lambda at: FIRST_LOCAL <= at < LAST_LOCAL)
        | st.integers(FIRST_LOCAL, LAST_LOCAL - 1)
    )
    offset = known[bisect_right(known, (local, LAST_LOCAL)) - 1][1]
    assert offset == utc_offset(EPOCH + timedelta(seconds=local), zone)

"""What the SQL of whole books relies on in DuckDB."""

from __future__ import annotations

import unicodedata
from sys import maxunicode

import duckdb
import pytest

from engine.language.value_rules import fold_case

SURROGATES = range(0xD800, 0xE000)


@pytest.mark.slow
def test_lower_gives_ascii_for_no_other_letter_than_the_dotted_capital_i() -> None:
    letters = [chr(point) for point in range(1, maxunicode + 1) if point not in SURROGATES]
    composed = [each for each in letters if unicodedata.normalize("NFC", each) == each]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE letters (letter VARCHAR)")
    appender = connection.appender("letters")
    appender.append_rows([(letter,) for letter in composed])
    appender.flush()
    lowered = connection.execute("SELECT letter, lower(letter) FROM letters").fetchall()
    assert len(lowered) == len(composed)
    ascii = {letter: lower for letter, lower in lowered if any(each.isascii() for each in lower)}
    wrong = {letter for letter, lower in ascii.items() if lower != fold_case(letter)}
    assert wrong == {"\u0130"}


def test_a_capital_i_with_a_dot_is_no_i_where_text_is_sought() -> None:
    query = "SELECT lower(replace('\u0130stanbul', '\u0130', '\u0131'))"
    ((found,),) = duckdb.connect().execute(query).fetchall()
    assert "is" not in found
    assert "is" not in fold_case("\u0130stanbul")

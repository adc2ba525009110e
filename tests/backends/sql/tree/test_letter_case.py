"""Words and their spellings in SQL."""

from __future__ import annotations

import duckdb
import pytest

from engine.backends.sql.tree.letter_case import word_id
from engine.book import sql_nodes as q
from engine.language.value_rules import Word, Words

WAYS = Words((Word("email", also=("E-Mail", "mail")), Word("direct_mail", also=("letter",))))
SIZES = Words((Word("Very Large", also=("huge",)), Word("mid-size")))


@pytest.mark.parametrize(
    ("words", "text", "id"),
    [
        (WAYS, "email", "email"),
        (WAYS, "E-MAIL", "email"),
        (WAYS, "Direct Mail", "direct_mail"),
        (WAYS, "Letter", "direct_mail"),
        (WAYS, "let ter", "direct_mail"),
        (WAYS, "parcel", None),
        (SIZES, "HUGE", "Very Large"),
        (SIZES, "mid size", "mid-size"),
        (SIZES, "small", None),
    ],
)
def test_a_spelling_becomes_the_id_of_its_word(words: Words, text: str, id: str | None) -> None:
    found = word_id(q.text(text), words).sql(dialect="duckdb")
    assert duckdb.connect().execute(f"SELECT {found}").fetchall() == [(id,)]


def test_spellings_are_one_map_where_there_are_maps() -> None:
    text = word_id(q.column("way"), WAYS, with_map=True).sql(dialect="spark")
    pairs = "'email-email mail-email letter-direct_mail directmail-direct_mail'"
    assert f"ELEMENT_AT(STR_TO_MAP({pairs}, ' ', '-')," in text
    assert " WHEN 'letter' " not in text


def test_words_that_would_end_an_entry_of_the_map_have_branches() -> None:
    text = word_id(q.column("size"), SIZES, with_map=True).sql(dialect="spark")
    assert "STR_TO_MAP" not in text
    assert "WHEN 'huge' THEN 'Very Large'" in text

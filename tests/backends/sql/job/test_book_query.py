"""What a whole book is judged by beside the statement: the words that stand in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from engine.backends.sql.job.book_query import BookQuery
from engine.backends.sql.rules.measure_passes import MAX_WORDS
from engine.book.book import open_book
from engine.book.staging.stage import stage
from engine.language.load import load

NOW = 1_772_636_400
PLAYBOOK = """
playbook: ways
facts:
  ways: {measure: {distinct: touches.subject, where: {direction: outbound}}}
actions:
  call: {title: Call them, kind: internal, score: 0.5, when: {ways: {at_least: 1}}}
"""


@pytest.mark.parametrize(
    "words",
    [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, MAX_WORDS, MAX_WORDS + 1, 200))],
)
def test_different_words_are_counted_however_many_a_book_has(tmp_path: Path, words: int) -> None:
    (tmp_path / "ways.yaml").write_text(PLAYBOOK, encoding="utf-8")
    playbook = load(tmp_path / "ways.yaml").playbook
    assert playbook is not None
    book = tmp_path / "book"
    book.mkdir()
    # `all` had every word twice, `one` one of them, `none` a word that does not count.
    duckdb.execute(
        "COPY (SELECT unnest(['all', 'one', 'none', 'nobody']) AS id) "
        f"TO '{book}/prospects.parquet'"
    )
    touches = " UNION ALL ".join(
        [
            f"SELECT 'all', 'outbound', 'way ' || range % {words} FROM range({2 * words})",
            "SELECT 'one', 'outbound', 'way 0'",
            "SELECT 'one', 'outbound', NULL",
            "SELECT 'none', 'inbound', 'way 0'",
        ]
    )
    duckdb.execute(
        "COPY (SELECT *, 'email' AS channel, TIMESTAMP '2026-03-01 10:00:00' AS at "
        f"FROM ({touches}) AS t(prospect_id, direction, subject)) "
        f"TO '{book}/touches.parquet'"
    )
    staged = stage(open_book(book, playbook), playbook, NOW)
    judged = BookQuery(staged, playbook, NOW)
    text = judged.sql(exp.select("_prospect", "ways").from_("evaluated"))
    assert dict(staged.connection.execute(text).fetchall()) == {
        "all": words,
        "one": 1,
        "none": 0,
        "nobody": 0,
    }
    assert ("bit_or" in text.lower()) == (words <= MAX_WORDS)

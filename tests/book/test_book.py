from __future__ import annotations

import duckdb
import pytest

from engine.book.book import Book, open_book
from tests.support.small_books import TOUCHES, Shelf

PROSPECTS = "id,Country,stage\na,NL,demo\n b ,nl,nonsense\na,DE,demo\nc,,demo\n,NL,demo\nd,DE,\n"
ROWS = (
    f"{TOUCHES}\na,2026-03-02T09:00:00Z,outbound,email\nb,yesterday,outbound,email\n"
    "b,2026-03-03T09:00:00Z,inbound,email\nd,2026-03-04T09:00:00Z,inbound,email\n"
)


@pytest.fixture(params=["csv", "duckdb"])
def book(shelf: Shelf, request: pytest.FixtureRequest) -> Book:
    found = shelf.csv({"prospects": PROSPECTS, "touches": ROWS})
    if request.param == "csv":
        return found
    path = shelf.folder / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table in ("prospects", "touches"):
            rows = connection.read_csv(str(shelf.folder / f"{table}.csv"), all_varchar=True)
            rows.create(table)
    return open_book(path, shelf.playbook)


def test_the_values_of_one_column_are_read_with_the_ids(book: Book) -> None:
    found = [("a", "NL"), ("b", "nl"), ("a", "DE"), ("d", "DE")]
    assert sorted(book.ids_by("country")) == sorted(found)
    assert list(book.ids_by("amount")) == [], "the book has no such column"
    assert list(book.ids_by("big")) == [], "it is not given"


def test_a_few_prospects_are_those_of_the_whole_book(book: Book) -> None:
    everybody = {each.id: each for each in book.prospects()}
    few = {each.id: each for each in book.prospects_of({"a", "b", "nobody"})}
    assert few == {id: everybody[id] for id in ("a", "b")}
    assert book.prospects_of(set()) == []


def test_their_problems_are_not_those_of_the_prospect_that_was_read(book: Book) -> None:
    assert book.prospect("d") is not None
    before = list(book.problems)
    assert len(book.prospects_of({"b"})) == 1
    assert book.problems == before


def test_the_columns_are_the_facts_that_the_table_has(book: Book) -> None:
    assert book.columns == {"country", "stage"}


def test_a_document_has_no_header(shelf: Shelf) -> None:
    book = shelf.file("book.yaml", "prospects: [{id: a, country: NL}]\ntouches: []\n")
    assert book.columns == frozenset()
    assert list(book.ids_by("country")) == [("a", "NL")]

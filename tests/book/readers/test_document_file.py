from __future__ import annotations

import json
from typing import Any

import pytest

from engine.book.book import BookError
from engine.language.instants import iso
from engine.language.value_rules import LocalDate
from tests.support.conformance_cases import instant
from tests.support.small_books import Shelf, found

YAML = """\
prospects:
  - id: p-001
    stage: proposal
    amount: 12
    opted_out: false
    next_step_at: 2026-03-05
    touches:
      - {at: 2026-03-02T09:30:00Z, direction: outbound, channel: email}
  - {id: 42, name: Ada}
touches:
  - {prospect_id: 42, at: 2026-03-03T09:30:00Z, direction: inbound, channel: call, minutes: 5}
events:
  - {prospect_id: p-001, at: 2026-03-03, kind: visited}
"""


def test_a_yaml_file_is_a_book(shelf: Shelf) -> None:
    book = shelf.file("book.yaml", YAML)
    first, second = book.prospects()
    assert {**first.facts, "next_step_at": iso(int(first.facts["next_step_at"]))} == {
        "stage": "proposal",
        "amount": 12.0,
        "opted_out": False,
        "next_step_at": "2026-03-05T05:00:00Z",
    }
    assert [row["channel"] for row in first.rows["touches"]] == ["email"]
    assert [row["kind"] for row in first.rows["events"]] == ["visited"]
    assert (second.id, second.facts) == ("42", {"name": "Ada"})
    assert [row["minutes"] for row in second.rows["touches"]] == [5.0]
    assert book.problems == []
    assert book.prospect("42") == second
    assert book.ids() == ["p-001", "42"]


@pytest.mark.parametrize("name", ["book.yaml", "book.json"])
def test_a_book_is_the_same_when_it_is_opened_again(shelf: Shelf, name: str) -> None:
    text = '{"prospects": [{"id": "a", "touches": [{"at": "2026-03-02", "direction": "inbound"}]}]}'
    books = [shelf.file(name, text) for _ in range(2)]
    assert [len(prospect.rows["touches"]) for book in books for prospect in book.prospects()] == [
        1,
        1,
    ]
    assert [book.problems for book in books] == [[], []]


def test_problems_in_yaml_have_the_line(shelf: Shelf) -> None:
    book = shelf.file(
        "book.yaml",
        "prospects:\n"
        "  - id: a\n"
        "    stage: dem\n"
        "  - {id: b, amount: [1], touches: [{at: soon, direction: outbound}]}\n"
        "  - {stage: demo}\n"
        "touches:\n"
        "  - {prospect_id: c, at: 2026-03-02, direction: outbound}\n",
    )
    assert found(book) == [
        ("book.yaml:prospects", 2, "stage", "not-a-choice"),
        ("book.yaml:prospects", 4, "amount", "not-a-value"),
        ("book.yaml:prospects", 5, "id", "no-id"),
        ("book.yaml:touches", 7, "prospect_id", "unknown-prospect"),
        ("book.yaml:touches", 4, "at", "not-an-instant"),
    ]


def test_json_says_the_same_as_yaml(shelf: Shelf) -> None:
    data: dict[str, Any] = {
        "prospects": [
            {"id": "a", "name": "é \N{GRINNING FACE} a/b", "amount": 1e3, "stage": None},
            {"id": "b", "stage": "nope"},
        ],
        "events": [{"prospect_id": "a", "at": "2026-03-05", "kind": "visited"}],
    }
    book = shelf.file("book.json", json.dumps(data, indent="\t").replace("/", "\\/"))
    first, _ = book.prospects()
    assert first.facts == {"name": "é \N{GRINNING FACE} a/b", "amount": 1000.0}
    assert len(first.rows["events"]) == 1
    # JSON rows are counted in their list, from one.
    assert found(book) == [("book.json:prospects", 2, "stage", "not-a-choice")]


def test_rows_inside_a_prospect_that_is_left_out_are_left_out_with_it(shelf: Shelf) -> None:
    touches = "touches: [{at: 2026-03-02, direction: outbound}]"
    book = shelf.file(
        "book.yaml",
        f"prospects:\n- {{id: a, {touches}}}\n- {{id: a, {touches}}}\n- {{{touches}}}\n",
    )
    (prospect,) = book.prospects()
    assert len(prospect.rows["touches"]) == 1
    assert [(problem.row, problem.code) for problem in book.problems] == [
        (3, "duplicate-prospect"),
        (4, "no-id"),
        (3, "unknown-prospect"),
        (4, "unknown-prospect"),
    ]


def test_what_is_no_row_is_left_out_and_the_others_are_read(shelf: Shelf) -> None:
    book = shelf.file("book.yaml", "prospects:\n- {id: a}\n- b\n- {id: c}\n")
    assert [prospect.id for prospect in book.prospects()] == ["a", "c"]
    assert [(problem.row, problem.code) for problem in book.problems] == [(3, "no-id")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 of `book.yaml`: `book.yaml` is empty"),
        ("#" * (1024 * 1024 + 1), "`book.yaml` is larger than 1 MiB"),
        ("- {id: a}\n", "line 1 of `book.yaml`: the file is not a map of tables"),
        ("prospects: 3\n", "line 1 of `book.yaml`: `prospects` is not a list of rows"),
        ("prospects: []\ntouchs: []\n", "line 2 of `book.yaml`: unknown table `touchs`"),
        (
            "prospects:\n- id: a\n  events:\n  - prospect_id: a\n",
            "line 4 of `book.yaml`: a row inside a prospect must not have a `prospect_id`",
        ),
    ],
)
def test_a_file_that_is_no_map_of_lists_of_rows_is_refused(
    shelf: Shelf, text: str, message: str
) -> None:
    with pytest.raises(BookError) as error:
        shelf.file("book.yaml", text)
    assert error.value.message == message


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"prospects": [], "prospects": []}',
        '{"prospects": [{"id": NaN}]}',
        '{"prospects": [{"id": ' + "9" * 5000 + "}]}",
        "[" * 100_000,
        b'{"prospects": "\xff"}',
        '{"prospects": []}'.encode("utf-16"),
        " " * (1024 * 1024 + 1),
    ],
)
def test_what_is_no_json_is_refused(shelf: Shelf, content: str | bytes) -> None:
    with pytest.raises(BookError, match=r"book\.json"):
        shelf.file("book.json", content)


def test_a_book_without_prospects_in_it_is_refused(shelf: Shelf) -> None:
    with pytest.raises(BookError, match="has no table of prospects"):
        shelf.file("book.yaml", "touches: []\n")


def test_lone_surrogates_in_json_cost_only_their_own_cell(shelf: Shelf) -> None:
    book = shelf.file("book.json", '{"prospects": [{"id": "a", "name": "\\ud800", "amount": 1}]}')
    assert [prospect.facts for prospect in book.prospects()] == [{"amount": 1.0}]
    assert [problem.code for problem in book.problems] == ["not-utf8"]


def test_a_file_of_another_kind_is_no_book(shelf: Shelf) -> None:
    with pytest.raises(BookError) as error:
        shelf.file("book.xlsx", b"PK")
    assert error.value.message == "`book.xlsx` is not a book"


@pytest.mark.parametrize(
    ("about", "message", "help"),
    [
        ("UTC", "line 1 of `b.yaml`: `book` is not a map", "write `book: {timezone: UTC}`"),
        ("{zone: UTC}", "line 1 of `b.yaml`: unknown key `zone`", "the only one is `timezone`"),
        ("{timezon: UTC}", "unknown key `timezon`", "did you mean `timezone`?"),
        ("{timezone: Europe/Pariss}", "unknown time zone", "did you mean `Europe/Paris`?"),
        ("{timezone: 5}", "unknown time zone `5`", "write an IANA name: `America/Chicago`"),
    ],
)
def test_what_is_said_of_the_book_must_be_known(
    shelf: Shelf, about: str, message: str, help: str
) -> None:
    with pytest.raises(BookError) as found:
        shelf.file("b.yaml", f"book: {about}\nprospects: []\n")
    assert message in found.value.message
    assert found.value.help == help


def test_the_zone_of_a_book_is_that_of_instants_without_one(shelf: Shelf) -> None:
    text = "prospects: [{id: a, next_step_at: 2026-03-05 09:00}, {id: b, next_step_at: 2026-03-05}]"
    book = shelf.file("b.yaml", f"book: {{timezone: Asia/Tokyo}}\n{text}\n")
    first, second = book.prospects()
    assert iso(int(first.facts["next_step_at"])) == "2026-03-05T00:00:00Z"
    # A date alone stays one: it is a day where the prospect is.
    day = second.facts["next_step_at"]
    assert isinstance(day, LocalDate)
    assert day.day * 86_400 == instant("2026-03-05T00:00:00Z")
    assert book.problems == []

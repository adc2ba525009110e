from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.book.book import BookError, open_book
from engine.language.instants import iso
from tests.support.small_books import TOUCHES, Shelf, found


def test_a_book_gives_each_prospect_its_facts_and_its_own_rows(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id,stage,amount,name\nb,demo,12.5,Bo\na,proposal,,Al\n",
            "touches": f"{TOUCHES},minutes\n"
            "a,2026-03-02T09:00:00Z,outbound,email,\n"
            "b,2026-03-03T09:00:00Z,inbound,call,25\n"
            "a,2026-03-04T09:00:00Z,inbound,email,\n",
            "contacts": "prospect_id,contact_id,engaged\na,c1,yes\n",
            "events": "prospect_id,at,kind\nb,2026-03-01,visited\n",
        }
    )
    bo, al = book.prospects()
    assert (bo.id, al.id) == ("b", "a")
    assert bo.facts == {"stage": "demo", "amount": 12.5, "name": "Bo"}
    assert al.facts == {"stage": "proposal", "name": "Al"}
    assert [iso(int(row["at"])) for row in al.rows["touches"]] == [
        "2026-03-02T09:00:00Z",
        "2026-03-04T09:00:00Z",
    ]
    assert bo.rows["touches"][0]["minutes"] == 25
    assert al.rows["contacts"] == ({"contact_id": "c1", "engaged": True},)
    assert [iso(int(row["at"])) for row in bo.rows["events"]] == ["2026-03-01T05:00:00Z"]
    assert book.problems == []


def test_one_prospect_is_the_same_alone_as_among_all(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id,stage\n a ,demo\nab,proposal\nK,demo\n",
            "touches": f"{TOUCHES}\n"
            "a,2026-03-02,outbound,email\n"
            "ab,2026-03-03,outbound,call\n"
            "\u212a,2026-03-04,outbound,call\n",
        }
    )
    everyone = {prospect.id: prospect for prospect in book.prospects()}
    assert {id: book.prospect(id) for id in everyone} == everyone
    assert len(everyone["K"].rows["touches"]) == 1  # the sign for kelvin is a K in NFC
    assert book.prospect("nobody") is None
    assert book.prospect("  ") is None
    assert book.ids() == ["a", "ab", "K"]


def test_one_prospect_brings_only_its_own_problems(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id,stage\na,dem\nb,dmo\n",
            "touches": f"{TOUCHES}\na,never,outbound,email\nb,soon,outbound,email\nzz,x,y,z\n",
        }
    )
    book.prospect("b")
    assert [(problem.row, problem.code) for problem in book.problems] == [
        (3, "not-a-choice"),
        (3, "not-an-instant"),
    ]


def test_rows_are_counted_and_so_are_those_left_out(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id,stage\na,demo\na,demo\n,demo\n\n,\nb,demo,more\n",
            "touches": f"{TOUCHES}\na,2026-03-02,sideways,email\na,,inbound,email\n",
        }
    )
    list(book.prospects())
    counts = {table: (count.rows, count.left_out) for table, count in book.reports.items()}
    # A row that only lost a value is not left out; empty rows are no rows.
    assert counts == {"prospects": (4, 3), "touches": (2, 1)}


def test_reading_again_finds_the_same_again(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage\na,dem\n"})
    assert found(book) == found(book) == [("prospects.csv", 2, "stage", "not-a-choice")]


def test_a_header_alone_is_a_book_without_prospects(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage", "touches": f"{TOUCHES}\r\n"})
    assert list(book.prospects()) == []
    assert book.problems == []
    assert book.ids() == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(shelf: Shelf, end: str, mark: str) -> None:
    rows = ["id,stage,name", 'a,demo,"one, two"', "b,proposal,say ''hi''"]
    book = shelf.csv({"prospects": mark + end.join(rows)})
    assert [prospect.facts["name"] for prospect in book.prospects()] == ["one, two", "say ''hi''"]
    assert book.problems == []


def test_a_cell_may_have_line_breaks_and_rows_are_counted_as_a_person_does(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": 'id,name,stage\na,"one\ntwo",demo\n\nb,x,nope\n'})
    prospects = list(book.prospects())
    assert prospects[0].facts["name"] == "one\ntwo"
    assert found(book) == [("prospects.csv", 4, "stage", "not-a-choice")]


def test_extra_columns_are_left_alone(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "note,id,note,stage\n1,a,2,demo\n"})
    assert next(book.prospects()).facts == {"stage": "demo"}
    assert book.problems == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("b", "ragged-row"),
        ("b,demo,3,4", "ragged-row"),
        ('"b"x,demo,3', "malformed-row"),
        ("id,stage,amount", "repeated-header"),
        (",demo,3", "no-id"),
        ("a,demo,3", "duplicate-prospect"),
    ],
)
def test_a_row_that_is_no_row_is_left_out_and_the_rest_is_read(
    shelf: Shelf, row: str, code: str
) -> None:
    book = shelf.csv({"prospects": f"id,stage,amount\na,demo,1\n{row}\nc,demo,2\n"})
    assert [prospect.id for prospect in book.prospects()] == ["a", "c"]
    (problem,) = book.problems
    assert (problem.file, problem.row, problem.code) == ("prospects.csv", 3, code)
    assert "skip" in problem.message


LONG = "x" * 131_073


@pytest.mark.parametrize(
    "cell",
    [
        f'"{LONG}\nz,Injected,demo,\n"',
        f'"one\n{LONG}\nz,Injected,demo,\nz,""quoted"",demo,\n"',
        LONG,
        f"{LONG}{LONG}",
    ],
)
def test_a_very_long_cell_is_read_to_its_end_and_is_no_row(shelf: Shelf, cell: str) -> None:
    rows = f"id,name,stage,note\na,Ana,demo,\nb,Ben,demo,{cell}\nc,Cid,nope,\n"
    book = shelf.csv({"prospects": rows})
    assert [prospect.id for prospect in book.prospects()] == ["a", "b", "c"]
    assert found(book) == [("prospects.csv", 4, "stage", "not-a-choice")]


def test_a_very_long_cell_that_is_read_is_unknown_and_loses_nothing_else(shelf: Shelf) -> None:
    rows = f'id,name,stage\na,"{LONG}\nz,Injected,demo\n",demo\nb,"x"y,demo\n\nc,Cid,demo\n'
    book = shelf.csv({"prospects": rows})
    facts = [{"stage": "demo"}, {"stage": "demo", "name": "Cid"}]
    assert [prospect.facts for prospect in book.prospects()] == facts
    assert found(book) == [
        ("prospects.csv", 2, "name", "long-cell"),
        ("prospects.csv", 3, None, "malformed-row"),
    ]
    assert book.problems[0].message == (
        "this cell has more than 131,072 characters; the value is unknown"
    )
    assert "skipping line 5 of the file" in book.problems[1].message


def test_a_very_long_id_is_no_id(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": f'id,stage\n"{LONG}\nz,demo",demo\nb,demo\n'})
    assert [prospect.id for prospect in book.prospects()] == ["b"]
    assert found(book) == [("prospects.csv", 2, "id", "long-cell")]
    assert book.prospect("b") is not None


def test_a_cell_that_does_not_end_within_reason_ends_the_reading(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.book.readers.csv_file.MAX_CELL_READ", 200_000)
    book = shelf.csv({"prospects": f'id,name\na,x\nb,"{LONG}\n{LONG}\nc,y\n'})
    with pytest.raises(BookError) as caught:
        list(book.prospects())
    assert "line 3 of `prospects.csv` has a cell of more than 200,000 characters" in str(
        caught.value
    )
    assert csv.field_size_limit() == 131_072


def test_empty_cells_beyond_the_header_lose_nothing(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage\na,demo,,\n"})
    assert [prospect.facts for prospect in book.prospects()] == [{"stage": "demo"}]
    assert book.problems == []


def test_quotes_that_never_close_are_reported_with_all_the_lines_they_swallow(
    shelf: Shelf,
) -> None:
    book = shelf.csv({"prospects": 'id,name\na,x\nb,"y\nc,z\nd,w\n'})
    assert [prospect.id for prospect in book.prospects()] == ["a"]
    (problem,) = book.problems
    assert (problem.row, problem.code) == (3, "malformed-row")
    assert "skipping lines 3 to 5 of the file" in problem.message


def test_of_two_prospects_with_one_id_that_disagree_neither_is_believed(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage\na,demo\nb,demo\n a,proposal\n"})
    first = next(prospect for prospect in book.prospects() if prospect.id == "a")
    assert not first.facts
    assert first.unreadable == {"stage"}
    assert [(problem.row, problem.message) for problem in book.problems] == [
        (4, "duplicate prospect `a`, first in row 2; this row is skipped"),
        (4, "this row of `a` disagrees; the value is unknown"),
    ]


def test_two_prospects_with_one_id_that_agree_are_one(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage,amount\na,demo,3\na,Demo,4\na,,\n"})
    (first,) = book.prospects()
    assert (first.facts, first.unreadable) == ({"stage": "demo", "amount": 3.0}, frozenset())
    assert {problem.code for problem in book.problems} == {"duplicate-prospect"}


def test_a_touch_of_nobody_is_left_out(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id\na\n",
            "touches": f"{TOUCHES}\nz,2026-03-02,outbound,email\n,2026-03-02,outbound,email\n",
        }
    )
    assert found(book) == [
        ("touches.csv", 2, "prospect_id", "unknown-prospect"),
        ("touches.csv", 3, "prospect_id", "no-id"),
    ]


def test_a_touch_without_an_instant_is_left_out_and_one_without_a_direction_is_kept(
    shelf: Shelf,
) -> None:
    book = shelf.csv(
        {
            "prospects": "id\na\n",
            "touches": f"{TOUCHES}\na,,outbound,email\na,soon,outbound,email\na,2026-03-02,,\n",
        }
    )
    (prospect,) = book.prospects()
    assert [sorted(row) for row in prospect.rows["touches"]] == [["at"]]
    assert [(problem.row, problem.column, problem.code) for problem in book.problems] == [
        (2, "at", "missing-value"),
        (3, "at", "not-an-instant"),
        (4, "direction", "missing-value"),
    ]
    assert [problem.message.partition("; ")[2] for problem in book.problems] == [
        "the row is skipped",
        "the row is skipped",
        "the value is unknown",
    ]


def test_bytes_that_are_no_utf8_cost_only_their_own_cell(shelf: Shelf) -> None:
    book = shelf.csv(
        {"prospects": b"id,name,stage\na,Jos\xe9,demo\nb,Jos\xc3\xa9,demo\n\xff,x,demo\n"}
    )
    prospects = list(book.prospects())
    assert [prospect.facts for prospect in prospects] == [
        {"stage": "demo"},
        {"name": "José", "stage": "demo"},
    ]
    assert prospects[0].unreadable == {"name"}
    assert found(book) == [
        ("prospects.csv", 2, "name", "not-utf8"),
        ("prospects.csv", 4, "id", "not-utf8"),
    ]
    for problem in book.problems:
        problem.message.encode()


def test_hostile_text_stays_the_text_it_is(shelf: Shelf) -> None:
    names = ["=1+1", "@SUM(A1)", "\x1b[31mred", "x\0y", "'; DROP TABLE prospects; --", "{{ 1 }}"]
    rows = "".join(f'p{at},"{name}"\n' for at, name in enumerate(names))
    book = shelf.csv({"prospects": f"id,name\n{rows}"})
    assert [prospect.facts["name"] for prospect in book.prospects()] == names


def test_instants_without_a_zone_are_said_once_a_column(shelf: Shelf) -> None:
    book = shelf.csv(
        {
            "prospects": "id,next_step_at\na,2026-03-05\n",
            "touches": f"{TOUCHES}\n"
            "a,2026-03-02T09:00,outbound,email\na,2026-07-02 09:00:00,outbound,email\n",
        }
    )
    (prospect,) = book.prospects()
    assert [iso(int(row["at"])) for row in prospect.rows["touches"]] == [
        "2026-03-02T14:00:00Z",
        "2026-07-02T13:00:00Z",
    ]
    # A date alone has a meaning of its own and is nothing to warn of.
    assert iso(int(prospect.facts["next_step_at"])) == "2026-03-05T05:00:00Z"
    (problem,) = book.problems
    assert (problem.file, problem.row, problem.column) == ("touches.csv", None, "at")
    assert (problem.code, problem.severity) == ("no-zone", "warning")
    assert "`America/New_York`" in problem.message


def test_a_column_may_give_what_is_measured_but_not_what_is_derived(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,emails,big,touches_unanswered\na,3,true,1\nb,,true,x\n"})
    read = [prospect.facts for prospect in book.prospects()]
    assert read == [{"emails": 3.0, "touches_unanswered": 1.0}, {"undated_touch": True}]
    assert found(book) == [
        ("prospects.csv", None, "big", "column-not-read"),
        ("prospects.csv", None, "emails", "column-overrides"),
        ("prospects.csv", None, "touches_unanswered", "column-overrides"),
        ("prospects.csv", 3, "touches_unanswered", "not-a-number"),
    ]


def test_a_column_is_found_in_whatever_case_and_that_is_told(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,Stage,Opted-Out,colour\na,demo,yes,red\n"})
    assert [prospect.facts for prospect in book.prospects()] == [
        {"stage": "demo", "opted_out": True}
    ]
    assert found(book) == [
        ("prospects.csv", None, "stage", "column-renamed"),
        ("prospects.csv", None, "opted_out", "column-renamed"),
    ]
    assert book.problems[1].message == "the column `Opted-Out` is read as `opted_out`"


def test_of_a_fact_in_two_columns_neither_is_taken(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage,stage\na,demo,proposal\n"})
    assert [prospect.facts for prospect in book.prospects()] == [{}]
    assert found(book) == [("prospects.csv", None, "stage", "repeated-column")]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"prospects": ""}, "the first row of `prospects.csv` does not name the columns"),
        ({"prospects": "\n\n"}, "the first row of `prospects.csv` does not name the columns"),
        ({"prospects": "name,stage\n"}, "`prospects.csv` has no column `id`"),
        ({"prospects": "id;stage\n"}, "`prospects.csv` has no column `id`"),
        ({"prospects": "id,id\n"}, "`prospects.csv` has duplicate columns `id`"),
        ({"prospects": 'id,"name\na,b\n'}, "the header of `prospects.csv` cannot be read as CSV"),
        ({"prospects": "id,stage\n".encode("utf-16")}, "`prospects.csv` is not UTF-8 text"),
        ({"prospects": b"PAR1\x15\x04\x15\x00,\xff\n"}, "`prospects.csv` is not UTF-8 text"),
        (
            {"prospects": "id\n", "touches": "prospect_id,direction,channel\n"},
            "`touches.csv` has no column `at`",
        ),
    ],
)
def test_a_table_that_cannot_be_read_at_all_ends_the_reading(
    shelf: Shelf, tables: dict[str, str | bytes], message: str
) -> None:
    with pytest.raises(BookError) as error:
        shelf.csv(tables)
    assert error.value.message == message


def test_another_separator_and_another_spelling_are_named(shelf: Shelf) -> None:
    with pytest.raises(BookError) as separator:
        shelf.csv({"prospects": "id;stage;amount\n"})
    assert separator.value.help == "separate columns with commas"
    book = shelf.csv({"prospects": "ID,stage\na,demo\n"})
    assert [prospect.id for prospect in book.prospects()] == ["a"]
    assert found(book) == [("prospects.csv", None, "id", "column-renamed")]


@pytest.mark.parametrize("header", ["opted_out,Opted Out", "HasOptedOut,opted_out"])
def test_two_columns_for_one_fact_are_an_error(shelf: Shelf, header: str) -> None:
    with pytest.raises(BookError, match="several columns"):
        shelf.csv({"prospects": f"id,{header}\n"})


def test_a_folder_without_prospects_is_no_book(shelf: Shelf) -> None:
    with pytest.raises(BookError, match="has no table of prospects"):
        shelf.csv({"touches": TOUCHES})
    with pytest.raises(BookError, match="there is no book"):
        open_book(shelf.folder / "nowhere", shelf.playbook)


def test_a_book_that_may_not_be_read_is_an_error_with_its_reason(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    shelf.csv({"prospects": "id\n"})
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(BookError, match="cannot be read") as error:
        open_book(shelf.folder, shelf.playbook)
    assert error.value.help == "Permission denied"


def test_a_prospects_file_by_another_name_is_pointed_at(shelf: Shelf) -> None:
    with pytest.raises(BookError) as error:
        shelf.csv({"Prospects": "id\n"})
    assert error.value.help == "there is `Prospects.csv`: rename it or save it as CSV"


def test_a_file_called_like_a_table_is_not_passed_over_in_silence(shelf: Shelf) -> None:
    (shelf.folder / "Events.xlsx").write_bytes(b"PK")
    book = shelf.csv({"prospects": "id\n"})
    assert found(book) == [("Events.xlsx", None, None, "table-not-read")]


def test_a_table_in_two_formats_is_refused(shelf: Shelf) -> None:
    (shelf.folder / "touches.parquet").write_bytes(b"PAR1")
    with pytest.raises(BookError, match=r"both `touches.csv` and `touches.parquet`"):
        shelf.csv({"prospects": "id\n", "touches": TOUCHES})


def test_strict_reading_stops_at_errors_and_says_how_many_there_are(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,stage\na,dem\nb,demo\nb,demo\n"}, strict=True)
    with pytest.raises(BookError) as error:
        book.prospects()
    assert error.value.message == (
        "`prospects.csv`, row 2: `dem` is not one of the choices; the value is unknown (and 1 more)"
    )
    assert [problem.row for problem in error.value.problems] == [2, 4]


def test_strict_reading_stops_at_warnings_too_but_not_at_notes(shelf: Shelf) -> None:
    book = shelf.csv({"prospects": "id,next_step_at\na,2026-03-05T10:00\n"}, strict=True)
    with pytest.raises(BookError, match="without a zone"):
        list(book.prospects())
    noted = shelf.csv({"prospects": "Id,Stage\na,demo\n"}, strict=True)
    assert len(list(noted.prospects())) == 1
    assert {problem.severity for problem in noted.problems} == {"note"}


def test_neither_names_nor_paths_are_code(tmp_path: Path) -> None:
    folder = tmp_path / "it's; DROP *[a-z]{1}"
    folder.mkdir()
    shelf = Shelf(folder)
    book = shelf.csv({"prospects": 'id,"\'; DROP TABLE x; --"\na,1\n'})
    assert [prospect.id for prospect in book.prospects()] == ["a"]

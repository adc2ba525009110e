"""Problems of a book: grouped for who wants to know what is wrong, row by row for who mends it."""

from __future__ import annotations

from engine.book.book_problem import BookProblem
from engine.reports.problems.book_problems import MAX_KINDS, grouped_text, rows_text
from engine.reports.problems.book_summary import BookSummary, summary_line
from engine.reports.terminal.style import Style

PLAIN = Style()


def odd(row: int, word: str, column: str = "direction", help: str | None = None) -> BookProblem:
    return BookProblem("touches.csv", row, column, "not-a-choice", f"`{word}` is odd", help)


def test_a_problem_of_a_row_is_a_line_and_its_help_another() -> None:
    found = BookProblem("touches.csv", 12, "at", "bad-instant", "`\x07` is no instant", "write one")
    said = (
        "touches.csv:12 column `at`: error[bad-instant]: `\\x07` is no instant\n  help: write one\n"
    )
    assert rows_text([found], PLAIN) == said
    assert grouped_text([found], PLAIN) == said


def test_of_a_kind_twenty_rows_are_listed_and_the_others_counted() -> None:
    found = [odd(row, "x") for row in range(2, 27)] + [odd(30, "y", "channel")]
    lines = rows_text(found, PLAIN).splitlines()
    assert len(lines) == 22
    assert lines[19] == "touches.csv:21 column `direction`: error[not-a-choice]: `x` is odd"
    assert lines[20] == "touches.csv:30 column `channel`: error[not-a-choice]: `y` is odd"
    assert lines[21] == "touches.csv column `direction`: [not-a-choice] and 5 more like these"


def test_words_are_counted_with_their_first_rows_the_most_frequent_first() -> None:
    found = [odd(2, "rare"), *(odd(row, "often", help="mend it") for row in range(3, 1203))]
    found += [odd(1300, "twice"), odd(1301, "twice")]
    assert grouped_text(found, PLAIN).splitlines() == [
        (
            "touches.csv column `direction`: error[not-a-choice]: `often` is odd "
            "(1,200 rows: 3, 4, 5, ...)"
        ),
        "  help: mend it",
        "touches.csv column `direction`: error[not-a-choice]: `twice` is odd (2 rows: 1300, 1301)",
        "touches.csv:2 column `direction`: error[not-a-choice]: `rare` is odd",
    ]


def test_of_many_words_three_are_named() -> None:
    found = [odd(row, f"word {row % 9}") for row in range(18)]
    lines = grouped_text(found, PLAIN).splitlines()
    assert len(lines) == 4
    assert lines[3] == "  and 6 other words like these in 12 rows"


def test_what_concerns_a_whole_column_comes_first() -> None:
    column = BookProblem("touches.csv", None, "at", "no-zone", "no zone", None, "warning")
    lines = grouped_text([odd(2, "x"), odd(3, "x"), column], PLAIN).splitlines()
    assert lines[0] == "touches.csv column `at`: warning[no-zone]: no zone"


def test_of_many_kinds_the_most_frequent_are_told_and_the_others_counted() -> None:
    found = [odd(row, "x", f"c{row % 30}") for row in range(60)]
    lines = grouped_text(found, PLAIN).splitlines()
    assert len(lines) == MAX_KINDS + 1
    assert lines[-1] == "and 36 problems of 18 other kinds"


def test_what_a_stranger_wrote_cannot_move_the_cursor() -> None:
    found = [odd(2, "\x1b[2J"), odd(3, "\x1b[2J"), odd(4, "x", "\x1b]0;y")]
    assert "\x1b" not in grouped_text(found, PLAIN) + rows_text(found, PLAIN)


def test_the_summary_says_only_what_was_left_out() -> None:
    whole = BookSummary(rows=3, left_out=0, later=0, mapped=0, unclear=0)
    assert summary_line(whole) == ""
    one = BookSummary(rows=3400, left_out=58, later=1, mapped=14, unclear=17)
    assert summary_line(one) == (
        "book: 58 of 3,400 rows left out, 1 prospect not in it yet, 14 spellings mapped to words "
        "of the playbook, 17 prospects unclear, as a touch cannot be read\n"
    )

"""Reading a file: what its text means, where each part stands, and what makes it unreadable."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.language.problem import Problem, Span
from engine.language.yaml import events as yaml_events
from engine.language.yaml.document import Document
from engine.language.yaml.reader import MAX_BYTES, read_source, read_text
from tests.support.work import calls_in


def document_of(text: str | bytes) -> Document:
    document, problems = read_text(text, "f.yaml")
    assert problems == []
    assert document is not None
    return document


def problems_of(text: str | bytes) -> list[Problem]:
    document, problems = read_text(text, "f.yaml")
    assert document is None
    assert problems
    return problems


def problem_of(text: str | bytes) -> Problem:
    (problem,) = problems_of(text)
    return problem


def place(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


@pytest.fixture(params=["C", "Python"], autouse=True)
def _both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds with and without the C library under PyYAML."""
    if request.param == "Python":
        monkeypatch.setattr(yaml_events, "LOADER", yaml.SafeLoader)


class TestValues:
    @pytest.mark.parametrize("word", ["yes", "no", "on", "off", "True", "FALSE", "y", "Null"])
    def test_only_true_and_false_are_booleans(self, word: str) -> None:
        assert document_of(f"a: {word}").data == {"a": word}
        assert document_of("[true, false]").data == [True, False]

    @pytest.mark.parametrize("text", ["null", "~", ""])
    def test_nothing_is_none(self, text: str) -> None:
        assert document_of(f"a: {text}").data == {"a": None}

    @pytest.mark.parametrize(
        ("text", "value"),
        [("3", 3), ("-3", -3), ("+3", 3), ("007", 7), ("0.5", 0.5), (".5", 0.5), ("1e3", 1000.0)],
    )
    def test_numbers_are_those_of_yaml_1_2(self, text: str, value: float) -> None:
        found = document_of(f"a: {text}").data["a"]
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-04",
            "2026-03-04T15:00:00Z",
            "09:00",
            "12:30:45",
            "1_000",
            "0x1F",
            "0o17",
            ".inf",
            ".nan",
            "1e",
            "+",
            ".",
            "3 days",
            "٣",
        ],
    )
    def test_all_else_stays_text(self, text: str) -> None:
        assert document_of(f"a: {text}").data == {"a": text}

    @pytest.mark.parametrize("text", ["'3'", '"3"', "|-\n  3", ">-\n  3"])
    def test_a_number_in_quotes_is_text(self, text: str) -> None:
        assert document_of(f"a: {text}").data == {"a": "3"}

    def test_keys_are_always_text(self) -> None:
        assert document_of("{1: a, true: b, no: c, 0.5: d}").data == {
            "1": "a",
            "true": "b",
            "no": "c",
            "0.5": "d",
        }

    def test_text_and_keys_are_in_nfc(self) -> None:
        assert document_of("cafe\u0301: re\u0301sume\u0301").data == {"café": "résumé"}

    def test_json_reads_as_well(self) -> None:
        assert document_of('{"a": [1, "x", null, {"b": false}]}').data == {
            "a": [1, "x", None, {"b": False}]
        }

    def test_a_byte_order_mark_and_windows_line_ends_change_nothing(self) -> None:
        plain = document_of("a:\n  b: 1\nc: [2]\n")
        windows = document_of(b"\xef\xbb\xbfa:\r\n  b: 1\r\nc: [2]\r\n")
        assert windows == plain

    @pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "0" * 5000 + "1"])
    def test_a_number_no_double_holds_is_a_problem(self, number: str) -> None:
        assert problem_of(f"a: {number}").code == "bad-number"


class TestPlaces:
    def test_every_value_and_every_key_has_one(self) -> None:
        document = document_of("dark:\n  a: {silent_for: 3 days}\n  b: [x, 'y z']\n")
        assert {path: place(span) for path, span in document.key_spans.items()} == {
            ("dark",): (1, 1, 1, 5),
            ("dark", "a"): (2, 3, 2, 4),
            ("dark", "a", "silent_for"): (2, 7, 2, 17),
            ("dark", "b"): (3, 3, 3, 4),
        }
        assert {path: place(span) for path, span in document.spans.items()} == {
            (): (1, 1, 3, 16),
            ("dark",): (2, 3, 3, 16),
            ("dark", "a"): (2, 6, 2, 26),
            ("dark", "a", "silent_for"): (2, 19, 2, 25),
            ("dark", "b"): (3, 6, 3, 16),
            ("dark", "b", 0): (3, 7, 3, 8),
            ("dark", "b", 1): (3, 10, 3, 15),
        }

    def test_an_indented_map_ends_with_its_last_word_and_not_where_the_next_begins(self) -> None:
        document = document_of("a:\n  b: 1\n\n# a comment\n\nc: 2\n")
        assert place(document.spans[("a",)]) == (2, 3, 2, 7)

    def test_columns_count_characters(self) -> None:
        document = document_of("{😀é: x, 名: 🇳🇱 y}")
        assert place(document.spans[("😀é",)]) == (1, 6, 1, 7)
        assert place(document.spans[("名",)]) == (1, 12, 1, 16)

    def test_a_value_that_has_none_is_placed_by_what_is_around_it(self) -> None:
        document = document_of("a: {b: 1}\n")
        assert document.value_span(("a", "gone", 3)) == document.spans[("a",)]
        assert document.key_span(("a", "gone")) == document.spans[("a",)]
        assert document.key_span(("a", "b")) == document.key_spans[("a", "b")]
        assert place(document.first_span()) == (1, 1, 1, 2)


class TestStrictness:
    def test_a_key_that_stands_twice_shows_both_places_and_the_rest_is_read(self) -> None:
        document, problems = read_text("a: 1\nb: 2\na: 3\nb: 4\na: 5\n", "f.yaml")
        assert document is not None
        assert [(p.code, p.span.line, p.also and p.also.line) for p in problems] == [
            ("duplicate-key", 3, 1),
            ("duplicate-key", 4, 2),
            ("duplicate-key", 5, 1),
        ]
        assert problems[0].message == "duplicate key `a`, first on line 1"

    def test_keys_that_look_alike_are_the_same_key(self) -> None:
        _, (problem,) = read_text("caf\u00e9: 1\ncafe\u0301: 2\n", "f.yaml")
        assert problem.code == "duplicate-key"

    def test_a_file_with_a_hundred_problems_is_given_up(self) -> None:
        problems = problems_of("a: 1\n" * 200 + "b: 2\n")
        assert len(problems) == 100

    def test_the_same_key_in_two_maps_is_fine(self) -> None:
        assert document_of("a: {x: 1}\nb: {x: 1}\n").data == {"a": {"x": 1}, "b": {"x": 1}}

    def test_anchors_aliases_and_merge_keys_are_all_pointed_at(self) -> None:
        problems = problems_of("a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n")
        assert [(p.code, p.span.line, p.span.column) for p in problems] == [
            ("yaml-anchor", 1, 4),
            ("yaml-anchor", 2, 4),
            ("yaml-merge-key", 4, 3),
            ("yaml-anchor", 4, 7),
        ]
        assert all(problem.help and "`extends`" in problem.help for problem in problems)

    def test_a_quoted_merge_key_is_a_key_like_any_other(self) -> None:
        assert document_of("'<<': 1").data == {"<<": 1}

    @pytest.mark.parametrize("tag", ["!!str", "!mine", "!!python/object:os.system", "!<x>", "!"])
    def test_tags_are_refused(self, tag: str) -> None:
        problem = problem_of(f"a: {tag} 1")
        assert problem.code == "yaml-tag"
        assert problem.help is not None
        assert "`extends`" in problem.help

    def test_one_file_holds_one_document(self) -> None:
        assert document_of("---\na: 1\n...\n").data == {"a": 1}
        problem = problem_of("a: 1\n---\nb: 2\n")
        assert (problem.code, problem.span.line) == ("several-documents", 2)

    @pytest.mark.parametrize("text", ["? [a]\n: 1", "{a: 1}: 2", "a: {{name}}", "? {}\n: 1"])
    def test_a_map_or_list_is_no_key(self, text: str) -> None:
        assert problem_of(text).code == "bad-key"

    @pytest.mark.parametrize("text", ["? \n: 1", "~: 1", "null: 1", "'': 1"])
    def test_nothing_is_no_key(self, text: str) -> None:
        assert problem_of(text).code == "bad-key"

    @pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "~"])
    def test_a_file_must_say_something(self, text: str) -> None:
        assert problem_of(text).code == "empty-file"

    def test_fifty_levels_are_read_and_one_more_is_not(self) -> None:
        document_of("[" * 50 + "]" * 50)
        problem = problem_of("[" * 51 + "]" * 51)
        assert (problem.code, problem.span.column) == ("too-deep", 51)

    def test_one_mebibyte_is_read_and_one_byte_more_is_not(self) -> None:
        document_of(b"a: " + b"x" * (MAX_BYTES - 3))
        assert problem_of(b"a: " + b"x" * (MAX_BYTES - 2)).code == "too-large"

    def test_size_is_counted_in_bytes_also_of_text(self) -> None:
        assert problem_of("a: " + "é" * (MAX_BYTES // 2)).code == "too-large"


class TestCharacters:
    @pytest.mark.parametrize(
        ("character", "point"),
        [
            ("\0", "U+0000"),
            ("\x07", "U+0007"),
            ("\x1b", "U+001B"),
            ("\x7f", "U+007F"),
            ("\x85", "U+0085"),
            ("\u2028", "U+2028"),
            ("\u202e", "U+202E"),
            ("\u2066", "U+2066"),
            ("\ufeff", "U+FEFF"),
            ("\uffff", "U+FFFF"),
            ("\ud800", "U+D800"),
            ("\r", "U+000D"),
            ("\xad", "U+00AD (soft hyphen)"),
            ("\u200b", "U+200B (zero width space)"),
            ("\u061c", "U+061C (arabic letter mark)"),
            ("\u200f", "U+200F (right-to-left mark)"),
            ("\u2060", "U+2060 (word joiner)"),
            ("\u3164", "U+3164 (hangul filler)"),
            ("\U000e0061", "U+E0061 (tag latin small letter a)"),
            ("\u200d", "U+200D (zero width joiner)"),
            ("\ufe0f", "U+FE0F (variation selector-16)"),
        ],
    )
    def test_what_cannot_be_seen_is_named_and_never_shown(self, character: str, point: str) -> None:
        problem = problem_of(f"a: 1\nb: x{character}y\n")
        assert (problem.code, place(problem.span)) == ("control-character", (2, 5, 2, 6))
        assert point in problem.message
        assert (problem.message + str(problem.help)).isprintable()

    @pytest.mark.parametrize(
        "escape", [r"\0", r"\x1b", r"\r", r"\u202e", r"\N", r"\u2028", r"\u200B"]
    )
    def test_an_escape_does_not_let_them_in(self, escape: str) -> None:
        assert problem_of(f'a: "x{escape}"').code == "control-character"

    @pytest.mark.parametrize("escape", [r"\ud800", r"\uffff"])
    def test_an_escape_for_what_is_no_character_is_refused(self, escape: str) -> None:
        assert problem_of(f'a: "x{escape}"').code in {"control-character", "yaml-syntax"}

    def test_tabs_and_line_ends_inside_text_are_fine(self) -> None:
        assert document_of('a: "x\\ty\\nz"').data == {"a": "x\ty\nz"}

    def test_emoji_made_of_several_characters_are_fine(self) -> None:
        assert document_of("a: 👩‍👩‍👧").data == {"a": "👩‍👩‍👧"}

    def test_bytes_that_are_not_utf8_are_placed(self) -> None:
        problem = problem_of("a: 1\nb: é".encode() + b"\xe9t\n")
        assert (problem.code, place(problem.span)) == ("not-utf8", (2, 5, 2, 6))
        assert "0xE9" in problem.message

    def test_surrogates_in_bytes_are_not_utf8(self) -> None:
        assert problem_of(b"a: \xed\xa0\x80").code == "not-utf8"

    def test_other_sorts_of_file_are_recognised(self) -> None:
        assert "UTF-16" in problem_of("a: 1".encode("utf-16")).message
        assert "binary" in problem_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff").message


SYNTAX = [
    ("a:\n\tb: 1", (2, 1), "a tab is used where spaces are needed"),
    ("a: 1\n\tb: 2", (2, 1), "a tab is used where spaces are needed"),
    ("a: [1, 2\nb: 3", (1, 4), "this `[` is never closed"),
    ("a: {x: 1\nb: 2", (1, 4), "this `{` is never closed"),
    ("a: [x\n", (1, 4), "this `[` is never closed"),
    ("a: {b: [1}", (1, 10), "`}` is used where `]` is needed"),
    ("a: [x y: z, 1", (1, 4), "this `[` is never closed"),
    ("a: 'x\nb: 2\n", (1, 4), "this quote is never closed"),
    ('a: "x\n', (1, 4), "this quote is never closed"),
    ("a: 'it's'", (1, 8), "text continues after the closing quote"),
    ('a: "say "hi""', (1, 10), "text continues after the closing quote"),
    ("because: They said: no", (1, 19), "a second `:` on one line"),
    ("a: [b: c: d]", (1, 9), "a second `:` in one entry"),
    ("a\nb: 1", (1, 1), "this line has no `:` after its key: `a`"),
    ("a: 1\nb\n", (2, 1), "there is no `:` after `b`"),
    ("a: 1\n b: 2", (2, 2), "this line is indented further than the line it belongs to"),
    ("a:\n- b\n c: d", (3, 2), "this line is indented further than the line it belongs to"),
    ("a:\n  b: 1\n c: 2", (3, 2), "this line is not indented like the map that begins on line 1"),
    ("- a\nb: 1", (2, 1), "this line does not continue the list that begins on line 1"),
    ("- a\n -b\n-c", (3, 1), "a space is missing after `-`"),
    (": 1", (1, 1), "a key is missing before this `:`"),
    ("a: {: 1}", (1, 5), "a key is missing before this `:`"),
    ("a: - b", (1, 4), "a list cannot begin on the same line as its key"),
    ("a: @x", (1, 4), "text cannot begin with `@`"),
    ("a: %x", (1, 4), "text cannot begin with `%`"),
    ("a: `x`", (1, 4), "text cannot begin with a backtick"),
    ("a: & x", (1, 4), "text cannot begin with `&`"),
    ("a: }", (1, 4), "unexpected `}`"),
    ("a: [1,,2]", (1, 7), "unexpected `,`"),
    (
        "a: |x\n b",
        (1, 5),
        "nothing may follow `|` or `>` on the same line",
    ),
    ("%YAML 3.0\n---\na: 1", (1, 1), "lines that begin with `%` are YAML directives"),
]


class TestSyntax:
    @pytest.mark.parametrize(("text", "at", "message"), SYNTAX)
    def test_it_is_said_what_the_author_did(
        self, text: str, at: tuple[int, int], message: str
    ) -> None:
        problem = problems_of(text)[-1]
        assert problem.code == "yaml-syntax"
        assert problem.message.startswith(message)
        assert (problem.span.line, problem.span.column) == at
        assert problem.help

    def test_an_escape_that_means_nothing_is_pointed_at(self) -> None:
        for text in (r'a: "C:\Users"', r'a: "C:\quit"', r'a: "C:\x"'):
            problem = problem_of(text)
            assert (problem.code, problem.span.column) == ("yaml-syntax", 7)
            assert problem.message.startswith(f"`{text[6:8]}` is not allowed inside double quotes")

    def test_words_of_the_parser_are_never_passed_on(self) -> None:
        for text, _, _ in SYNTAX:
            message = problems_of(text)[-1].message
            assert not any(
                word in message for word in ("scalar", "token", "mapping", "sequence", "stream")
            )

    def test_what_was_found_before_a_syntax_error_is_kept(self) -> None:
        problems = problems_of("a: 1\na: 2\nb: [\n")
        assert [problem.code for problem in problems] == ["duplicate-key", "yaml-syntax"]


class TestFiles:
    def test_a_file_is_called_what_the_caller_calls_it(self, tmp_path: Path) -> None:
        path = tmp_path / "real.yaml"
        path.write_text("a: 1\n")
        document, problems = read_source(path, "shown.yaml")
        assert problems == []
        assert document is not None
        assert document.name == "shown.yaml"
        assert document.spans[("a",)].file == "shown.yaml"

    @pytest.mark.parametrize("name", ["gone.yaml", "file.yaml/inside.yaml", "nul\0.yaml"])
    def test_a_file_that_is_not_there(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file.yaml").write_text("a: 1\n")
        document, (problem,) = read_source(tmp_path / name, "f.yaml")
        assert document is None
        assert problem.code == "no-such-file"

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        document, (problem,) = read_source(tmp_path, "rules")
        assert document is None
        assert (problem.code, problem.message) == (
            "unreadable-file",
            "`rules` is a folder, not a file",
        )

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        _, (problem,) = read_source(tmp_path / "pipe", "pipe")
        assert problem.code == "unreadable-file"

    def test_a_link_to_itself_is_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to("loop")
        _, (problem,) = read_source(tmp_path / "loop", "loop")
        assert problem.code == "unreadable-file"

    def test_a_name_longer_than_any_file_has_is_unreadable(self, tmp_path: Path) -> None:
        _, (problem,) = read_source(tmp_path / ("x" * 5000), "long")
        assert problem.code == "unreadable-file"

    def test_a_huge_file_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.yaml"
        with path.open("wb") as file:
            file.truncate(100 * MAX_BYTES)
        tracemalloc.start()
        _, (problem,) = read_source(path, "huge.yaml")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert problem.code == "too-large"
        assert most < MAX_BYTES


LAUGHS = "a: &a [ha, ha]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


class TestHostileFiles:
    @pytest.mark.parametrize(
        "_both_parsers", ["C", pytest.param("Python", marks=pytest.mark.slow)], indirect=True
    )
    @pytest.mark.parametrize(
        "text",
        [
            LAUGHS,
            "[" * 10_000,
            "{a: " * 10_000,
            "- " * 10_000,
            "? " * 10_000,
            "a: 1\n" * 100_000,
            "&a " * 10_000,
            "\x01" * MAX_BYTES,
            '"' + "\n" * (MAX_BYTES - 10),
            "".join(" " * depth + "a:\n" for depth in range(1000)),
            "a: " + "\u0301" * 100_000,
        ],
        ids=[
            "billion laughs",
            "lists in lists",
            "maps in maps",
            "entries in entries",
            "keys in keys",
            "one key again and again",
            "anchors",
            "control characters",
            "a quote left open",
            "a staircase",
            "marks on marks",
        ],
    )
    def test_reading_takes_few_calls_a_character_and_finds_few_problems(self, text: str) -> None:
        (document, problems), calls = calls_in(lambda: read_text(text, "f.yaml"))
        assert document is not None or problems
        assert len(problems) <= 100
        assert calls <= 100 * len(text)

    @given(st.binary(max_size=200))
    def test_any_bytes_give_a_document_or_an_error(self, content: bytes) -> None:
        check_reading(content)

    @given(st.text(alphabet="ab:- \n\t\r[]{},'\"#&*!|>%@`?<\\~.01é\ufeff\u202e", max_size=60))
    def test_any_text_gives_a_document_or_an_error(self, text: str) -> None:
        check_reading(text)


def check_reading(content: str | bytes) -> None:
    document, problems = read_text(content, "f.yaml")
    assert document is not None or problems
    for problem in problems:
        assert problem.span.line >= 1
        assert problem.span.column >= 1
        assert "\n" not in problem.message
        assert problem.message.isprintable()
    if document is not None:
        check_document(document)


def check_document(document: Document) -> None:
    """Every value has a place, every key of a map is text and has a place of its own."""
    pending: list[tuple[tuple[str | int, ...], object]] = [((), document.data)]
    while pending:
        path, value = pending.pop()
        assert path in document.spans
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            assert all((*path, key) in document.key_spans for key in value)
            pending += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [((*path, index), item) for index, item in enumerate(value)]

"""Every clue that a syntax error is explained by is something libyaml 0.2.5 really says."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from engine.language.yaml.reader import read_text
from engine.language.yaml.syntax_errors import _CLUES

PINNED = "0.2.5"
"""The version of libyaml whose words these are."""

BLOCK = "while parsing a block mapping did not find expected key"
NODE = "did not find expected node content"
SAID = [
    # The text, what the parser says of it, the index of the clue that explains it.
    (
        "a:\n\tb: 1",
        "while scanning for the next token found character that cannot start any token",
        0,
    ),
    (
        "a: 1\n\tb: 2",
        "while scanning a plain scalar found a tab character that violates indentation",
        0,
    ),
    ("a: @x", "while scanning for the next token found character that cannot start any token", 1),
    ('a: "x\n', "while scanning a quoted scalar found unexpected end of stream", 2),
    ("a: 'x\n---\n", "while scanning a quoted scalar found unexpected document indicator", 2),
    (r'a: "\q"', "while parsing a quoted scalar found unknown escape character", 3),
    (r'a: "\Users"', "while parsing a quoted scalar did not find expected hexdecimal number", 3),
    ("a: [1\nb: 3", "while parsing a flow sequence did not find expected ',' or ']'", 4),
    ("a: {x: 1\nb: 2", "while parsing a flow mapping did not find expected ',' or '}'", 4),
    ("a: b: c", "mapping values are not allowed in this context", 5),
    ("a: 1\nb\n", "while scanning a simple key could not find expected ':'", 6),
    ("a: - b", "block sequence entries are not allowed in this context", 7),
    ("a: |x\n b", "while scanning a block scalar did not find expected comment or line break", 8),
    ("%FOO\na: 1", "while scanning a directive found unknown directive name", 9),
    ("%YAML 3.0\n---\na: 1", "found incompatible YAML document", 9),
    ("%YAML 1.1\na: 1", "did not find expected <document start>", 9),
    ("{a: b}}", "did not find expected <document start>", 10),
    ("[a]b", "did not find expected <document start>", 11),
    (
        "a: & x",
        "while scanning an anchor did not find expected alphabetic or numeric character",
        12,
    ),
    ("a: *", "while scanning an alias did not find expected alphabetic or numeric character", 12),
    ("a: !<x", "while scanning a tag did not find the expected '>'", 12),
    (": 1", BLOCK, 13),
    ("a: {: 1}", f"while parsing a flow node {NODE}", 13),
    ("a: [", f"while parsing a flow node {NODE}", 14),
    ("a: }", f"while parsing a block node {NODE}", 15),
    ("a: [1,,2]", f"while parsing a flow node {NODE}", 15),
    ("a: 'it's'", BLOCK, 16),
    ("a: [b]c", BLOCK, 17),
    ("a: b\n}", BLOCK, 18),
    ("- a\nb: 1", "while parsing a block collection did not find expected '-' indicator", 19),
    ("a:\n  b: 1\n c: 2", BLOCK, 20),
    ("a: ?", "mapping keys are not allowed in this context", 21),
]


def words_of_libyaml(text: str) -> str:
    parser: Any = yaml.CSafeLoader(text)
    try:
        while parser.get_event() is not None:
            pass
    except yaml.MarkedYAMLError as error:
        return f"{error.context or ''} {error.problem or ''}".strip()
    finally:
        parser.dispose()
    pytest.fail("this is YAML")


@pytest.mark.parametrize(("text", "words", "_clue"), SAID)
def test_libyaml_says_what_the_clues_wait_for(text: str, words: str, _clue: int) -> None:
    from yaml import _yaml

    version = _yaml.get_version_string()
    assert words_of_libyaml(text) == words, f"pinned for libyaml {PINNED}, and this is {version}"


@pytest.mark.parametrize(("text", "_words", "clue"), SAID)
def test_each_is_explained_by_its_own_clue(
    text: str, _words: str, clue: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def noted(index: int, find: Any) -> Any:
        def explain(scene: Any) -> Any:
            found = find(scene)
            if found:
                tried.append(index)
            return found

        return explain

    clues = tuple((words, noted(index, find)) for index, (words, find) in enumerate(_CLUES))
    monkeypatch.setattr("engine.language.yaml.syntax_errors._CLUES", clues)
    read_text(text, f"{clue} {text}")
    assert tried == [clue]


def test_every_clue_has_an_example() -> None:
    assert {clue for _, _, clue in SAID} == set(range(len(_CLUES)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 'x\n---\n", "this quote is never closed"),
        ("{a: b}}", "unexpected `}`"),
        ("[a]b", "text continues after the closing `]`"),
        ("a: [b]c", "text continues after the closing `]`"),
    ],
)
def test_what_comes_after_the_end_is_not_taken_for_something_else(text: str, message: str) -> None:
    _, problems = read_text(text, "made")
    assert problems[-1].message == message

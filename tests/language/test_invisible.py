"""What cannot be seen is known by the properties Unicode gives characters."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.invisible import (
    INVISIBLE,
    INVISIBLE_RANGES,
    invisible_in,
    piled_marks,
    reorders,
)
from engine.language.load import load
from engine.language.yaml.reader import read_text
from engine.reports.escape import printable, to_json
from engine.reports.playbook.yaml_writer import scalar

EVERY = [chr(point) for point in range(sys.maxunicode + 1)]
ALWAYS = re.compile(f"[{INVISIBLE}]")
DRAWN_FORMATS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
)
"""Cf that is drawn: Prepended_Concatenation_Mark, and the joiners of Egyptian hieroglyphs."""
IN_CONTEXT = re.compile("[\u200c\u200d\ufe00-\ufe0f\u180b-\u180d\u180f\U000e0100-\U000e01ef]")


def test_every_control_format_and_surrogate_is_invisible_unless_it_is_drawn() -> None:
    found = {
        character
        for character in EVERY
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and ord(character) > 0x1F
    }
    left = {character for character in found if not ALWAYS.match(character)}
    assert all(DRAWN_FORMATS.match(each) or IN_CONTEXT.match(each) for each in left)
    assert not any(ALWAYS.match(each) for each in EVERY if DRAWN_FORMATS.match(each))


def test_every_variation_selector_and_filler_is_invisible_or_judged_by_its_place() -> None:
    pattern = re.compile("VARIATION SELECTOR|HANGUL .*FILLER$|INHERENT|ZERO WIDTH|^WORD JOINER")
    named = [each for each in EVERY if pattern.search(unicodedata.name(each, ""))]
    assert len(named) > 250
    assert [each for each in named if not (ALWAYS.match(each) or IN_CONTEXT.match(each))] == []


def test_every_noncharacter_is_invisible() -> None:
    points = [*range(0xFDD0, 0xFDF0), *(p for p in range(0x110000) if p & 0xFFFE == 0xFFFE)]
    assert len(points) == 66
    assert all(ALWAYS.match(chr(point)) for point in points)


def test_letters_digits_signs_and_blanks_are_not_invisible() -> None:
    seen = [each for each in EVERY if unicodedata.category(each)[0] in "LNPS" or each == " "]
    hidden = {each for each in seen if ALWAYS.match(each)}
    assert hidden == set("\u115f\u1160\u3164\uffa0")
    assert not ALWAYS.search("\u2800\xa0\u3000\ue000\uf8ff\U0001fae8\ufffd")


def test_the_ranges_do_not_overlap() -> None:
    ends = [point for first, last in sorted(INVISIBLE_RANGES) for point in (first, last + 1)]
    assert ends == sorted(ends)


def test_what_reorders_text_is_invisible_too() -> None:
    controls = [each for each in EVERY if reorders(each)]
    assert "".join(controls) == (
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert all(map(ALWAYS.match, controls))


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # noqa: RUF001 - the characters are what is tested
        "CRM\u200cها",  # noqa: RUF001 - the characters are what is tested
        "۱۴۰۲ ه\u200d.ش.",  # noqa: RUF001 - the characters are what is tested
        "क्\u200dष",
        "क्\u200cष",
        "ക\u0d4d\u200d",
        "র\u200d্য",
        "👩\u200d👩\u200d👧",
        "🕵️\u200d♂️",
        "👩🏽\u200d💻",
        "❤️\u200d🔥",
        "🙂\u200d↔️",
        "🐦\u200d🔥",
        "1️⃣ #️⃣",
        "☎\ufe0e",
        "〽️ ©️ ™️ ↔️",
        "‼️ ℹ️",  # noqa: RUF001 - the characters are what is tested
        "葛\U000e0100城市",
        "ᠮᠣᠩᠭᠣᠯ\u180b",
        "été — “déjà” ¿qué? 日本語 שלום",
    ],
)
def test_joiners_and_selectors_are_fine_where_words_and_emoji_are_spelt_with_them(
    text: str,
) -> None:
    assert list(invisible_in(text)) == []
    document, problems = read_text(f'title: "{text}"\n', "made")
    assert problems == []
    assert document is not None
    assert printable(document.data["title"]) == document.data["title"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("demo\u200d", 4),
        ("de\u200cmo", 2),
        ("\u200ddemo", 0),
        ("demo\ufe0f", 4),
        ("1\ufe0f", 1),
        ("c+\ufe0f", 2),
        ("~\ufe0f", 1),
        ("°\ufe0f", 1),
        ("+\u200d+", 1),
        ("می\u200c خواهم", 2),
        ("می\u200c", 2),
        ("👩\u200d", 1),
        ("👩\u200dx", 1),
        ("a\u200d👩", 1),
        ("a\U000e0100", 1),
        ("א\u180b", 1),
        ("👩\u200c👩", 1),
        ("\U0001f3f4\U000e0067", 1),
    ],
)
def test_elsewhere_they_are_invisible(text: str, at: int) -> None:
    assert list(invisible_in(text)) == [at]


def test_every_older_emoji_that_takes_a_selector_may_have_one() -> None:
    """Of every symbol with EMOJI in its name, or of a card, a sign of the zodiac or an arrow
    key."""
    named = re.compile(
        "EMOJI|ZODIAC|BLACK (HEART|DIAMOND|CLUB|SPADE) SUIT|HEAVY BLACK HEART|SNOWMAN"
    )
    found = [each for each in EVERY if named.search(unicodedata.name(each, ""))]
    assert "\u2764" in found
    refused = [each for each in found if list(invisible_in(f"{each}\ufe0f"))]
    assert refused == ["\u26c7", "\u2765"]  # the black snowman and a bullet: no emoji in Unicode


def test_a_tab_and_a_line_feed_are_not_among_them() -> None:
    assert list(invisible_in("a\tb\nc\rd\x00")) == [5, 7]


def checked(folder: Path, text: str) -> list[tuple[str, int, int, str]]:
    path = folder / "made.yaml"
    path.write_text(text, encoding="utf-8")
    found = load(path, "made.yaml").problems
    return [(each.span.file, each.span.line, each.span.column, each.code) for each in found]


def test_a_playbook_with_text_that_cannot_be_seen_is_refused(tmp_path: Path) -> None:
    title = 'playbook: example\ntitle: "a\u200bb\u061cc\u200fd\U000e0061e"\n'
    code = "control-character"
    assert checked(tmp_path, title) == [
        ("made.yaml", 2, column, code) for column in (10, 12, 14, 16)
    ]
    choices = 'playbook: example\nfacts:\n  s: {type: choice, choices: [demo, "demo\u200b"]}\n'
    assert checked(tmp_path, choices) == [("made.yaml", 3, 42, code)]
    escaped = choices.replace("\u200b", r"\u200b")
    assert checked(tmp_path, escaped) == [("made.yaml", 3, 37, code)]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_always_invisible_is_never_printed(text: str) -> None:
    for shown in (printable(text), to_json(text), scalar(text)):
        assert not ALWAYS.search(shown)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a" + "\u0301" * 30, None),
        ("a" + "\u0301" * 31, 31),
        ("\u0316\u0301" * 15 + "b" + "\u0316" * 30, None),
        ("\u0e01\u0f73" + "\u0301" * 30, 31),
        ("\u4e00" * 100, None),
        ("\u05d0\u05b8" * 100, None),
    ],
)
def test_marks_pile_up_after_thirty_of_them(text: str, at: int | None) -> None:
    assert piled_marks(text) == at


def test_what_nfc_sorts_is_a_mark() -> None:
    """Each character that may be moved past others counts, also one that is split into marks."""
    moved = {each for each in EVERY if unicodedata.combining(unicodedata.normalize("NFD", each)[0])}
    assert {each for each in EVERY if piled_marks(each * 31) is not None} == moved

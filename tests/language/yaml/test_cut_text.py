"""Text that ` #` cuts short is told with what was lost; a comment is let be."""

from __future__ import annotations

import pytest

from engine.language.yaml.reader import read_text


def told(text: str) -> list[tuple[int, int, str]]:
    document, problems = read_text(text, "f.yaml")
    assert document is not None
    assert {problem.code for problem in problems} <= {"text-after-hash"}
    return [(p.span.line, p.span.column, p.message.split("`")[1]) for p in problems]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("because: We are #1 in this", "#1 in this"),
        ("because: see case #123  ", "#123"),
        ("because: a\t#b", "#b"),
        ("list:\n- one #two\n- three", "#two"),
        ("because: it began\n  on a line and #2 ends it\nnext: x", "#2 ends it"),
        ("map: {a: text #lost\n  , b: x}", "#lost"),
        ("because: We are #1 in this\r\nnext: x\r\n", "#1 in this"),
    ],
)
def test_text_that_is_cut_short_is_told(text: str, lost: str) -> None:
    ((line, column, found),) = told(text)
    assert found == lost
    shown = text.replace("\r\n", "\n").split("\n")[line - 1]
    assert shown[column - 1 :].startswith(lost)


@pytest.mark.parametrize(
    "text",
    [
        "because: We are first # in this",
        "because: 'We are #1 in this' # yes",
        'because: "We are #1"  #yes',
        "because: |\n  We are #1\n",
        "because: >\n  We are #1\nnext: x",
        "weight: 0.4 #guess",
        "ours: true #guess",
        "list: [one, two] #guess",
        "map: {a: b} #guess",
        "because: We are#1",
        "because: x ##",
        "#!/usr/bin/env relight\na: b",
        "a: b\n#c: d\n",
        "key: #nothing\n  text",
    ],
)
def test_a_comment_is_a_comment(text: str) -> None:
    assert told(text) == []

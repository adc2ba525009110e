"""Explain syntax errors to authors who do not know YAML.

The parser reports which rule of its grammar failed and where it noticed. The author's mistake is
inferred from that and from the lines around; where that is not certain, the message is general. The
clues are the words of libyaml 0.2.5 and of PyYAML's own parser; tests pin each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.yaml.foreign_lines import Finding, foreign_line

_CLOSING = {"[": "]", "{": "}"}
_QUOTE_IT = 'put the text in quotes: `key: "text"`'
_QUOTE_IN_QUOTE = "inside '...' write '' for an apostrophe, or put the whole text in \"...\""
_ALIGN = "begin keys that belong together in the same column, indented with spaces"


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a syntax error is explained from: the lines of the file and the parser's report.

    ``said`` is the parser's message, ``at`` where it failed, and ``since`` where the construct it
    was reading begins, both as (line, column) from 0.
    """

    lines: list[str]
    said: str
    at: tuple[int, int]
    since: tuple[int, int]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def character(self) -> str:
        return self.line(self.at[0])[self.at[1] : self.at[1] + 1]

    @property
    def opening(self) -> str:
        return self.line(self.since[0])[self.since[1] : self.since[1] + 1]

    @property
    def before(self) -> str:
        """The part of the line before the place where the parser failed."""
        return self.line(self.at[0])[: self.at[1]]

    @property
    def line_above(self) -> int:
        """The number, from 0, of the nearest line above that is not blank or a comment."""
        number = self.at[0] - 1
        while number > 0 and not self.line(number).split("#")[0].strip():
            number -= 1
        return number


def syntax_problem(
    text: str, name: str, said: str, at: tuple[int, int], since: tuple[int, int]
) -> Problem:
    """Return the problem that explains an error of the parser.

    Args:
        text: The content of the file.
        name: What problems call the file.
        said: The parser's message.
        at: Line and column, from 0, where it failed.
        since: Line and column, from 0, where the construct it was reading begins.
    """
    scene = _Scene(text.replace("\r\n", "\n").split("\n"), said, at, since)
    around = range(min(scene.line_above, since[0]), at[0] + 1)
    (line, column), message, advice = foreign_line(scene.lines, around) or next(
        finding for clue, find in _CLUES if re.search(clue, said) and (finding := find(scene))
    )
    # For something left open, the parser fails at the end of the file, past its last line.
    line = min(line, len(scene.lines) - 1)
    column = min(column, len(scene.line(line)))
    span = Span(name, line + 1, column + 1, line + 1, column + 2)
    return Problem(span, "yaml-syntax", message, advice)


def _tab(scene: _Scene) -> Finding | None:
    if scene.character != "\t" and "tab" not in scene.said:
        return None
    return (
        scene.at,
        "a tab is used where spaces are needed",
        "indent with spaces: YAML does not allow tabs",
    )


def _odd_start(scene: _Scene) -> Finding:
    what = "a backtick" if scene.character == "`" else quoted(scene.character)
    return scene.at, f"text cannot begin with {what}", _QUOTE_IT


def _open_quote(scene: _Scene) -> Finding:
    advice = f"close it with {scene.opening}"
    if scene.opening == "'":
        advice += "; " + _QUOTE_IN_QUOTE
    return scene.since, "this quote is never closed", advice


def _escape(scene: _Scene) -> Finding:
    line = scene.line(scene.at[0])
    start = line.rfind("\\", 0, scene.at[1] + 1)
    word = quoted(line[start : start + 2]) if start >= 0 else "this escape"
    return (
        (scene.at[0], max(start, 0)),
        f"{word} is not allowed inside double quotes",
        "write `\\\\` for a backslash, or use single quotes",
    )


def _open_bracket(scene: _Scene) -> Finding:
    opening = scene.opening
    closing = _CLOSING.get(opening, "]")
    if scene.character in ("]", "}") and scene.character != closing:
        message = f"{quoted(scene.character)} is used where {quoted(closing)} is needed"
        return scene.at, message, f"close {quoted(opening)} with {quoted(closing)}"
    if scene.at[0] != scene.since[0] or not scene.character:
        advice = f"put {quoted(closing)} at its end, and `,` between its entries"
        return scene.since, f"this {quoted(opening)} is never closed", advice
    if scene.character == ":":
        return scene.at, "a second `:` in one entry", 'put text that has a `:` in quotes: "text"'
    return (
        scene.at,
        f"a `,` or {quoted(closing)} is missing here",
        f"put `,` between entries, and {quoted(closing)} after the last; quote text that has these",
    )


def _stray_colon(scene: _Scene) -> Finding:
    # Stripped first: with two patterns of blanks in a row, the search would take quadratic time.
    written = scene.before.lstrip()
    if re.search(r":\s", written) or re.match(r"-?\s*['\"].*['\"]:", written):
        return (
            scene.at,
            "a second `:` on one line",
            'one line holds one key; put text that has a `:` in quotes: `key: "one: two"`',
        )
    above = scene.line_above
    words = scene.line(above).strip()
    if words and not words.startswith("-") and not re.search(r":(\s|$)", words):
        return (
            (above, len(scene.line(above)) - len(scene.line(above).lstrip())),
            f"this line has no `:` after its key: {quoted(words)}",
            "write `key: value`",
        )
    start = len(scene.before) - len(scene.before.lstrip())
    return (
        (scene.at[0], start),
        "this line is indented further than the line it belongs to",
        _ALIGN,
    )


def _missing_colon(scene: _Scene) -> Finding:
    words = scene.line(scene.since[0])[scene.since[1] :].strip()
    if words.startswith("-"):
        return scene.since, "a space is missing after `-`", "write `- entry`"
    advice = "write `key: value`, with a space after the `:`"
    return scene.since, f"there is no `:` after {quoted(words)}", advice


def _after_quote(scene: _Scene) -> Finding | None:
    if not scene.before.rstrip().endswith(("'", '"')):
        return None
    advice = f"put the whole value in quotes, or none of it; {_QUOTE_IN_QUOTE}"
    return scene.at, "text continues after the closing quote", advice


def _after_bracket(scene: _Scene) -> Finding | None:
    closing = scene.before.rstrip()[-1:]
    if closing not in _CLOSING.values():
        return None
    message = f"text continues after the closing {quoted(closing)}"
    return scene.at, message, "remove it, or put the whole value in quotes"


def _cut_off(scene: _Scene) -> Finding | None:
    if any(
        line.strip()
        for line in (scene.line(scene.at[0])[scene.at[1] :], *scene.lines[scene.at[0] + 1 :])
    ):
        return None
    return scene.at, "the file ends in the middle of a list or map", "close every `[` and `{`"


def _stray_bracket(scene: _Scene) -> Finding | None:
    if scene.character not in ("]", "}", ","):
        return None
    message = f"unexpected {quoted(scene.character)}"
    return scene.at, message, "remove it, or put the text in quotes"


def _no_key(scene: _Scene) -> Finding | None:
    if scene.character != ":":
        return None
    return scene.at, "a key is missing before this `:`", "write `key: value`"


def _list_ends(scene: _Scene) -> Finding | None:
    if "-" not in scene.opening:
        return None
    return (
        scene.at,
        f"this line does not continue the list that begins on line {scene.since[0] + 1}",
        "begin it with `- ` if it is a list entry, or change its indentation",
    )


def _indentation(scene: _Scene) -> Finding | None:
    if scene.before.strip():
        return None
    return (
        scene.at,
        f"this line is not indented like the map that begins on line {scene.since[0] + 1}",
        _ALIGN,
    )


def _list_on_key_line(scene: _Scene) -> Finding:
    advice = "begin the list on the next line, or write it as `[one, two]`"
    return scene.at, "a list cannot begin on the same line as its key", advice


def _block_text(scene: _Scene) -> Finding:
    return (
        scene.at,
        "nothing may follow `|` or `>` on the same line",
        "begin the text on the next line, or put it in quotes",
    )


def _directive(scene: _Scene) -> Finding | None:
    if not any(line.startswith("%") for line in scene.lines):
        return None
    return (
        (0 if scene.since[0] > scene.at[0] else scene.since[0], 0),
        ("lines that begin with `%` are YAML directives, which are not allowed"),
        "remove the line",
    )


def _reference(scene: _Scene) -> Finding:
    message = f"text cannot begin with {quoted(scene.opening)}"
    word = re.match(r"!(\w+)", scene.line(scene.since[0])[scene.since[1] :])
    help = f"for all but this, write `{{is_not: {word[1]}}}`" if word else _QUOTE_IT
    return scene.since, message, help


def _unclear(scene: _Scene) -> Finding:
    return scene.at, "this is not valid YAML", "check quotes, brackets and indentation here"


# The order matters: the parser reports different mistakes in the same words, so that functions that
# recognize one mistake, or else return None, come before those that explain all others.
_CLUES: tuple[tuple[str, Callable[[_Scene], Finding | None]], ...] = (
    ("tab character|cannot start any token", _tab),
    ("cannot start any token", _odd_start),
    ("quoted scalar.*unexpected end|quoted scalar.*document (separator|indicator)", _open_quote),
    ("escape|hexa?decimal", _escape),
    (r"flow (sequence|mapping).*(did not find )?expected ','", _open_bracket),
    ("mapping values are not allowed", _stray_colon),
    ("could not find expected ':'", _missing_colon),
    ("sequence entries are not allowed", _list_on_key_line),
    ("block scalar", _block_text),
    ("directive|incompatible YAML|document start", _directive),
    ("document start", _stray_bracket),
    ("document start", _after_bracket),
    ("ing an anchor|ing an alias|ing a tag", _reference),
    ("node|parsing a block", _no_key),
    ("flow node", _cut_off),
    ("node", _stray_bracket),
    ("parsing a block", _after_quote),
    ("parsing a block", _after_bracket),
    ("parsing a block", _stray_bracket),
    ("block collection", _list_ends),
    ("parsing a block", _indentation),
    ("", _unclear),
)

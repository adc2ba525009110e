"""Find phrases that harm a follow-up: asking why somebody is silent, and having nothing to say.

Only phrases that are hardly ever meant otherwise are listed; negated, quoted and conditional ones
are ignored. A false alarm is worse here than a miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAIL = r"(?:e-?mail|message|note|mail|voicemail|letter)s?"
_LAST = r"(?:last|latest|previous|earlier|prior)"
_SILENT = (
    r"(?:silent|quiet|gone|dark|repl(?:y|ied)|respond(?:ed)?|answer(?:ed)?|ignor(?:ed|ing)"
    r"|(?:got(?:ten)?|get|been) (?:back|in touch)|heard)"
)
_OPENS = r"(?:(?<=[.!?:;,\n] )|(?<=\n)|(?<=have )|(?<=there )|(?<=got ))"

ASKS_WHY = (
    rf"why (?:have|has|did|do|are|were)(?:n't| not)? (?:you|i|we) (?:\w+ )?{_SILENT}\b",
    rf"why (?:you|i|we)(?:'ve|'re| have| are| were| did)?(?:n't| not)? (?:\w+ )?{_SILENT}\b",
    r"reason (?:why )?you(?:'ve| have|'ve| did)(?:n't| not)",
    r"(?:have|had)(?:n't| not) heard (?:anything )?(?:back )?from you",
    r"(?:have|had)(?:n't| not) heard back",
    r"never heard back",
)

EMPTY = (
    r"(?:just|only|simply) (?:want(?:ed|ing)? to )?(?:check|pop)(?:ping|ing)? in\b",
    r"touching base\b",
    r"(?:just|only|want(?:ed)? to) touch base\b",
    rf"following(?: |-)up (?:on|to|about|regarding) my (?:{_LAST} )?{_MAIL}\b",
    rf"follow(?:ing)?(?: |-)up (?:on|to|about|regarding) (?:my|our|the) {_LAST} {_MAIL}\b",
    r"following(?: |-)up on my last\b",
    r"did you (?:get|have) (?:a|the|any) chance\b",
    rf"did you (?:get|see|receive|read) my (?:{_LAST} )?{_MAIL}\b",
    r"circling back\b(?! with\b)",
    r"(?:just|want(?:ed)? to) circle back\b(?! with\b)",
    rf"bump(?:ing)? (?:this|my (?:{_LAST} )?{_MAIL})\b",
    r"(?:float|push|mov)(?:e|ing)? this (?:back )?(?:up )?to the top of your inbox",
    rf"{_OPENS}any (?:updates?|news)\b(?=[^.!?]{{0,40}}\?)",
    r"(?<=^subject: )(?:just |quick )?(?:check-?in|checking in|touching base|follow-up)(?= *$)",
)


def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Compile all ``phrases`` to one expression, in which a space may be the end of a line."""
    joined = "|".join(phrases).replace(" ", r"[ \n]")
    return re.compile(rf"\b(?:{joined})", re.IGNORECASE | re.MULTILINE)


_UNLESS = (
    r"[\"\u201c\u2018\u00ab]|\b(?:if|unless|until|in case|instead of|rather than)\b[^.!?:]{0,40}"
)
_DENIED = r"(?:n't|\b(?:not|no|never|without|more than))\b[^.!?:]{0,40}"
_UNASKED = r"(?:n't|\b(?:not|never)) (?:ask|wonder)\w*\b[^.!?:]{0,40}"
"""What makes a phrase harmless if it is in front of it: quotes, a condition, a negation."""

_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    """A phrase as it is in a template, and its line, from 1."""

    line: int
    words: str
    asks_why: bool


def unwelcome(source: str) -> list[Phrase]:
    """Return the harmful phrases in the text of a template, in order."""
    text = "\n" + _CODE.sub(_blank, source).replace("\u2019", "'")
    text = re.sub(r"[ \t]+", " ", text)
    return sorted([*_found(_WHY, text, True), *_found(_EMPTY, text, False)])


def _found(listed: re.Pattern[str], text: str, asks_why: bool) -> Iterator[Phrase]:
    harmless = _HARMLESS_WHY if asks_why else _HARMLESS_EMPTY
    for found in listed.finditer(text):
        if not harmless.search(text[max(0, found.start() - 60) : found.start()]):
            words = " ".join(found[0].split())
            yield Phrase(text.count("\n", 0, found.start()), words, asks_why)


def _blank(code: re.Match[str]) -> str:
    """Replace what a template computes, which is not the author's wording; keep its lines."""
    # A value becomes an ellipsis and not nothing, or the words around it would make a phrase.
    return "\n" * code[0].count("\n") if code[0].startswith(("{#", "{%")) else "\u2026"


_WHY, _EMPTY = _compiled(ASKS_WHY), _compiled(EMPTY)
_HARMLESS_WHY = re.compile(f"(?:{_UNLESS}|{_UNASKED})$", re.IGNORECASE)
_HARMLESS_EMPTY = re.compile(f"(?:{_UNLESS}|{_DENIED})$", re.IGNORECASE)

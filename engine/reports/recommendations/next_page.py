"""The answer of `next` for people: a line a prospect, and what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from engine.reports.terminal.escape import printable
from engine.reports.terminal.percent import format_confidence
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text
from engine.reports.terminal.times import due_words, length_short
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation, State

STATE_WORDS: dict[State, str] = {
    "dark": "dark",
    "waiting": "waiting",
    "our_turn": "our turn",
    "untouched": "untouched",
}


REASON = "    "
"""What stands before the lines of a reason."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many prospects are shown, how many were chosen, and how many the book has."""

    shown: int
    chosen: int
    book: int


def list_text(shown: Sequence[Recommendation], style: Style, reasons: bool = False) -> str:
    """A line for each of ``shown``: who, state, next step, when, why. With ``reasons`` the why is
    told in full below the line. Due times are local to each prospect. Nothing at all for nobody.
    """
    if not shown:
        return ""
    first = [one.steps[0] if one.steps else None for one in shown]
    due = [
        due_words(step.due_at, one.now, one.zone) if step else ""
        for one, step in zip(shown, first, strict=True)
    ]
    names = [str(one.facts.get("name", "")) for one in shown]
    columns = [
        TextColumn("prospect", [one.prospect for one in shown], style="bold"),
        TextColumn("name", names, min_width=10, drop_order=2),
        TextColumn("state", [_state(one) for one in shown]),
        TextColumn(
            "next step", [step.action.title if step else "" for step in first], min_width=16
        ),
        TextColumn("due there", due, style="cyan"),
    ]
    if not reasons:
        why = [_why(one) for one in shown]
        columns.append(TextColumn("why", why, min_width=24, drop_order=3, style="dim"))
    text = columns_text([column for column in columns if any(column.cells)], style)
    return _with_reasons(text, shown, style) if reasons else text


def _with_reasons(text: str, shown: Sequence[Recommendation], style: Style) -> str:
    """The lines of ``text``, below that of each prospect what is behind its step."""
    heads, *lines = text.splitlines()
    found = [heads]
    for line, one in zip(lines, shown, strict=True):
        told = wrap(
            printable(_reason(one)),
            max(style.width, 24),
            initial_indent=REASON,
            subsequent_indent=REASON,
        )
        found += [line, *(style.apply(each, "dim") for each in told)]
    return "\n".join(found) + "\n"


def _state(one: Recommendation) -> str:
    """The state, and for how long they have been silent: `dark 4 d`."""
    lasted = f" {length_short(one.silence.elapsed)}" if one.silence else ""
    return STATE_WORDS[one.state] + lasted


def _why(one: Recommendation) -> str:
    """The shortest account of the first step: its cause, else its own reason, else the darkness."""
    if not one.steps:
        return ""
    step = one.steps[0]
    if step.cause is not None:
        return f"{step.cause.title} ({_percent(one, step.cause.id)})"
    return step.action.because or next((t.because for t in one.thresholds if t.because), "")


def _reason(one: Recommendation) -> str:
    """The whole account of the first step: its cause, and why it is right."""
    if not one.steps:
        return ""
    step = one.steps[0]
    because = step.action.because or next((t.because for t in one.thresholds if t.because), "")
    return ": ".join(filter(None, [_why(one) if step.cause else "", because]))


def _percent(one: Recommendation, cause: str) -> str:
    confidence = next(found.confidence for found in one.causes if found.cause.id == cause)
    return format_confidence(confidence)


def footer(counts: Counts, wanted: ProspectFilter) -> str:
    """What the list is of, in one line."""
    if counts.book == 0:
        return "the book has no prospects\n"
    if wanted.narrows:
        what = "that match"
    elif wanted.everybody:
        what = "in the book"
    else:
        what = "that have a next step"
    book = "" if what == "in the book" else f"; {counts.book:,} in the book"
    if counts.chosen == 0:
        return f"no prospects {what}{book}\n"
    prospects = "prospect" if counts.chosen == 1 else "prospects"
    of = "" if counts.shown == counts.chosen else f"{counts.shown:,} of "
    what = what if counts.chosen > 1 else what.replace("have", "has").replace("match", "matches")
    return f"{of}{counts.chosen:,} {prospects} {what}{book}\n"

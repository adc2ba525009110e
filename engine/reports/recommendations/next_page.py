"""Format the prospects that `next` lists, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from engine.book.book_problem import BookProblem
from engine.language.model import Playbook
from engine.reports.escape import printable
from engine.reports.recommendations.as_csv import answer_csv
from engine.reports.recommendations.as_json import answer_json
from engine.reports.recommendations.fact_columns import fact_cell, fact_columns, fact_words
from engine.reports.terminal.percent import format_confidence
from engine.reports.terminal.phrases import counted, text_fact
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text
from engine.reports.terminal.times import Due, due_cells, length_short
from engine.semantics.prospect_filter import ProspectFilter
from engine.semantics.recommend import Recommendation, State

STATE_WORDS: dict[State, str] = {
    "dark": "dark",
    "waiting": "waiting",
    "our_turn": "our turn",
    "closed": "closed",
    "unclear": "unclear",
    "untouched": "untouched",
}

ClockOwner = Literal["theirs", "mine"]
"""Whose clock shows due times: the prospect's, or the one of this machine."""

_MORE = "more_of_account"
"""The key, and the column, with the number of other prospects of the account."""

_REASON_INDENT = "    "

_NAME, _STATE, _ACCOUNT, _AMOUNT, _WHY = range(1, 6)
"""The order in which columns are dropped, the last first. The name and the state stay until the
step is truncated."""


@dataclass(frozen=True, slots=True)
class WorkList:
    """The result of `next`.

    Attributes:
        playbook: The playbook that was applied.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        filter: Which prospects were asked for.
        shown: The recommendations to show, the most valuable first.
        selected: The number of prospects that pass the filter.
        total: The number of prospects in the book.
        problems: The problems of the book.
        clock: Whose clock shows due times.
        columns: The facts that the table of prospects has a column for.
        accounts: The number of accounts if each has one line, else None.
        more: How many more prospects of its account each of ``shown`` stands for then.
    """

    playbook: Playbook
    now: int
    filter: ProspectFilter
    shown: Sequence[Recommendation]
    selected: int
    total: int
    problems: Sequence[BookProblem]
    clock: ClockOwner = "theirs"
    columns: frozenset[str] = frozenset()
    accounts: int | None = None
    more: Sequence[int] = ()


def next_json(found: WorkList) -> str:
    """Format the list as JSON."""
    more = [{_MORE: count} for count in found.more] if found.accounts is not None else None
    return answer_json(found.playbook, found.now, found.shown, found.problems, more)


def next_csv(found: WorkList) -> str:
    """Format the list as CSV, a row for each step; facts that the book has follow at the end."""
    playbook, shown = found.playbook, found.shown
    beside: dict[str, Sequence[object]] = {
        id: [fact_cell(playbook, id, one.facts.get(id)) for one in shown]
        for id in fact_columns(playbook, found.columns, shown)
    }
    more = {} if found.accounts is None else {_MORE: found.more}
    return answer_csv(playbook, found.now, shown, beside | more)


def next_text(found: WorkList, style: Style, verbose: bool) -> str:
    """Format a line for each prospect: who it is, state, next step, local due time, and why.

    On a narrow page the reason goes first, then the amount and the account; the step is truncated
    last.

    Args:
        found: The list; the result is empty if no prospect is shown.
        style: The layout of the output.
        verbose: Whether to put the whole reason below each line.
    """
    shown = found.shown
    if not shown:
        return ""
    first = [one.steps[0] if one.steps else None for one in shown]
    steps = [step.action.title if step else "" for step in first]
    columns = [
        *_who(found),
        TextColumn("state", [_state(one) for one in shown], drop_order=_STATE),
        TextColumn("next step", steps, min_width=16, whole_before=_STATE),
        _due(found),
    ]
    if not verbose:
        why = [_why(one) for one in shown]
        columns.append(TextColumn("why", why, min_width=24, drop_order=_WHY, style="dim"))
    text = columns_text([column for column in columns if any(column.cells)], style)
    return _with_reasons(text, shown, style) if verbose else text


def _who(found: WorkList) -> list[TextColumn]:
    """Return the columns that say who it is and what the deal is worth."""
    shown = found.shown
    names, accounts, amounts = (
        [fact_words(found.playbook, one, id) for one in shown]
        for id in ("name", "account", "amount")
    )
    links = [text_fact(one, "crm_url") for one in shown]
    by_account = found.accounts is not None
    name = TextColumn(
        "name", names, min_width=8, drop_order=_ACCOUNT if by_account else _NAME, links=links
    )
    account = TextColumn(
        "account", accounts, min_width=8, drop_order=_NAME if by_account else _ACCOUNT
    )
    more = TextColumn("more", [f"+{count}" if count else "" for count in found.more])
    # A prospect that is a firm is not named twice.
    whose = [account, more, *([] if accounts == names else [name])]
    if not by_account:
        whose = [name] if accounts == names else [name, account]
    return [
        TextColumn("prospect", [one.prospect for one in shown], style="bold", links=links),
        *whose,
        TextColumn("amount", amounts, drop_order=_AMOUNT, right=True),
    ]


def _due(found: WorkList) -> TextColumn:
    """Return the column of due times, by the clock of the prospect or of this machine."""
    mine = found.clock == "mine"
    cells, zone = due_cells(
        [
            Due(one.steps[0].due_at, one.now, None if mine else one.zone) if one.steps else None
            for one in found.shown
        ]
    )
    heading = "due here" if mine else "due there"
    return TextColumn(heading if zone is None else f"{heading} ({zone})", cells, style="cyan")


def _with_reasons(text: str, shown: Sequence[Recommendation], style: Style) -> str:
    """Add the whole reason below the line of each prospect in ``text``."""
    heading, *lines = text.splitlines()
    found = [heading]
    for line, one in zip(lines, shown, strict=True):
        reason = wrap(
            printable(_reason(one)),
            max(style.width, 24),
            initial_indent=_REASON_INDENT,
            subsequent_indent=_REASON_INDENT,
        )
        found += [line, *(style.apply(each, "dim") for each in reason)]
    return "\n".join(found) + "\n"


def _state(one: Recommendation) -> str:
    """Return the state, and how long the silence has lasted: `dark 4 d`."""
    lasted = f" {length_short(one.silence.elapsed)}" if one.silence else ""
    return STATE_WORDS[one.state] + lasted


def _why(one: Recommendation) -> str:
    """Return the short reason for the first step: its cause, its own reason, or why it is dark."""
    if not one.steps:
        return ""
    step = one.steps[0]
    if step.cause is not None:
        return f"{step.cause.title} ({_percent(one, step.cause.id)})"
    return step.action.because or next((t.because for t in one.thresholds if t.because), "")


def _reason(one: Recommendation) -> str:
    """Return the full reason for the first step: its cause and its own reason."""
    if not one.steps:
        return ""
    step = one.steps[0]
    because = step.action.because or next((t.because for t in one.thresholds if t.because), "")
    return ": ".join(filter(None, [_why(one) if step.cause else "", because]))


def _percent(one: Recommendation, cause: str) -> str:
    # A cause that is diagnosed from 0 may be answered without any evidence for it.
    confidence = next((found.confidence for found in one.causes if found.cause.id == cause), 0.0)
    return format_confidence(confidence)


def list_summary(found: WorkList) -> str:
    """Count the prospects in one line: `2 prospects that have a next step; 5 in the book`.

    With a line for each account: `2 accounts: 3 prospects that have a next step; 5 in the book`.
    """
    shown, selected, total = len(found.shown), found.selected, found.total
    accounts = found.accounts
    if total == 0:
        return "the book has no prospects\n"
    if found.filter.narrows:
        what = "that match"
    elif found.filter.everybody:
        what = "in the book"
    else:
        what = "that have a next step"
    book = "" if what == "in the book" else f"; {total:,} in the book"
    if selected == 0:
        return f"no prospects {what}{book}\n"
    lines = selected if accounts is None else accounts
    of = "" if shown == lines else f"{shown:,} of "
    of += "" if accounts is None else f"{counted(accounts, 'account')}: "
    what = what if selected > 1 else what.replace("have", "has").replace("match", "matches")
    return f"{of}{counted(selected, 'prospect')} {what}{book}\n"

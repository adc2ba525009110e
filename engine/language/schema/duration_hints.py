"""Suggest what to write instead of text that should be a duration but is not."""

from __future__ import annotations

import re

from engine.language.durations import DURATION_PATTERN, UNITS, read_duration
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import closest, did_you_mean

_HOW = "write a number and minutes, hours, days, weeks, business hours or business days"
_SHORT = {
    **dict.fromkeys(("m", "min", "mins"), "minutes"),
    **dict.fromkeys(("h", "hr", "hrs"), "hours"),
    **dict.fromkeys(("d",), "days"),
    **dict.fromkeys(("w", "wk", "wks"), "weeks"),
    **dict.fromkeys(("workday", "workdays", "working day", "working days", "bd"), "business days"),
    **dict.fromkeys(("working hour", "working hours", "office hours", "bh"), "business hours"),
}
_AMOUNTS = {"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}


def bad_duration(text: str, span: Span, words: tuple[str, ...] = ()) -> Problem:
    """Return the problem with a text that is not a duration.

    Args:
        text: The text as written.
        span: Where it is written.
        words: Words that are allowed instead of a duration, such as `now`.
    """
    advice = did_you_mean(text, words) or duration_advice(text)
    return Problem(span, "bad-duration", f"{quoted(text)} is not a duration", advice)


def duration_advice(text: str) -> str:
    """Return the help for ``text``, which is not a duration: what to write instead."""
    folded = " ".join(text.lower().split())
    if re.search("month|year|quarter", folded):
        return "months differ in length: write `4 weeks` or `30 days`"
    if folded.startswith("-"):
        return "a duration cannot be negative"
    if re.fullmatch("[0-9.]+", folded):
        return f"add a unit, such as `{folded} days` or `{folded} business days`"
    # After the numbers without a unit: those lack one, however long they are.
    if re.match(r"[0-9]{7}", folded):
        return "write at most six digits before the decimal point"
    if re.fullmatch(DURATION_PATTERN, text):
        return "a duration is a whole number of seconds: round it, or use a smaller unit"
    if len(re.findall("[0-9.]+", folded)) > 1:
        return "write one number and one unit: for a week and two days, `9 days`"
    meant = suggested_duration(text)
    return f"did you mean `{meant}`?" if meant else _HOW


def suggested_duration(text: str) -> str | None:
    """Return ``text`` with its misspelled or abbreviated unit corrected, such as `3 days` for `3d`.

    None if that is not a duration either.
    """
    folded = " ".join(text.lower().split())
    parts = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?|[a-z]+) ?([a-z][a-z _-]{0,30})\.?", folded)
    if not parts:
        return None
    amount = _AMOUNTS.get(parts[1], parts[1])
    # A day before or after something is another instant than a day from now.
    if not amount[0].isdigit() or re.search(r" (before|after|from|until|since|past)\b", folded):
        return None
    plurals = [f"{unit}s" for unit in UNITS]
    unit = _SHORT.get(parts[2]) or closest(parts[2], [*UNITS, *plurals])
    if unit is None:
        return None
    meant = f"{amount} {unit.removesuffix('s')}" + ("" if amount == "1" else "s")
    return meant if read_duration(meant) else None

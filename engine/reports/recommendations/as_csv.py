"""Format next steps as CSV, a row per step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.language.model import Playbook
from engine.reports.escape import csv_cell
from engine.reports.recommendations.as_json import instant_json
from engine.semantics.ranking import Step
from engine.semantics.recommend import Recommendation
from engine.semantics.result_schema import ACTION_TEXTS, NEXT_STEPS

_TRAILING_ZEROS = re.compile("0{1,5}$")
"""The zeros at the end of six decimals, except the first decimal."""


def answer_csv(
    playbook: Playbook,
    now: int,
    chosen: Sequence[Recommendation],
    beside: Mapping[str, Sequence[object]] | None = None,
) -> str:
    """Format the header and a row for each step, or one for a prospect without steps.

    Args:
        playbook: The playbook that was applied.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        chosen: The recommendations, in order.
        beside: More columns, which follow the others: a cell for each recommendation.
    """
    more = beside or {}
    lines = [row_of([*NEXT_STEPS, *more])]
    for at, one in enumerate(chosen):
        last = [cells[at] for cells in more.values()]
        cells = _prospect(one) | {"playbook": playbook.id, "as_of": instant_json(now)}
        steps = [{"rank": rank, **_step(step)} for rank, step in enumerate(one.steps, start=1)]
        for step in steps or [{}]:
            row = cells | step
            lines.append(row_of([row.get(name) for name in NEXT_STEPS] + last))
    return "\n".join(lines) + "\n"


def _prospect(one: Recommendation) -> dict[str, object]:
    silence = one.silence
    return {
        "prospect": one.prospect,
        **{name: one.facts.get(name) for name in ("name", "owner", "stage")},
        "state": one.state,
        "silent_since": instant_json(silence.since) if silence else None,
        "silent_hours": number_text(silence.elapsed / 3600) if silence else None,
        "silent_business_hours": number_text(silence.open / 3600) if silence else None,
    }


def _step(step: Step) -> dict[str, object]:
    action = step.action
    return {
        "action": action.id,
        **{name: getattr(action, name) for name in ACTION_TEXTS},
        "value": number_text(step.value),
        "due_at": instant_json(step.due_at),
        "cause": step.cause.id if step.cause else None,
    }


def number_text(value: float) -> str:
    """Format ``value`` with one to six decimals and without an exponent: `0.00003`, `52.0`."""
    return _TRAILING_ZEROS.sub("", f"{value:.6f}")


def row_of(values: Sequence[object]) -> str:
    """Format a line of CSV without its end; None is an empty cell."""
    return ",".join("" if value is None else csv_cell(str(value)) for value in values)

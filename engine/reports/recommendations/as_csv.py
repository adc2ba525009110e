"""Next steps as CSV: a row a step, for spreadsheets and for loading elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.advice.rounding import rounded
from engine.language.model import Playbook
from engine.reports.recommendations.as_json import instant_json
from engine.reports.terminal.escape import cell
from engine.semantics.ranking import Step
from engine.semantics.recommend import Recommendation

COLUMNS = (
    "prospect",
    "name",
    "owner",
    "stage",
    "state",
    "silent_since",
    "silent_hours",
    "silent_business_hours",
    "rank",
    "action",
    "title",
    "kind",
    "channel",
    "value",
    "due_at",
    "cause",
    "because",
    "source",
    "playbook",
    "as_of",
)
"""`rank` counts a prospect's steps from 1. Instants are ISO 8601 in UTC; an unknown is empty."""


def answer_csv(playbook: Playbook, now: int, chosen: Iterable[Recommendation]) -> str:
    """The header and a row for each step; a prospect without one has a row without a step."""
    lines = [",".join(COLUMNS)]
    end = (playbook.id, instant_json(now))
    for one in chosen:
        start = _prospect(one)
        for rank, step in enumerate(one.steps, start=1):
            lines.append(row_of((*start, rank, *_step(step), *end)))
        if not one.steps:
            lines.append(row_of((*start, *[None] * (len(COLUMNS) - len(start) - len(end)), *end)))
    return "\n".join(lines) + "\n"


def _prospect(one: Recommendation) -> tuple[object, ...]:
    silence = one.silence
    return (
        one.prospect,
        *(one.facts.get(name) for name in ("name", "owner", "stage")),
        one.state,
        instant_json(silence.since) if silence else None,
        rounded(silence.elapsed / 3600) if silence else None,
        rounded(silence.open / 3600) if silence else None,
    )


def _step(step: Step) -> tuple[object, ...]:
    action = step.action
    return (
        action.id,
        action.title,
        action.kind,
        action.channel,
        rounded(step.value),
        instant_json(step.due_at),
        step.cause.id if step.cause else None,
        action.because,
        action.source,
    )


def row_of(values: Sequence[object]) -> str:
    """A line without its end; None is an empty cell."""
    return ",".join("" if value is None else cell(str(value)) for value in values)

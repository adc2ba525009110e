"""Scores of one prospect after another, as the evaluators give them that judge each by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.backends.sql.job.export_csv import CsvTemplates
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.reports.recommendations.as_csv import COLUMNS as STEP_COLUMNS
from engine.reports.recommendations.as_csv import row_of
from engine.reports.recommendations.as_json import instant_json
from engine.semantics.recommend import Recommendation

COLUMNS = (*STEP_COLUMNS, "goes_dark_at", "dark", "signals", "causes", "held_back")
"""Of the CSV file: those of `next`, and ids parted by semicolons."""

HEADER = ",".join(COLUMNS)
"""The first line of the CSV file."""

EMPTY = (None,) * (STEP_COLUMNS.index("playbook") - STEP_COLUMNS.index("rank"))
"""The rank and the step of one who has none."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def csv_templates(playbook: Playbook, now: int) -> CsvTemplates:
    """The cells of lines that are the same for everybody."""
    actions = playbook.actions.values()
    return CsvTemplates(
        heads={one.id: row_of((one.id, one.title, one.kind, one.channel)) for one in actions},
        tails={one.id: row_of((one.because, one.source)) for one in actions},
        nothing=row_of(EMPTY),
        end=row_of((playbook.id, instant_json(now))),
    )


def nested_row(playbook: Playbook, now: int, one: Recommendation) -> list[object]:
    """The values of `engine.backends.sql.result.nested_result.COLUMNS` of one prospect."""
    silence = one.silence
    return [
        one.prospect,
        *(_words(one.facts.get(name)) for name in ("name", "owner", "stage")),
        one.state,
        _moment(silence.since if silence else None),
        {"hours": silence.elapsed / 3600, "business_hours": silence.open / 3600}
        if silence
        else None,
        _moment(one.goes_dark_at),
        [passed.id for passed in one.thresholds],
        [signal.id for signal in one.signals],
        _causes(playbook, one),
        one.cause_known,
        _steps(one),
        [
            {"action": held.step.action.id, "guards": [guard.id for guard in held.guards]}
            for held in one.held_back
        ],
        playbook.id,
        _moment(now),
    ]


def _causes(playbook: Playbook, one: Recommendation) -> list[dict[str, object]]:
    return [
        {
            "id": found.cause.id,
            "confidence": found.confidence,
            "diagnosed": found.confidence >= playbook.diagnosed_at,
        }
        for found in one.causes
    ]


def _steps(one: Recommendation) -> list[dict[str, object]]:
    return [
        {
            "action": step.action.id,
            "kind": step.action.kind,
            "channel": step.action.channel,
            "value": step.value,
            "due_at": _moment(step.due_at),
            "cause": None if step.cause is None else step.cause.id,
        }
        for step in one.steps
    ]


def _words(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else EPOCH + timedelta(seconds=seconds)

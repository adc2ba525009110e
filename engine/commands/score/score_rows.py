"""Turn the recommendation for one prospect into a row of the nested table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.backends.sql.job.export_csv import CsvTemplates
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.reports.recommendations.as_csv import row_of
from engine.reports.recommendations.as_json import instant_json
from engine.semantics.recommend import Recommendation
from engine.semantics.result_schema import FLAT, NESTED, STEP_COLUMNS

HEADER = ",".join(FLAT)
"""The first line of the CSV file."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def csv_templates(playbook: Playbook, now: int) -> CsvTemplates:
    """Return the parts of lines that are the same for every prospect."""
    actions = playbook.actions.values()
    return CsvTemplates(
        heads={one.id: row_of((one.id, one.title, one.kind, one.channel)) for one in actions},
        tails={one.id: row_of((one.because, one.source)) for one in actions},
        nothing=row_of([None] * len(STEP_COLUMNS)),
        run=row_of((playbook.id, instant_json(now))),
    )


def nested_row(playbook: Playbook, now: int, one: Recommendation) -> list[object]:
    """Return the values of `result_schema.NESTED` for one prospect.

    Args:
        playbook: The playbook that was applied.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        one: The recommendation.
    """
    silence = one.silence
    values: dict[str, object] = {
        "id": one.prospect,
        **{name: _text(one.facts.get(name)) for name in ("name", "owner", "stage")},
        "state": one.state,
        "silent_since": _moment(silence.since if silence else None),
        "silence": silence
        and {"hours": silence.elapsed / 3600, "business_hours": silence.open / 3600},
        "goes_dark_at": _moment(one.goes_dark_at),
        "dark": [passed.id for passed in one.thresholds],
        "signals": [signal.id for signal in one.signals],
        "causes": _causes(playbook, one),
        "cause_known": one.cause_known,
        "next_steps": _steps(one),
        "held_back": [
            {"action": held.step.action.id, "guards": [guard.id for guard in held.guards]}
            for held in one.held_back
        ],
        "playbook": playbook.id,
        "as_of": _moment(now),
    }
    return [values[name] for name in NESTED]


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


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)

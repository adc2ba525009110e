"""Format recommendations as JSON that schemas/recommendation.schema.json describes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.advice.last_message import LastMessage
from engine.advice.rounding import rounded
from engine.book.book_problem import BookProblem
from engine.language.conditions import Value, ValueType
from engine.language.instants import iso
from engine.language.model import Evidence, Playbook
from engine.reports.escape import to_json
from engine.reports.problems.problem_report import row_data
from engine.semantics.ranking import BlockedAction, Step
from engine.semantics.recommend import Diagnosis, Recommendation


def answer_json(
    playbook: Playbook,
    now: int,
    chosen: Sequence[Recommendation],
    problems: Iterable[BookProblem],
    more: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """Format the result of `next`, with one line for each prospect.

    Args:
        playbook: The playbook that was applied.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        chosen: The recommendations, in order.
        problems: The problems of the book.
        more: Keys that follow the others of each recommendation, None for no such keys.
    """
    head = to_json({"version": 1, "as_of": iso(now), "playbook": playbook.id})
    beside = more or [{}] * len(chosen)
    prospects = ",\n".join(
        to_json(prospect_data(playbook, one) | dict(keys))
        for one, keys in zip(chosen, beside, strict=True)
    )
    rows = ",\n".join(to_json(row_data(problem)) for problem in problems)
    return f'{head[:-1]}, "prospects": [{_lines(prospects)}], "problems": [{_lines(rows)}]}}\n'


def _lines(items: str) -> str:
    return f"\n{items}\n" if items else ""


def prospect_json(
    playbook: Playbook, recommendation: Recommendation, more: Mapping[str, Any]
) -> str:
    """Format the result of `why`.

    Args:
        playbook: The playbook that was applied.
        recommendation: The recommendation for the prospect.
        more: The keys that follow those of each prospect of `next`.
    """
    return to_json(prospect_data(playbook, recommendation) | dict(more), indent=2) + "\n"


def prospect_data(playbook: Playbook, recommendation: Recommendation) -> dict[str, Any]:
    """Return one prospect as JSON data, keys in the documented order; None is unknown."""
    facts = recommendation.facts
    return {
        "id": recommendation.prospect,
        "name": facts.get("name"),
        "owner": facts.get("owner"),
        "stage": facts.get("stage"),
        "state": recommendation.state,
        **_silence(recommendation),
        "goes_dark_at": instant_json(recommendation.goes_dark_at),
        "dark": [
            {"id": passed.id, "because": passed.because, "source": passed.source}
            for passed in recommendation.thresholds
        ],
        "signals": [
            {"id": signal.id, "title": signal.title, "because": signal.because}
            for signal in recommendation.signals
        ],
        "causes": [_cause(found) for found in recommendation.causes],
        "cause_known": recommendation.cause_known,
        "next_steps": [_step(step) for step in recommendation.steps],
        "held_back": [_held_back(held) for held in recommendation.held_back],
        "facts": facts_data(playbook, recommendation),
    }


def last_message_data(last: LastMessage | None) -> dict[str, Any] | None:
    """Return the last message as JSON data; None if there is none."""
    if last is None:
        return None
    return {
        "at": instant_json(last.at),
        "by": last.by,
        "channel": last.channel,
        "subject": last.subject,
    }


def _silence(recommendation: Recommendation) -> dict[str, Any]:
    silence = recommendation.silence
    if silence is None:
        return {"silent_since": None, "silence": None}
    hours = {
        "hours": rounded(silence.elapsed / 3600),
        "business_hours": rounded(silence.open / 3600),
    }
    return {"silent_since": instant_json(silence.since), "silence": hours}


def _cause(found: Diagnosis) -> dict[str, Any]:
    return {
        "id": found.cause.id,
        "title": found.cause.title,
        "outlook": found.cause.outlook,
        "confidence": rounded(found.confidence),
        "evidence": [_evidence(item) for item in found.evidence],
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    if item.weight is not None:
        return {"id": item.id, "weight": rounded(item.weight), "because": item.because}
    return {"id": item.id, "against": rounded(item.against or 0.0), "because": item.because}


def _step(step: Step) -> dict[str, Any]:
    action = step.action
    return {
        "action": action.id,
        "title": action.title,
        "kind": action.kind,
        "channel": action.channel,
        "value": rounded(step.value),
        "due_at": instant_json(step.due_at),
        "cause": None if step.cause is None else step.cause.id,
        "because": action.because,
        "source": action.source,
    }


def _held_back(held: BlockedAction) -> dict[str, Any]:
    return {"action": held.step.action.id, "guards": [guard.id for guard in held.guards]}


def facts_data(playbook: Playbook, recommendation: Recommendation) -> dict[str, Any]:
    """Return every known fact by id, in playbook order: instants as text, durations as seconds."""
    known, facts = recommendation.facts, playbook.facts.items()
    declared = {id: fact.type for id, fact in facts if id in known and not fact.hidden}
    return {id: _fact(known[id], type) for id, type in declared.items()}


def _fact(value: Value, type: ValueType) -> Any:
    match type:
        case "time":
            return instant_json(int(value))
        case "number":
            return rounded(float(value))
        case _:
            return value


def instant_json(seconds: int | None) -> str | None:
    """Format an instant, in seconds since 1970 UTC, by ISO 8601 in UTC."""
    return None if seconds is None else iso(seconds)

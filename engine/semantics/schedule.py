"""When things fall due: the cadence, an action's own delay, and the instant silence turns dark."""

from __future__ import annotations

from engine.language.conditions import Value
from engine.language.durations import Duration
from engine.language.model import Action, Cadence, Threshold
from engine.semantics.evaluate_rules import silence_began
from engine.semantics.firings import Context


def due_at(action: Action, cadence: Cadence, context: Context) -> int | None:
    """Return the instant ``action`` falls due (seconds since 1970 UTC), within opening hours.

    None where the cadence has no step left, or the calendar never opens again.
    """
    instant = _wanted_at(action, cadence, context)
    return None if instant is None else context.clock.next_open(instant)


def _wanted_at(action: Action, cadence: Cadence, context: Context) -> int | None:
    match action.due:
        case Duration() as delay:
            return context.clock.after(context.now, delay)
        case "cadence":
            return _next_touch(cadence, context)
        case "now":
            return context.now


def _next_touch(cadence: Cadence, context: Context) -> int | None:
    """`from` + steps[n] with n touches unanswered, not before `gap_from` + gap, nor before now."""
    facts, clock = context.facts, context.clock
    start, count = _number(facts.get(cadence.start)), _number(facts.get(cadence.count))
    if start is None or count is None:
        return context.now
    step = int(min(max(count, 0), len(cadence.steps)))
    if step == len(cadence.steps):
        return None
    candidates = [context.now, clock.after(int(start), cadence.steps[step])]
    last = _number(facts.get(cadence.gap_from))
    if last is not None:
        candidates.append(clock.after(int(last), cadence.gap))
    reached = [instant for instant in candidates if instant is not None]
    return max(reached) if len(reached) == len(candidates) else None


def _number(value: Value | None) -> float | None:
    return None if value is None else float(value)


def threshold_passes_at(threshold: Threshold, context: Context) -> int | None:
    """Return the instant ``threshold`` passes if nothing changes, with its `when` true, or None if
    silence has not begun.
    """
    began = silence_began(threshold, context)
    return None if began is None else context.clock.after(began, threshold.silent_for)

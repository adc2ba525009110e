"""Due instants: of the cadence, of actions, and of thresholds that pass while nothing changes."""

from __future__ import annotations

from engine.language.conditions import Value
from engine.language.durations import Duration
from engine.language.model import Action, Cadence, Threshold
from engine.semantics.evaluate_rules import silence_began
from engine.semantics.firings import Context


def due_at(action: Action, cadence: Cadence, context: Context) -> int | None:
    """Return the instant at which an action is due, in seconds since 1970 UTC.

    It is within opening hours. None if the cadence has no step left, or the calendar never opens
    again.

    Args:
        action: The action.
        cadence: The playbook's cadence, for actions that are due by it.
        context: The facts of the prospect, the instant of evaluation, and the prospect's clock.
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
    """Return `from` + steps[n] with n touches unanswered, or if later, `gap_from` + gap or now."""
    facts, clock = context.facts, context.clock
    start, count = _number(facts.get(cadence.start)), _number(facts.get(cadence.count))
    if start is None or count is None:
        return context.now
    # Bounded before `int`, which raises for infinity: a book or a sum may have any double.
    step = int(min(max(count, 0), len(cadence.steps)))
    if step == len(cadence.steps):
        return None
    candidates = [context.now, clock.after(int(start), cadence.steps[step])]
    last = _number(facts.get(cadence.gap_from))
    if last is not None:
        candidates.append(clock.after(int(last), cadence.gap))
    # If one of them is never reached (the calendar has no open time left), neither is the latest.
    reached = [instant for instant in candidates if instant is not None]
    return max(reached) if len(reached) == len(candidates) else None


def _number(value: Value | None) -> float | None:
    return None if value is None else float(value)


def threshold_passes_at(threshold: Threshold, context: Context) -> int | None:
    """Return the instant at which ``threshold`` passes if nothing changes and its `when` is true.

    It may be past. None if silence has not begun, or if that much open time never passes.
    """
    began = silence_began(threshold.since, context)
    return None if began is None else context.clock.after(began, threshold.silent_for)

"""The language read straight from the text: a second definition, to judge the engine by.

It takes a playbook as plain data, before the engine has read it, and works each conclusion out when
it is asked for, where the engine reads into a typed tree and goes layer by layer. Of the engine it
uses the clock, which has cases of its own, and the shape of the answer. Slow, and no model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.semantics.firings import Firings
from tests.support.as_written_conditions import Conditions, composed

OUTBOUND = {"direction": "outbound"}
HUMAN = {"direction": "inbound", "any": [{"automatic": False}, {"automatic": {"known": False}}]}
STANDARD: dict[str, Any] = {
    "name": {"type": "text"},
    "owner": {"type": "text"},
    "account": {"type": "text"},
    "timezone": {"type": "text"},
    "last_reply_at": {"measure": {"latest": "touches", "where": HUMAN}},
    "last_outbound_at": {"measure": {"latest": "touches", "where": OUTBOUND}},
    "silent_since": {
        "measure": {"earliest": "touches", "where": OUTBOUND, "after": "last_reply_at"}
    },
    "touches_unanswered": {
        "measure": {"count": "touches", "where": OUTBOUND, "after": "last_reply_at"}
    },
}


class AsWritten:
    """One playbook, one prospect, one instant. ``playbook`` is plain data without `extends`."""

    def __init__(
        self, playbook: Mapping[str, Any], prospect: Prospect, now: int, clock: Clock
    ) -> None:
        self._sections = {**playbook, "facts": STANDARD | playbook.get("facts", {})}
        self._prospect, self._now, self._clock = prospect, now, clock
        zone = ZoneInfo(playbook.get("calendar", {}).get("timezone", "UTC"))
        self._read = Conditions(now, clock, zone)
        self.value: Callable[[str], Any] = cache(self._value)

    def facts(self) -> dict[str, Value]:
        """Every fact that is known, derived ones too."""
        values = {name: self.value(name) for name in self._rules("facts")}
        return {name: value for name, value in values.items() if value is not None}

    def firings(self) -> Firings:
        """Return what fires."""
        derived = {
            name: value
            for name, rule in self._rules("facts").items()
            if "when" in rule
            and name not in self._prospect.facts
            and (value := self.value(name)) is not None
        }
        return Firings(
            derived={name: bool(value) for name, value in derived.items()},
            thresholds=self._fired("dark", self._passed),
            signals=self._fired("signals", self._holds),
            evidence={
                name: self._evidence(name)
                for name in self._rules("causes")
                if self._considered(name)
            },
            confidence={name: self._confidence(name) for name in self._rules("causes")},
            diagnosed=self._diagnosed(),
            applicable=self._fired("actions", self._holds),
            guards=self._fired("guards", self._acts),
        )

    def _rules(self, section: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._sections.get(section, {})
        return found

    def _fired(self, section: str, fires: Callable[[Any], bool]) -> tuple[str, ...]:
        return tuple(name for name, rule in self._rules(section).items() if fires(rule))

    def _value(self, subject: str) -> Any:
        section, _, name = subject.rpartition(".")
        if section == "signals":
            return self._holds(self._rules("signals")[name])
        if section == "causes":
            return self._confidence(name)
        if subject == "dark":
            return bool(self._fired("dark", self._passed))
        if subject == "cause_known":
            return bool(self._diagnosed())
        return self._fact(subject)

    def _fact(self, name: str) -> Any:
        rule = self._rules("facts")[name]
        if name in self._prospect.facts:
            return self._prospect.facts[name]
        if "measure" in rule:
            return self._measured(rule["measure"])
        if "when" in rule:
            return self._read.truth(rule["when"], self.value)
        if "default" in rule:
            return self._literal(rule["default"], rule["type"])
        return None

    def _literal(self, written: Any, type: str) -> Any:
        if type == "time":
            return self._read.instant(written)
        if type == "duration":
            return self._read.length(written)[0]
        return float(written) if type == "number" else composed(written)

    # Rules

    def _holds(self, rule: Mapping[str, Any]) -> bool:
        return self._read.truth(rule.get("when", {}), self.value) is True

    def _acts(self, guard: Mapping[str, Any]) -> bool:
        if "while" in guard:
            return self._read.truth(guard["while"], self.value) is True
        return self._read.truth(guard["unless"], self.value) is not True

    def _passed(self, threshold: Mapping[str, Any]) -> bool:
        silent = self.value("silent_since")
        if silent is None or not self._holds(threshold):
            return False
        since = self.value(threshold.get("since", "silent_since"))
        start = int(silent if since is None else max(since, silent))
        length, business = self._read.length(threshold["silent_for"])
        return self._clock.elapsed(start, self._now, business) >= length

    def _considered(self, cause: str) -> bool:
        rule = self._rules("causes")[cause]
        return self._holds(rule) if "when" in rule else self.value("dark") is True

    def _evidence(self, cause: str) -> tuple[str, ...]:
        evidence = self._rules("causes")[cause]["evidence"]
        return tuple(name for name, item in evidence.items() if self._holds(item))

    def _confidence(self, cause: str) -> float:
        if not self._considered(cause):
            return 0.0
        written = self._rules("causes")[cause]["evidence"]
        items = [written[name] for name in self._evidence(cause)]
        doubt = math.prod((1.0 - item["weight"] for item in items if "weight" in item), start=1.0)
        rest = math.prod((1.0 - item["against"] for item in items if "against" in item), start=1.0)
        return (1.0 - doubt) * rest

    def _diagnosed(self) -> tuple[str, ...]:
        level = self._sections.get("diagnosis", {}).get("at_least", 0.25)
        return tuple(
            name
            for name in self._rules("causes")
            if self._considered(name) and self._confidence(name) >= level
        )

    # Measures

    def _measured(self, measure: Mapping[str, Any]) -> Any:
        bounds = {"where", "after", "before", "within"}
        ((form, target),) = [item for item in measure.items() if item[0] not in bounds]
        table, _, column = target.partition(".")
        rows: list[Any] = [
            row for row in self._prospect.rows.get(table, ()) if self._counts(measure, row)
        ]
        cells = [row[column] for row in rows if column in row]
        latest = max((row["at"] for row in rows if "at" in row), default=None)
        match form:
            case "count":
                return float(len(rows))
            case "any":
                return bool(rows)
            case "distinct":
                return float(len(set(cells)))
            case "sum":
                return math.fsum(cells)
            case "earliest":
                return min((row["at"] for row in rows), default=None)
            case "latest":
                return latest
            case _:
                last = [row[column] for row in rows if row["at"] == latest and column in row]
                return max(last, default=None)

    def _counts(self, measure: Mapping[str, Any], row: Row) -> bool:
        at = int(row.get("at", self._now))
        after = self.value(measure["after"]) if "after" in measure else None
        before = self.value(measure["before"]) if "before" in measure else None
        if at > self._now or (after is not None and at <= after):
            return False
        if before is not None and at >= before:
            return False
        if "within" in measure:
            length, business = self._read.length(measure["within"])
            if self._clock.elapsed(at, self._now, business) > length:
                return False
        return self._read.truth(measure.get("where", {}), row.get) is True

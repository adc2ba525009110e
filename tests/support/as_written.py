"""The language read straight from the text: a second definition, to judge the engine by.

It takes a playbook as plain data, before the engine has read it, and works each conclusion out when
it is asked for, where the engine reads into a typed tree and goes layer by layer. Of the engine it
uses the clock, which has cases of its own, and the shape of the answer. Slow, and no model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Value
from engine.language.value_rules import LocalDate
from engine.semantics.firings import Firings
from tests.support.as_written_conditions import Conditions, Lookup, Truth, composed
from tests.support.as_written_rows import (
    CHANNELS,
    DIRECTIONS,
    day_ends,
    normalized_rows,
    outcomes_of,
    word_of,
)

THEIRS = {"any": [{"direction": "inbound"}, {"direction": "both"}], "automatic": False}
TALK = {"direction": "both", "automatic": False, "delivered": True}
OURS = {"any": [{"direction": "outbound"}, {"direction": "both"}], "delivered": True}
TRY = {"direction": "outbound", "delivered": True}
NOBODYS = {"direction": {"known": False}, "delivered": True}
STANDARD: dict[str, Any] = {
    "name": {"type": "text"},
    "owner": {"type": "text"},
    "account": {"type": "text"},
    "timezone": {"type": "text"},
    "created_at": {"type": "time"},
    "closed_at": {"type": "time"},
    "outcome": {
        "type": "choice",
        "choices": {
            "won": {"also": ["closed won", "win", "signed"]},
            "lost": {
                "also": [
                    *("closed lost", "loss", "dead", "disqualified", "abandoned", "declined"),
                    *("rejected", "withdrawn", "canceled", "cancelled", "no decision"),
                ]
            },
            "open": {"also": ["pending", "in progress", "active", "ongoing"]},
        },
    },
    "closed": {
        "when": {
            "any": [
                {"closed_at": {"known": True}, "not": {"closed_at": {"after": "now"}}},
                {"outcome": {"known": True, "is_not": "open"}},
            ]
        }
    },
    "last_reply_at": {"measure": {"latest": "touches", "where": {**THEIRS, "delivered": True}}},
    "last_talk_at": {"measure": {"latest": "touches", "where": TALK}},
    "last_outbound_at": {"measure": {"latest": "touches", "where": OURS}},
    "silent_since": {"measure": {"silence": "touches", "after": "last_reply_at"}},
    "touches_unanswered": {"measure": {"count": "touches", "where": TRY, "after": "last_reply_at"}},
    "undated_touch": {"type": "boolean"},
    "undirected_touch_at": {"measure": {"latest": "touches", "where": NOBODYS}},
    "unclear": {
        "when": {
            "any": [
                {"undated_touch": True},
                {"undirected_touch_at": {"known": True}, "last_reply_at": {"known": False}},
                {"undirected_touch_at": {"after": "last_reply_at"}},
                {"silent_since": {"before": "last_reply_at"}},
            ]
        }
    },
}
GUARDS = {"unclear_touches": {"blocks": {"kind": "outreach"}, "while": {"unclear": True}}}


class AsWritten:
    """One playbook, one prospect, one instant. ``playbook`` is plain data without `extends`."""

    def __init__(
        self, playbook: Mapping[str, Any], prospect: Prospect, now: int, clock: Clock
    ) -> None:
        self._sections = {
            **playbook,
            "facts": STANDARD | playbook.get("facts", {}),
            "guards": {
                **playbook.get("guards", {}),
                **GUARDS,
            },  # in the order in which guards are told
        }
        self._prospect, self._now, self._clock = prospect, now, clock
        self._given = dict(self._known_now())
        self._rows = normalized_rows(playbook, prospect.rows, now, clock.zone)
        zone = ZoneInfo(playbook.get("calendar", {}).get("timezone", "UTC"))
        self._read = Conditions(now, clock, zone)
        self.value: Callable[[str], Any] = cache(self._value)
        self._lookup = Lookup(self.value, self._words, prospect.unreadable)

    def _known_now(self) -> Iterator[tuple[str, Value]]:
        """Yield what the prospect's own cells say now, a date alone as an instant."""
        found: dict[str, Any] = dict(self._prospect.facts)
        for name, value in found.items():
            if isinstance(value, LocalDate):
                first, last = day_ends(value, self._clock.zone)
                means = self._rules("facts")[name].get("date_means", "start")
                found[name] = last if means == "end" else first
        later = found.get("closed_at", self._now) > self._now
        hidden = {"closed_at", "outcome"} if later else set()
        yield from ((name, value) for name, value in found.items() if name not in hidden)

    def _words(self, name: str) -> Any:
        return self._rules("facts").get(name, {}).get("choices")

    def _truth(self, condition: Mapping[str, Any]) -> Truth:
        return self._read.truth(condition, self._lookup)

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
            and name not in self._given
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
        if name in self._given:
            return self._given[name]
        if "measure" in rule:
            return self._measured(rule["measure"])
        if "when" in rule:
            return self._truth(rule["when"])
        if "default" in rule and name not in self._prospect.unreadable:
            return self._literal(rule["default"], rule)
        return None

    def _literal(self, written: Any, rule: Mapping[str, Any]) -> Any:
        match rule["type"]:
            case "time":
                return self._read.instant(written)
            case "duration":
                return self._read.length(written)[0]
            case "number":
                return float(written)
            case "choice":
                return word_of(written, rule["choices"])
            case _:
                return composed(written)

    # Rules

    def _holds(self, rule: Mapping[str, Any]) -> bool:
        return self._truth(rule.get("when", {})) is True

    def _acts(self, guard: Mapping[str, Any]) -> bool:
        if "while" in guard:
            return self._truth(guard["while"]) is True
        return self._truth(guard["unless"]) is not True

    def _passed(self, threshold: Mapping[str, Any]) -> bool:
        silent = self.value("silent_since")
        if silent is None or not self._holds(threshold):
            return False
        speaks = not {"closed", "closed_at"}.isdisjoint(self._read_by(threshold.get("when", {})))
        if self.value("unclear") is True or (self.value("closed") is True and not speaks):
            return False
        since = self.value(threshold.get("since", "silent_since"))
        start = int(silent if since is None else max(since, silent))
        length, business = self._read.length(threshold["silent_for"])
        return self._clock.elapsed(start, self._now, business) >= length

    def _read_by(self, condition: Mapping[str, Any]) -> set[str]:
        """Return the facts that a condition reads, itself or through derived facts."""
        found: set[str] = set()
        facts = self._rules("facts")
        for key, item in condition.items():
            if key in {"not", "unless", "any", "all"}:
                parts = [item] if key in {"not", "unless"} else item
                found = found.union(*map(self._read_by, parts))
                continue
            tests = item if isinstance(item, dict) else {}
            for name in (key, *(str(tests.get(op)) for op in ("before", "after"))):
                if name in facts:
                    found |= {name, *self._read_by(facts[name].get("when", {}))}
        return found

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
        bounds = {"where", "after", "before", "within", "ahead"}
        ((form, target),) = [item for item in measure.items() if item[0] not in bounds]
        table, _, column = target.partition(".")
        rows = [row for row in self._rows.get(table, ()) if self._counts(measure, table, row)]
        cells = [row[column] for row in rows if column in row]
        latest = max((row["at"] for row in rows if "at" in row), default=None)
        match form:
            case "count":
                return float(len(_by_message(rows)))
            case "any":
                return bool(rows)
            case "distinct":
                return float(len(set(cells)))
            case "sum":
                messages = _by_message([row for row in rows if column in row])
                return math.fsum(max(row[column] for row in each) for each in messages)
            case "earliest" | "silence":
                return min((row["at"] for row in rows), default=None)
            case "latest":
                return latest
            case _:
                last = [row[column] for row in rows if row["at"] == latest and column in row]
                return max(last, default=None)

    def _counts(self, measure: Mapping[str, Any], table: str, row: Mapping[str, Any]) -> bool:
        at = row.get("at", self._now)
        after = self.value(measure["after"]) if "after" in measure else None
        before = self.value(measure["before"]) if "before" in measure else None
        if "silence" in measure:
            if not _begins_silence(row, after):
                return False
            after = None
        if (at > self._now) is not measure.get("ahead", False):
            return False
        if (after is not None and at <= after) or (before is not None and at >= before):
            return False
        if "within" in measure:
            length, business = self._read.length(measure["within"])
            if self._clock.elapsed(at, self._now, business) > length:
                return False
        columns = Lookup(row.get, lambda name: self._column_words(table, name))
        return self._read.truth(measure.get("where", {}), columns) is True

    def _column_words(self, table: str, name: str) -> Any:
        own = self._sections.get("tables", {}).get(table, {}).get(name, {}).get("choices")
        if table != "touches":
            return own
        outcomes = outcomes_of(self._sections)
        return {"direction": DIRECTIONS, "channel": CHANNELS, "outcome": outcomes}.get(name, own)


def _begins_silence(row: Mapping[str, Any], last: int | None) -> bool:
    """Return whether it is their turn from ``row`` on; ``last`` is their last word."""
    if row.get("direction") == "both":
        return last is None or row["at"] >= last
    if row.get("direction") != "outbound" or not row["delivered"]:
        return False
    return last is None or (row["at"] > last and not row["automatic"])


def _by_message(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the rows of each message; of other tables, each row by itself."""
    found: dict[object, list[Mapping[str, Any]]] = {}
    for at, row in enumerate(rows):
        found.setdefault(row.get(" message", at), []).append(row)
    return list(found.values())

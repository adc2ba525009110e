"""Playbooks as an author would write them: whole, valid, and with every part of the language.

A playbook is drawn from the front to the back of the language: what may be named is collected in a
scope, and a rule only names what is in it already, so no graph has a loop; the order in which the
file shows the rules is drawn at the end. Literals of a subject come from a few marks, which values
of prospects come from too, so conditions are often exactly at their bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from engine.language.durations import read_duration
from engine.language.model import Table
from tests.support.calendar_strategies import calendars
from tests.support.condition_strategies import DURATIONS, Drawer, Kind
from tests.support.conformance_cases import iso

ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Amsterdam",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Honolulu",
]
NUMBERS = [0, 1, 3, 0.1, 0.3, 0.1 + 0.2, -0.0, -2.5, 1e300, -1e300, 5e-324, 2**53 + 1]
WEIGHTS = [0.45, 0.05, 0.15, 0.7, 0.25, 0.1, 1, 0]  # the first three: in any order, other bits
TEXTS = [
    "pricing",
    "Zo\u00eb",
    "Stra\u00dfe",
    "\u039f\u0394\u039f\u03a3",
    "\u0130stanbul",
    'he said "no"',
    "it's",
    "C:\\new\\table",
    "100%_",
    "a.c*",
    "\U0001f680",
    "007",
    "true",
    " ",
]
CHOICES = ["demo", "proposal", "no", "caf\u00e9", "closed lost", "1"]
POOLS: dict[str, list[Any]] = {
    "boolean": [True, False],
    "number": NUMBERS,
    "text": TEXTS,
    "choice": CHOICES,
    "duration": [written for written in DURATIONS if "business" not in written],
}
CHANNELS = ["email", "phone"]


BOOLEAN = Kind("boolean", (True, False))
CONFIDENCE = Kind("confidence", (0, 0.25, 0.44999999999999996, 0.7, 1))
COUNT = Kind("number", (0, 1, 2))
OUTCOMES = (
    *("connected", "bounced", "out_of_office", "unsubscribed"),
    *("no_answer", "left_voicemail", "mailbox_full"),
)
MEANINGS = ["automatic", "not_delivered", "both_spoke", "refused"]
COMPUTED = {"delivered", "refused"}
"""Columns that no table has."""
COLUMNS: dict[Table, dict[str, Kind]] = {
    "touches": {
        "at": Kind("time"),
        "direction": Kind("choice", ("outbound", "inbound", "both"), ("Sent", "TWO_WAY")),
        "channel": Kind("choice", ("email", "phone", "meeting"), ("E-Mail", "phone call")),
        "automatic": BOOLEAN,
        "outcome": Kind("choice", OUTCOMES, ("Hard Bounce", "OOO", "held", "mailbox is full")),
        "subject": Kind("text", ("Plan", "caf\u00e9")),
        "contact_id": Kind("text", ("c1", "c2")),
        "message_id": Kind("text", ("m1", "m2", "m3")),
        "recorded_at": Kind("time"),
        "delivered": BOOLEAN,
        "refused": BOOLEAN,
        "minutes": Kind("number", (0, 2.5, 10)),
        "topic": Kind("choice", ("price", "caf\u00e9")),
    },
    "contacts": {
        "role": Kind("text", ("champion", "buyer")),
        "engaged": BOOLEAN,
        "left": BOOLEAN,
        "seats": Kind("number", (1, 5)),
    },
    "events": {"at": Kind("time"), "kind": Kind("text", ("visit", "Visit"))},
}
OWN_COLUMNS = {
    "touches": {
        "minutes": {"type": "number"},
        "topic": {"type": "choice", "choices": ["price", "cafe\u0301"]},
    },
    "contacts": {"seats": {"type": "number"}},
}
STANDARD = {
    "name": Kind("text", ("Zo\u00eb", "Bob"), flagged=True),
    "closed_at": Kind("time", flagged=True),
    "outcome": Kind("choice", ("won", "lost", "open"), ("Closed Won", "LOSS")),
    "closed": BOOLEAN,
    "last_reply_at": Kind("time"),
    "last_talk_at": Kind("time"),
    "last_outbound_at": Kind("time"),
    "silent_since": Kind("time"),
    "touches_unanswered": COUNT,
    "undirected_touch_at": Kind("time"),
    "unclear": BOOLEAN,
}


@dataclass
class Author(Drawer):
    """Draws one playbook; ``book`` is what is written so far, by section."""

    book: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self) -> dict[str, Any]:
        """One playbook."""
        self.book = {name: {} for name in ("facts", "dark", "signals", "causes", "actions")}
        self._given()
        self._measures()
        early = self.chance(4)  # every cause has a condition of its own and comes before darkness
        self._rules(3, causes=early or self.chance(2))
        if early:
            self._main_cause()
        for number in range(self.draw(st.integers(1, 4))):
            self.book["dark"][f"d{number}"] = self._threshold()
        self.scope["dark"] = BOOLEAN
        if not early:
            self._main_cause()
        self._rules(4, causes=not early)
        self.scope["cause_known"] = BOOLEAN
        self._rules(2, causes=False)
        for number in range(self.draw(st.integers(1, 4))):
            self.book["actions"][f"a{number}"] = self._action()
        self.book["guards"] = {
            f"g{number}": self._guard() for number in range(self.draw(st.integers(0, 3)))
        }
        shown = {name: self._shuffled(entries) for name, entries in self.book.items() if entries}
        words = {"outcomes": self._outcomes()}
        return {"playbook": "generated", "tables": OWN_COLUMNS, **words, **self._frame(), **shown}

    def _outcomes(self) -> dict[str, Any]:
        full: dict[str, Any] = {"also": ["mailbox is full"]}
        if not self.chance(3):
            full["means"] = self.pick(MEANINGS)
        found = {"mailbox_full": full}
        if self.chance(4):  # an outcome of every playbook that means something else here
            found[self.pick(OUTCOMES[:5])] = {"means": self.pick(MEANINGS)}
        return found

    def _shuffled(self, entries: dict[str, Any]) -> dict[str, Any]:
        return {name: entries[name] for name in self.draw(st.permutations(list(entries)))}

    def _frame(self) -> dict[str, Any]:
        frame: dict[str, Any] = {}
        if self.chance(2):
            near = date.fromisoformat(iso(self.now)[:10])
            frame["calendar"] = self.draw(calendars(near, ZONES, self._marks_of_given()))
        if self.chance(3):
            frame["diagnosis"] = {"at_least": self.pick(WEIGHTS)}
        if self.chance(3):
            frame["cadence"] = {
                "from": self.pick(self.named("time")),
                "count": self.pick(self.named("number")),
                "steps": self.draw(st.lists(st.sampled_from(DURATIONS), min_size=1, max_size=3)),
                "gap": self.pick(DURATIONS),
            }
        return frame

    def _marks_of_given(self) -> dict[str, list[Any]]:
        """Return values of the given facts that may decide a region, by id."""
        given = (name for name, entry in self.book["facts"].items() if "type" in entry)
        kinds = {name: self.scope[name] for name in given}
        words = ("boolean", "number", "text", "choice")
        return {name: list(kind.marks) for name, kind in kinds.items() if kind.type in words}

    # Facts

    def _given(self) -> None:
        for number in range(self.draw(st.integers(2, 6))):
            name, type = f"f{number}", self.pick([*POOLS, "time"])
            some = st.lists(st.sampled_from(POOLS.get(type, [None])), min_size=1, max_size=3)
            marks = sorted({each for each in self.draw(some) if each is not None}, key=_size)
            self.scope[name] = kind = Kind(type, tuple(marks), flagged=True)
            self.book["facts"][name] = entry = {"type": type}
            if type == "time" and self.chance(2):
                entry["date_means"] = self.pick(["start", "end"])
            if type == "choice":
                entry["choices"] = list(kind.marks)
            if self.chance(5):
                entry["default"] = self.literal(kind)
        self.scope |= STANDARD

    def _measures(self) -> None:
        for number in range(self.draw(st.integers(0, 4))):
            table = self.pick(["touches", "touches", "contacts", "events"])
            columns = COLUMNS[table]
            measure, kind = self._form(table, columns)
            if self.chance(2):
                measure["where"] = self.condition(1, columns)
            if "at" in columns and self.chance(3):
                measure[self.pick(["after", "before"])] = self.pick(self.named("time"))
            if "silence" in measure:
                measure["after"] = self.pick(self.named("time"))
            elif "at" in columns and self.chance(4):
                measure["ahead"] = True
            elif "at" in columns and self.chance(3):
                measure["within"] = self.pick(DURATIONS)
            self.scope[f"m{number}"] = kind
            self.book["facts"][f"m{number}"] = {"measure": measure}

    def _form(self, table: Table, columns: Mapping[str, Kind]) -> tuple[dict[str, Any], Kind]:
        """Draw what is measured of ``table``, and the type of what comes out."""
        numbers = [name for name in columns if columns[name].type == "number"]
        forms = ["count", "any", "distinct", *["sum"] * bool(numbers)]
        forms += ["latest", "earliest", "last"] * ("at" in columns)
        form = self.pick(forms + ["silence"] * (table == "touches"))
        if form in {"count", "any"}:
            return {form: table}, COUNT if form == "count" else BOOLEAN
        if form in {"latest", "earliest", "silence"}:
            return {form: table}, Kind("time")
        stored = [name for name in columns if name not in COMPUTED]
        column = self.pick(numbers if form == "sum" else stored)
        return {form: f"{table}.{column}"}, columns[column] if form == "last" else COUNT

    # Rules

    def _rules(self, most: int, *, causes: bool) -> None:
        """Up to ``most`` derived facts, signals and causes, each reading what came before."""
        sections = ["causes"] * causes + ["facts", "signals"]
        for _ in range(self.draw(st.integers(1, most))):
            section = self.pick(sections)
            name = f"{section[0]}{sum(map(len, self.book.values()))}"
            self.book[section][name] = (
                self._cause() if section == "causes" else {"when": self.condition(2)}
            )
            subject = name if section == "facts" else f"{section}.{name}"
            self.scope[subject] = CONFIDENCE if section == "causes" else BOOLEAN

    def _main_cause(self) -> None:
        self.book["causes"]["main"] = self._cause()
        self.scope["causes.main"] = CONFIDENCE
        if "dark" not in self.scope:
            self.scope["cause_known"] = BOOLEAN

    def _cause(self) -> dict[str, Any]:
        evidence = {}
        for number in range(self.draw(st.integers(1, 5))):
            side = "against" if self.chance(4) else "weight"
            when = {} if self.chance(3) else self.condition(1)
            evidence[f"e{number}"] = {"when": when, side: self.pick(WEIGHTS)}
        own = "dark" not in self.scope or self.chance(4)
        return {**({"when": self.condition(1)} if own else {}), "evidence": evidence}

    def _threshold(self) -> dict[str, Any]:
        threshold = {"silent_for": self.pick(DURATIONS)}
        if self.chance(3):
            threshold["when"] = self.condition(1)
        if self.chance(4):
            threshold["since"] = self.pick(self.named("time"))
        return threshold

    def _action(self) -> dict[str, Any]:
        action = {"kind": self.pick(["outreach", "internal", "stop"])}
        action["when"] = {} if self.chance(4) else self.condition(2)
        if action["kind"] == "outreach":
            action["channel"] = self.pick(CHANNELS)
        if self.chance(2):
            action["score"] = self.pick(WEIGHTS)
        if self.book["causes"] and self.chance(2):
            names = self.draw(
                st.lists(st.sampled_from(list(self.book["causes"])), min_size=1, unique=True)
            )
            action["for"] = {name: self.pick(WEIGHTS) for name in names}
        if self.chance(3):
            action["due"] = self.pick(["cadence", "now", *DURATIONS])
        return action

    def _guard(self) -> dict[str, Any]:
        kinds = ["outreach", "internal"]
        blocks = self.pick(
            [{"kind": kinds[0]}, {"kind": kinds}, {"channel": CHANNELS[:1]}, {"actions": ["a0"]}]
        )
        return {"blocks": blocks, self.pick(["while", "unless"]): self.condition(1)}


def _size(mark: Any) -> tuple[float, str]:
    """Numbers and durations by size, the rest as text."""
    if isinstance(mark, str):
        found = read_duration(mark)
        return (found.seconds(28800) if found else 0.0, mark)
    return (float(mark), "")

"""A program loads a playbook once and asks about prospects in Python values."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import engine

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
AT = 1_772_636_400
PLAYBOOK = """
playbook: small
calendar: {timezone: Europe/Amsterdam, hours: "00:00-24:00"}
facts:
  stage: {type: choice, choices: [discovery, proposal]}
  amount: {type: number}
  opted_out: {type: boolean, default: false}
  pain: {type: text}
  proposal_sent_at: {type: time}
  lead_time: {type: duration}
  answers: {measure: {count: touches, where: {direction: inbound}}}
  big: {when: {amount: {at_least: 1000}}}
dark:
  after_proposal: {when: {stage: proposal}, silent_for: 1 day, since: proposal_sent_at}
signals:
  slow: {when: {lead_time: {at_least: 2 days}}}
  pained: {when: {pain: café}}
  answered: {when: {answers: {at_least: 1}}}
  sure_of_size: {when: {not: {big: true}}}
causes:
  busy: {evidence: {large: {when: {big: true}, weight: 0.5}, odd: {when: {pain: x}, weight: 0.1}}}
actions:
  write: {kind: outreach, channel: email, when: {dark: true}, score: 0.8, for: {busy: 0.5}}
  call: {kind: outreach, channel: phone, when: {dark: true}, score: 0.3, due: 2 days}
guards:
  opted_out: {blocks: {channel: phone}, while: {opted_out: true}}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embedding") / "small.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def playbook(path: Path) -> engine.LoadedPlaybook:
    return engine.load(path)


def test_what_follows_for_one_who_is_dark(playbook: engine.LoadedPlaybook) -> None:
    silent = NOW - timedelta(days=3)
    facts = {"stage": "proposal", "amount": 5000, "silent_since": silent, "opted_out": True}
    advice = playbook.evaluate(facts, now=NOW)
    assert (advice.state, advice.now, advice.goes_dark_at) == ("dark", AT, None)
    assert advice.dark == ("after_proposal",)
    assert advice.signals == ()
    assert advice.causes == {"busy": 0.5}
    # No touch is counted, so the cadence's first step is due, at `silent_since`, which is past.
    assert advice.next_steps == (engine.NextStep("write", 0.8 * 0.25, AT, "busy"),)
    call = engine.NextStep("call", 0.3, AT + 2 * 86400, None)
    assert advice.held_back == (engine.HeldBack(call, ("opted_out",)),)
    assert repr(advice) == "<Advice: dark, next write>"


def test_what_follows_for_one_who_waits(playbook: engine.LoadedPlaybook) -> None:
    facts = {"stage": "proposal", "silent_since": AT - 7200, "proposal_sent_at": AT - 3600}
    advice = playbook.evaluate(facts, now=AT)
    assert (advice.state, advice.goes_dark_at) == ("waiting", AT - 3600 + 86400)
    assert (advice.dark, advice.causes, advice.next_steps, advice.held_back) == ((), {}, (), ())


def test_nothing_need_be_known_and_the_present_is_now(playbook: engine.LoadedPlaybook) -> None:
    before = int(datetime.now(UTC).timestamp())
    advice = playbook.evaluate({})
    assert before <= advice.now <= before + 60
    assert advice.state == "untouched"


@pytest.mark.parametrize(
    ("facts", "signals"),
    [
        ({"lead_time": timedelta(days=2)}, ("slow",)),
        ({"lead_time": timedelta(days=2) - timedelta(microseconds=1)}, ()),
        ({"lead_time": "2 days"}, ("slow",)),
        ({"lead_time": 172_800}, ("slow",)),
        ({"pain": "  cafe\u0301 "}, ("pained",)),
        ({"pain": "caf\u00e9"}, ("pained",)),
        ({"answers": 1}, ("answered",)),
        ({"amount": Decimal("999.99")}, ("sure_of_size",)),
        ({"amount": "1e3"}, ()),
        ({"amount": 999, "big": True}, ()),
        ({"amount": 1000, "big": False}, ("sure_of_size",)),
        ({"amount": None}, ()),
        ({"pain": " "}, ()),
    ],
)
def test_values_are_read_as_books_are(
    playbook: engine.LoadedPlaybook, facts: dict[str, Any], signals: tuple[str, ...]
) -> None:
    assert playbook.evaluate(facts, now=AT).signals == signals
    assert playbook.evaluate(MappingProxyType(facts), now=AT).signals == signals


@pytest.mark.parametrize(
    "since",
    [
        AT - 86400,
        datetime(2026, 3, 3, 15, tzinfo=UTC),
        datetime(2026, 3, 3, 20, 30, 0, 999_999, timezone(timedelta(hours=5, minutes=30))),
        "2026-03-03T15:00:00Z",
        "2026-03-03T10:00:00-05:00",
    ],
)
def test_an_instant_is_the_same_however_it_is_given(
    playbook: engine.LoadedPlaybook, since: object
) -> None:
    for second, state in ((0, "dark"), (-1, "waiting")):
        facts = {"stage": "proposal", "silent_since": since}
        assert playbook.evaluate(facts, now=AT + second).state == state


def test_a_date_is_its_midnight_in_the_zone_of_the_calendar(
    playbook: engine.LoadedPlaybook,
) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=timezone(timedelta(hours=1)))
    for day in (date(2026, 3, 3), "2026-03-03"):
        advice = playbook.evaluate({"stage": "proposal", "silent_since": day}, now=midnight)
        assert advice.goes_dark_at == int(midnight.timestamp()) + 86400


def test_a_default_stands_where_none_is_given(playbook: engine.LoadedPlaybook) -> None:
    dark = {"stage": "proposal", "silent_since": AT - 9 * 86400}
    for given in ({}, {"opted_out": None}, {"opted_out": "no"}):
        assert playbook.evaluate({**dark, **given}, now=AT).held_back == ()
    assert playbook.evaluate({**dark, "opted_out": "yes"}, now=AT).held_back


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("stag", "proposal", "no fact `stag`: did you mean `stage`?"),
        (7, "proposal", "no fact `7`"),
        (
            "stage",
            "propsal",
            "the fact `stage`: `propsal` is not one of the choices: did you mean `proposal`?",
        ),
        ("stage", ["proposal"], "the fact `stage`: `['proposal']` is not the value of a fact"),
        ("amount", True, "the fact `amount`: `true` is not a number"),
        ("amount", float("nan"), "the fact `amount`: NaN is not a number: leave out what is"),
        ("amount", float("inf"), "the fact `amount`: `inf` is not a finite number"),
        ("amount", 10**400, "is not a finite number"),
        pytest.param("amount", 10**5000, "`16,610 bits` is not a finite number", id="many digits"),
        ("amount", "5,000", "the fact `amount`: `5,000` is not a number: write `5000`"),
        ("amount", Decimal("sNaN"), "`sNaN` is not a finite number"),
        ("stage", 10**400, "has too many digits"),
        ("stage", Decimal("sNaN"), "`sNaN` is not one of the choices"),
        pytest.param("pain", 10**5000, "`16,610 bits` has too many digits", id="digits of text"),
        ("pain", Decimal("1e999999999"), "`1E+999999999` has too many digits"),
        ("pain", Decimal("1e-999999999"), "`1E-999999999` has too many digits"),
        ("opted_out", 10**400, "is not true or false"),
        ("opted_out", Decimal("1e999999999"), "is not true or false"),
        ("pain", "x" + "\u0301" * 31, "has more than 30 combining marks in a row"),
        ("answers", float("nan"), "the fact `answers`: NaN is not a number"),
        ("opted_out", "maybe", "the fact `opted_out`: `maybe` is not true or false"),
        ("opted_out", 2, "the fact `opted_out`: `2` is not true or false"),
        ("pain", b"x", "is not the value of a fact"),
        ("pain", False, "the fact `pain`: `false` is not text"),
        ("name", object, "is not the value of a fact"),
        ("proposal_sent_at", datetime(2026, 3, 3), "has no time zone"),  # noqa: DTZ001 - no zone is what is tested
        ("proposal_sent_at", "2026-03-03T15:00", "has no time zone"),
        ("proposal_sent_at", AT * 1000, f"`{AT * 1000}` is not an instant"),
        ("proposal_sent_at", True, "the fact `proposal_sent_at`: `true` is not an instant"),
        ("proposal_sent_at", 1.5, "is not an instant"),
        ("lead_time", -1, "the fact `lead_time`: `-1` is not a duration"),
        ("lead_time", timedelta(seconds=-1), "is not a duration"),
        ("lead_time", 1_000_000 * 7 * 86_400, "`604800000000` is not a duration"),
        ("lead_time", "2 business days", "is not a duration"),
        ("timezone", "Europe/Amsterdm", "did you mean `Europe/Amsterdam`?"),
        ("timezone", ["UTC"], "the fact `timezone`: `['UTC']` is not the value of a fact"),
    ],
)
def test_what_no_fact_can_be_is_told(
    playbook: engine.LoadedPlaybook, name: str, value: object, says: str
) -> None:
    one_touch: dict[str, Any] = {"touches": [{"at": AT, "direction": "inbound"}]}
    for more in ({}, one_touch):
        with pytest.raises(engine.InvalidFacts) as told:
            playbook.evaluate({name: value}, now=AT, **more)
        assert says in str(told.value)
        assert told.value.name == str(name)


REGIONS = """
playbook: regions
calendar:
  regions:
    night: {for: {shift: [2, 3]}, hours: "22:00-06:00"}
    late: {for: {country: ES, key: true}, timezone: Europe/Madrid, hours: "14:00-20:00"}
facts:
  shift: {type: number}
  country: {type: choice, choices: [ES, US], default: ES}
  key: {type: boolean}
actions:
  call: {kind: internal, when: {}}
"""


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> engine.LoadedPlaybook:
    path = tmp_path_factory.mktemp("regions") / "regions.yaml"
    path.write_text(REGIONS, encoding="utf-8")
    return engine.load(path)


@pytest.mark.parametrize("rows", [{}, {"events": [{"at": AT, "kind": "visit"}]}])
@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, AT),  # Wednesday 15:00 UTC
        ({"shift": 2}, AT + 7 * 3600),
        ({"shift": 3.0, "key": True}, AT + 7 * 3600),
        ({"shift": "2"}, AT + 7 * 3600),
        ({"shift": 1}, AT),
        ({"key": True}, AT),  # 16:00 in Madrid
        ({"key": 1, "timezone": "America/New_York"}, AT + 4 * 3600),
        ({"key": "yes", "timezone": "Asia/Tokyo"}, AT + 14 * 3600),
        ({"key": True, "country": "US", "timezone": "Asia/Tokyo"}, AT + 9 * 3600),
        ({"key": None, "country": None, "shift": float("nan")}, None),
    ],
)
def test_the_facts_of_a_region_decide_the_hours(
    regions: engine.LoadedPlaybook, facts: dict[str, Any], due: int | None, rows: dict[str, Any]
) -> None:
    if due is None:
        with pytest.raises(engine.InvalidFacts, match="`shift`"):
            regions.evaluate(facts, now=AT, **rows)
        return
    for _ in range(2):  # a clock is kept
        (step,) = regions.evaluate(facts, now=AT, **rows).next_steps
        assert step.due_at == due


@pytest.mark.parametrize(
    ("name", "value"), [("shift", "two"), ("country", ["ES"]), ("key", "perhaps"), ("key", {})]
)
def test_what_no_fact_of_a_region_can_be_is_told(
    regions: engine.LoadedPlaybook, name: str, value: object
) -> None:
    with pytest.raises(engine.InvalidFacts, match=f"`{name}`"):
        regions.evaluate({name: value}, now=AT)


@pytest.mark.parametrize(
    "instant",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
    ],
)
def test_an_instant_beyond_the_first_or_last_day_is_told(
    playbook: engine.LoadedPlaybook, instant: datetime
) -> None:
    with pytest.raises(engine.InvalidFacts, match="is not an instant"):
        playbook.evaluate({"proposal_sent_at": instant}, now=AT)
    with pytest.raises(engine.InvalidFacts, match="`now`"):
        playbook.evaluate({}, now=instant)


@pytest.mark.parametrize("now", [datetime(2026, 3, 4), "soon", True, 10**15, 1.5])  # noqa: DTZ001 - no zone is what is tested
def test_an_instant_that_is_none_is_told(playbook: engine.LoadedPlaybook, now: Any) -> None:
    with pytest.raises(engine.InvalidFacts, match="`now`"):
        playbook.evaluate({}, now=now)


def test_the_longest_duration_may_be_text_or_a_number(playbook: engine.LoadedPlaybook) -> None:
    seconds = 999_999 * 7 * 86_400
    for value in ("999999 weeks", seconds, timedelta(seconds=seconds)):
        advice = playbook.evaluate({"lead_time": value}, now=AT)
        assert advice.why()["facts"]["lead_time"] == seconds


def test_rows_are_measured(playbook: engine.LoadedPlaybook) -> None:
    touches: list[dict[str, object]] = [
        {"at": NOW - timedelta(days=5), "direction": "inbound", "channel": "email"},
        {"at": "2026-03-01T15:00:00Z", "direction": "outbound", "channel": "email"},
        {"at": AT + 1, "direction": "inbound"},
    ]
    advice = playbook.evaluate({"stage": "proposal"}, now=NOW, touches=touches)
    assert (advice.state, advice.signals) == ("dark", ("answered",))
    by_hand = playbook.evaluate({"stage": "proposal", "answers": 0}, now=NOW, touches=touches)
    assert by_hand.signals == ()
    assert advice.why()["facts"]["answers"] == 1.0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"at": AT, "direction": "inbound", "chanel": "x"}, "did you mean `channel`?"),
        ({"at": AT, "direction": "sideways"}, "`direction` of `touches`: `sideways`"),
        ({"direction": "inbound"}, "a row of `touches` has no `at`"),
        ({"at": None, "direction": "inbound"}, "a row of `touches` has no `at`"),
        (3, "`touches` has a row that is not a map of columns"),
        ("at", "`touches` has a row that is not a map of columns"),
    ],
)
def test_what_no_row_can_be_is_told(playbook: engine.LoadedPlaybook, row: Any, says: str) -> None:
    with pytest.raises(engine.InvalidFacts) as told:
        playbook.evaluate({}, now=AT, touches=[row])
    assert says in str(told.value)


def test_rows_that_are_none_are_told(playbook: engine.LoadedPlaybook) -> None:
    rows: Any = 3
    with pytest.raises(engine.InvalidFacts, match="`touches` is not a list of rows"):
        playbook.evaluate({}, now=AT, touches=rows)


def test_reasons_are_those_that_the_command_line_prints(playbook: engine.LoadedPlaybook) -> None:
    facts = {"stage": "proposal", "amount": 5000, "silent_since": NOW - timedelta(days=3)}
    advice = playbook.evaluate(facts, now=NOW)
    why = advice.why()
    assert why["state"] == "dark"
    assert why["causes"][0]["evidence"] == [{"id": "large", "weight": 0.5, "because": None}]
    assert why["facts"]["amount"] == 5000.0
    steps = [(step["action"], step["cause"]) for step in why["next_steps"]]
    assert steps == [(step.action, step.cause) for step in advice.next_steps]
    call = advice.why("call")
    assert call["recommended"] is True
    assert call["when"]["truth"] is True
    with pytest.raises(KeyError):
        advice.why("cal")


def test_reasons_are_plain_data_that_no_json_is_made_for(
    playbook: engine.LoadedPlaybook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("data is rendered as JSON")

    for module in ("as_json", "action_page"):
        monkeypatch.setattr(f"engine.reports.recommendations.{module}.to_json", fail)
    facts = {"stage": "proposal", "amount": 5000, "silent_since": NOW - timedelta(days=3)}
    advice = playbook.evaluate(facts, now=NOW)
    for why in (advice.why(), advice.why("call")):
        assert json.loads(json.dumps(why)) == why


def test_advice_cannot_be_changed(playbook: engine.LoadedPlaybook) -> None:
    facts = {"stage": "proposal", "silent_since": AT - 9 * 86400}
    advice = playbook.evaluate(facts, now=AT)
    facts["stage"] = "discovery"
    assert advice.why()["state"] == advice.state == "dark"
    with pytest.raises(AttributeError):
        advice.state = "waiting"  # type: ignore[misc]  # it is frozen
    with pytest.raises(AttributeError):
        advice.other = 1  # type: ignore[attr-defined]  # it has no such field


def test_threads_may_share_a_playbook() -> None:
    playbook = engine.load("gone-dark")
    zones = ("Asia/Tokyo", "America/Lima", "Europe/Berlin", "Australia/Sydney")
    asked: list[dict[str, Any]] = [
        {"stage": "proposal", "silent_since": AT - n * 40_000, "timezone": zones[n % 4]}
        for n in range(400)
    ]

    def answer(facts: dict[str, Any]) -> tuple[object, ...]:
        advice = playbook.evaluate(facts, now=AT)
        return advice.state, advice.goes_dark_at, advice.next_steps, advice.held_back

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(answer, asked))
    assert found == [answer(facts) for facts in asked]
    assert len({state for state, *_ in found}) == 2


def test_a_playbook_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="no playbook `gone-drak`"):
        engine.load("gone-drak")


def test_a_broken_playbook_is_told_with_its_places(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("playbook: broken\nsignals:\n  odd: {when: {stagge: x}}\n", encoding="utf-8")
    with pytest.raises(engine.InvalidPlaybook) as told:
        engine.load(path)
    assert f"{path}:3:16: error[unknown-fact]: unknown fact `stagge`" in str(told.value)
    assert [problem.code for problem in told.value.problems] == ["unknown-fact"]


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys, engine; print(sorted(m for m in sys.modules if m.startswith('engine')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "['engine']\n"
    with pytest.raises(AttributeError):
        engine.nothing  # noqa: B018 - reading it is what raises

"""What shape a file must have, and in what words an author is told that it has another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.language.conditions import ValueType
from engine.language.durations import UNITS, read_duration
from engine.language.files.locate import kind_of
from engine.language.hours.calendar_tree import DAY_NAMES, WEEKDAYS
from engine.language.model import ACTION_KINDS, TABLES, Basis, MeasureKind, Outlook
from engine.language.package_data import shipped
from engine.language.parse.parse_conditions import OPERATORS
from engine.language.parse.symbols import STANDARD_COLUMNS
from engine.language.problem import Problem, ordered
from engine.language.schema.validate import DocumentKind, problems_in
from engine.language.yaml.document import Document
from engine.language.yaml.reader import read_source, read_text

KINDS: tuple[DocumentKind, ...] = ("playbook", "test", "book", "traceability")


def schema_of(kind: DocumentKind) -> Any:
    return json.loads(shipped("schemas", f"{kind}.schema.json").read_text(encoding="utf-8"))


PLAYBOOK = schema_of("playbook")
DEFS = PLAYBOOK["$defs"]


def document_of(text: str) -> Document:
    document, problems = read_text(dedent(text), "f.yaml")
    assert problems == []
    assert document is not None
    return document


def found_in(text: str, kind: DocumentKind = "playbook") -> tuple[Problem, ...]:
    return ordered(problems_in(document_of(text), kind))


def the_problem(text: str, kind: DocumentKind = "playbook") -> Problem:
    (problem,) = found_in(text, kind)
    return problem


GOOD_PLAYBOOK = """
playbook: good
title: A playbook with something of everything
owner: ops@example.com
sources:
  going-dark-2: {title: What it means, url: "https://example.com/x", published: 2024-05-01}
calendar:
  timezone: America/New_York
  hours: "09:00-24:00"
  weekdays: [mon, sat]
  saturday: "09:00-12:00,13:00-14:30, 15:00-16:00, 22:00-02:00"
  half_days: {2026-12-24: "09:00-12:00"}
  holidays: [US, DE-BY, NO]
  closed: [2026-12-24..2027-01-02, 2026-07-04]
  open: [2026-12-28, 2026-12-30..2026-12-31]
  regions:
    bavaria: {for: {timezone: [Europe/Berlin], stage: demo}, timezone: Europe/Berlin, holidays: []}
tables:
  touches: {minutes: {type: number, unit: minutes}}
facts:
  stage: {type: choice, choices: [demo, proposal]}
  amount: {type: number, unit: USD, default: 0, ask: How much?}
  sent: {measure: {count: touches, where: {direction: outbound}, after: last_reply_at}}
  spoken: {measure: {sum: touches.minutes, within: 30 days}}
  big: {when: {amount: {at_least: 50000, less_than: 1e9}}}
dark:
  always: {silent_for: 2 weeks}
  after_proposal:
    when: {stage: proposal, all: [{any: [{big: true}, {not: {sent: 0}}]}]}
    silent_for: 1.5 business days
    since: proposal_sent_at
    basis: source
    source: going-dark-2
    because: Up to a day after a finished proposal
signals:
  no_step: {when: {next_step_at: {known: false}}, prevent: [call], title: No next step}
causes:
  busy:
    outlook: recoverable
    ours: true
    evidence:
      far: {when: {next_step_at: {after: now, in_next: 7 days}}, weight: 0.3}
      near: {when: {amount: {between: [1, 5]}, country: {not_in: [NL, NO]}}, against: 1}
actions:
  call: {kind: outreach, channel: phone, when: {dark: true}, for: {busy: 0.8}, due: 2 hours}
  think: {kind: internal, when: {causes.busy: {at_least: 0.5}, signals.no_step: true}, due: now}
  end: {kind: stop, when: {}, score: 0}
guards:
  opted_out: {blocks: {kind: outreach}, while: {opted_out: true}}
  consent: {blocks: {channel: [email], actions: [call]}, unless: {consent: true}}
cadence: {from: silent_since, steps: [0 days, 5 days], gap: 1 business day}
diagnosis: {at_least: 0.25}
"""

GOOD_TEST = """
playbook: good.yaml
now: 2026-03-04T15:00:00Z
cases:
  a_proposal_unanswered:
    because: The article says so
    prospect: {stage: proposal, timezone: America/Chicago, amount: 3, big: true}
    touches: [{at: 2 business days ago, direction: outbound, channel: email, minutes: 4}]
    contacts: [{contact_id: c1, engaged: true}]
    events: [{at: 2026-03-01, kind: visit}]
    expect:
      state: dark
      dark: []
      signals: {no_step: true}
      causes: {busy: {at_least: 0.3}, other: 0}
      next: null
      actions: {include: [call], exclude: [write]}
      held_back: {call: [opted_out]}
      due: 2026-03-05T15:00:00Z
      goes_dark_at: null
"""

GOOD_BOOK = """
prospects:
  - {id: p-1, stage: proposal, Deal Size: 3, touches: [{at: 2026-03-02, direction: inbound}]}
  - {id: 2, amount: null}
touches: [{prospect_id: p-1, at: "2026-03-02 09:30", direction: outbound, channel: email}]
contacts: [{prospect_id: p-1, contact_id: c1, left: false}]
events: []
"""

GOOD_TRACEABILITY = """
version: 1
ideas:
  a_day: {claim: A day is enough, sources: [going-dark-2], rules: ["good#dark.x", "a.yaml#cadence"]}
  how: {claim: Many were asked, sources: [going-dark-2, b], text_only: It says how}
"""

GOOD: tuple[tuple[DocumentKind, str], ...] = (
    ("playbook", GOOD_PLAYBOOK),
    ("test", GOOD_TEST),
    ("book", GOOD_BOOK),
    ("traceability", GOOD_TRACEABILITY),
)


class TestSchemas:
    @pytest.mark.parametrize("kind", KINDS)
    def test_they_are_json_schemas_of_2020_12(self, kind: DocumentKind) -> None:
        schema = schema_of(kind)
        assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
        assert all(schema[key] for key in ("$id", "title", "description", "examples"))
        Draft202012Validator.check_schema(schema)

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_editor_can_explain_and_show_every_key(self, kind: DocumentKind) -> None:
        for where, key, part in keys_of(schema_of(kind)):
            assert part.get("description"), f"{where}.{key} has no description"
            assert part.get("examples"), f"{where}.{key} has no examples"

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_example_is_right(self, kind: DocumentKind) -> None:
        schema = schema_of(kind)
        parts = [(where + "." + key, part) for where, key, part in keys_of(schema)]
        parts += [(name, part) for name, part in schema["$defs"].items()]
        for where, part in [*parts, (kind, schema)]:
            validator = Draft202012Validator({"$defs": schema["$defs"], **part})
            for example in part.get("examples", ()):
                assert not list(validator.iter_errors(example)), f"{where}: {example}"

    @pytest.mark.parametrize("kind", KINDS)
    def test_nothing_unknown_passes_but_in_maps_by_id(self, kind: DocumentKind) -> None:
        for where, part in parts_of(schema_of(kind)):
            if "properties" in part:
                assert "additionalProperties" in part, where

    def test_they_know_what_the_language_knows(self) -> None:
        def keys(name: str) -> set[str]:
            return set(DEFS[name]["properties"])

        types = DEFS["fact"]["properties"]["type"]["enum"]
        assert set(types) == set(get_args(ValueType))
        operators = {operator for allowed in OPERATORS.values() for operator in allowed}
        assert keys("test") == operators | {"unreadable"}  # of given facts, whatever their type
        assert set(get_args(MeasureKind)) <= keys("measure")
        assert tuple(DEFS["table"]["enum"]) == TABLES
        assert tuple(DEFS["action_kind"]["enum"]) == ACTION_KINDS
        assert tuple(DEFS["weekdays"]["items"]["enum"]) == WEEKDAYS
        calendar = PLAYBOOK["properties"]["calendar"]["properties"].keys()
        assert set(DAY_NAMES.values()) <= calendar
        assert calendar - {"regions"} == keys("region") - {"for"}
        outlook = DEFS["cause"]["properties"]["outlook"]["enum"]
        assert set(outlook) == {*get_args(Outlook), "off"}
        assert set(DEFS["action"]["properties"]["basis"]["enum"]) == {*get_args(Basis), "off"}

    @pytest.mark.parametrize("kind", ["test", "book"])
    def test_rows_have_the_standard_columns(self, kind: DocumentKind) -> None:
        rows = schema_of(kind)["$defs"]
        for table, row in zip(TABLES, ("touch", "contact", "event"), strict=True):
            columns = set(rows[row]["properties"]) - {"prospect_id"}
            written = [column for column in STANDARD_COLUMNS[table] if not column.computed]
            assert columns == {column.name for column in written}

    @pytest.mark.parametrize(
        "text",
        [
            *(f"2 {unit}s" for unit in UNITS),
            *(f"1 {unit}" for unit in UNITS),
            "1.5 hours",
            "0 days",
            "999999 weeks",
            "3 months",
            "3days",
            "3  days",
            " 3 days",
            "3 days\n",
            "-1 days",
            "3 Days",
            "1e3 days",
            "1,5 days",
            "days",
            "3",
            "1000000 days",
            "off",
        ],
    )
    def test_a_duration_is_one_for_the_schema_where_it_is_one_for_the_language(
        self, text: str
    ) -> None:
        document = document_of(f"playbook: x\ncadence: {{steps: [{json.dumps(text)}]}}")
        says = read_duration(text.rstrip("\n")) if text == text.rstrip("\n") else None
        assert (not problems_in(document, "playbook")) == (says is not None)


def keys_of(schema: Any) -> Iterator[tuple[str, str, Any]]:
    """Every key an author can write: where, the key, and what the schema says of it."""
    for where, part in parts_of(schema):
        for key, value in part.get("properties", {}).items():
            yield where, key, value


def parts_of(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every part of the schema, but those that only say which keys must be there."""
    pending: list[tuple[str, Any]] = [("", schema)]
    while pending:
        where, part = pending.pop()
        yield where, part
        for keyword in ("properties", "$defs"):
            pending += [
                (f"{where}.{key}", value)
                for key, value in part.get(keyword, {}).items()
                if key not in ("complete", "choice_has_choices") or keyword != "$defs"
            ]
        pending += [
            (f"{where}.{keyword}", part[keyword])
            for keyword in ("items", "additionalProperties")
            if isinstance(part.get(keyword), dict)
        ]


class TestGoodFiles:
    @pytest.mark.parametrize(("kind", "text"), GOOD, ids=KINDS)
    def test_have_no_problems(self, kind: DocumentKind, text: str) -> None:
        assert found_in(text, kind) == ()

    def test_shipped_files_have_none(self) -> None:
        files = sorted(shipped("rules").glob("*.yaml"))
        assert files
        for file in files:
            document, problems = read_source(file, file.name)
            assert problems == []
            assert document is not None
            assert problems_in(document, kind_of(file)) == []

    def test_an_id_is_enough(self) -> None:
        assert found_in("playbook: x") == ()


@pytest.mark.slow
class TestOtherCheckers:
    """Editors and CI use the schemas by themselves, with checkers of their own."""

    @pytest.mark.parametrize(("kind", "text"), GOOD, ids=KINDS)
    def test_agree_that_good_files_are_good(
        self, tmp_path: Path, kind: DocumentKind, text: str
    ) -> None:
        assert check_jsonschema(tmp_path, kind, text).returncode == 0

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("playbook", "playbook: x\ndark: {a: {silent_for: 2 months}}"),
            ("playbook", "playbook: x\nactions: {a: {kind: outreach, when: {dark: true}}}"),
            ("test", "playbook: x\ncases: {}"),
            ("book", "prospects: [{name: x}]"),
        ],
    )
    def test_agree_that_bad_files_are_bad(
        self, tmp_path: Path, kind: DocumentKind, text: str
    ) -> None:
        done = check_jsonschema(tmp_path, kind, text)
        assert done.returncode == 1
        assert "Schema validation errors were encountered" in done.stdout


def check_jsonschema(
    folder: Path, kind: DocumentKind, text: str
) -> subprocess.CompletedProcess[str]:
    file = folder / "file.yaml"
    file.write_text(text, encoding="utf-8")
    schema = str(shipped("schemas", f"{kind}.schema.json"))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class TestKeys:
    @pytest.mark.parametrize(
        ("text", "column", "message", "help"),
        [
            ("signal: {}", 1, "unknown key `signal` in a playbook", "did you mean `signals`?"),
            ("Dark: {}", 1, "unknown key `Dark` in a playbook", "did you mean `dark`?"),
            (
                "dark: {a: {silent_for: 1 day, silentfor: 1 day}}",
                31,
                "unknown key `silentfor` in a threshold",
                "did you mean `silent_for`?",
            ),
            (
                "dark: {a: {silent_for: 1 day, reason: x}}",
                31,
                "unknown key `reason` in a threshold",
                "it is called `because` here",
            ),
            (
                "signals: {a: {when: {x: {gte: 3}}}}",
                26,
                "unknown key `gte` in a test of a value",
                "it is called `at_least` here",
            ),
            (
                "signals: {a: {when: {unles: {x: 3}}}}",
                22,
                "unknown key `unles` in a condition",
                "it is called `unless` here",
            ),
            (
                "guards: {a: {blocks: {kind: outreach}, while: {except: {x: 3}}}}",
                48,
                "unknown key `except` in a condition",
                "it is called `unless` here",
            ),
        ],
    )
    def test_an_unknown_one_is_told_with_the_one_that_was_meant(
        self, text: str, column: int, message: str, help: str
    ) -> None:
        problem = the_problem("playbook: x\n" + text)
        assert (problem.code, problem.message, problem.help) == ("unknown-key", message, help)
        assert (problem.span.line, problem.span.column) == (2, column)

    def test_one_that_belongs_elsewhere_is_told_where(self) -> None:
        problem = the_problem("playbook: x\nsignals: {a: {when: {}, score: 0.5}}")
        assert problem.code == "unknown-key"
        assert problem.help == (
            "it is a key of an action; allowed here: "
            "`title`, `when`, `prevent`, `basis`, `source`, `because`"
        )

    def test_promises_are_told_to_be_no_part_of_this_version(self) -> None:
        problem = the_problem("playbook: x\npromises: {}")
        assert problem.code == "unknown-key"
        assert problem.help is not None
        assert "promises are not supported yet" in problem.help

    def test_each_unknown_key_is_a_problem_of_its_own(self) -> None:
        problems = found_in("playbook: x\ncadence: {stps: [1 day], gapp: 1 day}\n")
        assert [problem.span.column for problem in problems] == [11, 26]

    def test_a_misspelt_key_is_not_missing_as_well(self) -> None:
        assert the_problem("playbok: x").code == "unknown-key"
        assert the_problem("playbook: x\ndark: {a: {silent_fro: 1 day}}").code == "unknown-key"
        problem = the_problem("playbook: x\nguards: {a: {blocks: {kind: stop}, whlie: {}}}")
        assert problem.code == "unknown-key"

    @pytest.mark.parametrize(
        ("text", "at", "message", "help"),
        [
            ("title: x", (1, 1), "this playbook has no `playbook`", "add `playbook: gone-dark`"),
            (
                "playbook: x\ndark:\n  a: {title: x}",
                (3, 3),
                "`a` has no `silent_for`",
                "add `silent_for: 1 business day`",
            ),
            (
                "playbook: x\nactions:\n  a: {kind: outreach, when: {}}",
                (3, 3),
                "`a` has no `channel`",
                "add `channel: email`",
            ),
            (
                "playbook: x\nguards:\n  a: {blocks: {kind: stop}}",
                (3, 3),
                "`a` has no `while` or `unless`",
                "add `while: {opted_out: true}` or `unless: {consent: true}`",
            ),
            (
                "playbook: x\nfacts:\n  a: {type: choice}",
                (3, 3),
                "`a` has no `choices`",
                "add `choices: [discovery, demo, proposal]`",
            ),
        ],
    )
    def test_a_missing_one_is_told_with_an_example(
        self, text: str, at: tuple[int, int], message: str, help: str
    ) -> None:
        problem = the_problem(text)
        assert (problem.code, problem.message, problem.help) == ("missing-key", message, help)
        assert (problem.span.line, problem.span.column) == at

    @pytest.mark.parametrize(
        ("section", "missing"),
        [
            ("sources: {a: {url: 'https://example.com'}}", ["title"]),
            ("tables: {touches: {a: {unit: x}}}", ["type"]),
            ("facts: {a: {unit: x}}", ["type"]),
            ("dark: {a: {title: x}}", ["silent_for"]),
            ("signals: {a: {title: x}}", ["when"]),
            ("causes: {a: {title: x}}", ["evidence"]),
            ("causes: {a: {evidence: {b: {because: x}}}}", ["when", "weight"]),
            ("actions: {a: {title: x}}", ["kind", "when"]),
            ("guards: {a: {title: x}}", ["blocks", "while"]),
        ],
    )
    def test_an_entry_must_be_complete_only_where_nothing_is_extended(
        self, section: str, missing: list[str]
    ) -> None:
        problems = found_in(f"playbook: x\n{section}")
        assert sorted(problem.code for problem in problems) == ["missing-key"] * len(missing)
        for key in missing:
            assert any(f"`{key}`" in problem.message for problem in problems)
        assert found_in(f"playbook: x\nextends: base\n{section}") == ()

    @pytest.mark.parametrize(
        ("text", "column"),
        [
            ("guards: {a: {blocks: {kind: stop}, while: {}, unless: {}}}", 47),
            ("causes: {a: {evidence: {b: {when: {}, against: 1, weight: 1}}}}", 51),
            ("facts: {a: {measure: {count: touches, any: touches}}}", 39),
            ("facts: {a: {measure: {count: touches}, when: {}}}", 40),
            ("actions: {a: {kind: stop, when: {}, channel: email}}", 37),
        ],
    )
    def test_keys_that_exclude_each_other_are_told(self, text: str, column: int) -> None:
        problem = the_problem("playbook: x\n" + text)
        assert (problem.code, problem.span.column) == ("conflicting-keys", column)

    @pytest.mark.parametrize(
        ("text", "help"),
        [
            ("facts: {Big-Deal: {type: number}}", "write `big_deal`"),
            ("facts: {größe: {type: number}}", "ß (U+00DF) is not a letter"),
            ("facts: {café: {type: number}}", "write `cafe`"),
            ("facts: {2nd: {type: number}}", "an id has"),
            ("signals: {a: {when: {Stage: x}}}", "write `stage`"),
            ("signals: {a: {when: {signal.b: true}}}", "write `signals.b`"),
            ("signals: {a: {when: {fact.b: true}}}", "write `b`"),
            ("sources: {Going_Dark: {title: x}}", "write `going-dark`"),
            ("facts: {any: {type: number}}", "choose another id"),
            ("facts: {dark: {type: number}}", "choose another id"),
        ],
    )
    def test_ids_are_written_in_one_way(self, text: str, help: str) -> None:
        problem = the_problem("playbook: x\n" + text)
        assert problem.code == "bad-id"
        assert problem.help is not None
        assert problem.help.startswith(help)

    def test_off_may_stand_for_what_can_be_removed(self) -> None:
        text = """
            playbook: x
            extends: [base]
            facts: {a: off, b: {measure: off, choices: off}}
            dark: {a: off, b: {since: off, when: off, basis: off}}
            causes: {a: {ours: off, outlook: off, evidence: {b: off, c: {weight: off}}}}
            actions: {a: {for: {busy: off}}, b: {for: off, due: off, score: off, template: off}}
            calendar: {holidays: off, hours: off}
            cadence: {gap: off, steps: off}
            """
        assert found_in(text) == ()


class TestValues:
    @pytest.mark.parametrize(
        ("text", "code", "message", "help"),
        [
            ("facts: {a: {type: choise}}", "not-allowed-value",
             "`choise` is not a valid value of `type`",
             "did you mean `choice`?"),
            ("calendar: {weekdays: [monday]}", "not-allowed-value",
             "`monday` is not a valid value of an entry of `weekdays`", "did you mean `mon`?"),
            ("guards: {a: {blocks: {kind: email}, while: {}}}", "not-allowed-value",
             "`email` is not a valid value of `kind`",
             "allowed here: `outreach`, `internal`, `stop`"),
            ("title: 2024", "wrong-type", "`title` takes text, not the number `2024`",
             'put it in quotes: `"2024"`'),
            ("diagnosis: 0.5", "wrong-type",
             "`diagnosis` takes a map of keys, not the number `0.5`",
             "for example `{at_least: 0.25}`"),
            ("signals: {a: {when: dark}}", "wrong-type",
             "`when` takes a condition, not the text `dark`",
             "for example `{next_step_at: {known: false}}`"),
            ("signals: {a: {when: [{dark: true}]}}", "wrong-type",
             "`when` takes a condition, not a list",
             "put the conditions under `all:` or `any:`"),
            ("signals: {a: {when: {}, prevent: call}}", "wrong-type",
             "`prevent` takes a list of ids, not the text `call`", "write `[call]`"),
            ("diagnosis: {at_least: '0.5'}", "wrong-type",
             "`at_least` takes a number from 0 to 1, not the text `0.5`",
             "write `0.5`, without quotes or unit"),
            ("diagnosis: {at_least: 40%}", "wrong-type",
             "`at_least` takes a number from 0 to 1, not the text `40%`",
             "write `0.4`, without quotes or unit"),
            ("diagnosis: {at_least: 40}", "out-of-range",
             "`at_least` must be from 0 to 1, not `40`", "for 40% write `0.4`"),
            ("diagnosis: {at_least: -1}", "out-of-range",
             "`at_least` must be from 0 to 1, not `-1`", "write a number from 0 to 1"),
            ("title: ''", "empty", "`title` is empty",
             "for example `Prospects who have gone dark`"),
            ("facts:", "empty", "`facts` is empty",
             "for example `{stage: {type: choice, choices: [discovery, proposal]}}`"),
            ("signals: {a: {when: {any: []}}}", "empty", "`any` is empty",
             "for example `[{stage: proposal}, {stage: negotiation}]`"),
            ("signals: {a: {when: {x: {between: [1]}}}}", "wrong-type",
             "`between` takes a list of two", "for example `[10, 50]`"),
            ("calendar: {hours: 9-17}", "bad-format",
             "`hours` takes a range of hours, or up to four, not `9-17`",
             'for example `"09:00-17:00"`'),
            ("calendar: {hours: '09:00-24:30'}", "bad-format",
             "`hours` takes a range of hours, or up to four, not `09:00-24:30`",
             'for example `"09:00-17:00"`'),
            ("calendar: {friday: closed}", "bad-format",
             "`friday` takes a range of hours, or up to four, not `closed`",
             'for example `"09:00-14:00"`'),
            ("calendar: {half_days: {christmas: '09:00-12:00'}}", "bad-format",
             "`christmas` is not a date", "for example `2026-12-24`"),
            ("calendar: {regions: {a: {for: {}}}}", "empty", "`for` is empty",
             "for example `{timezone: [Europe/Berlin]}`"),
            ("calendar: {holidays: [us]}", "bad-format",
             "an entry of `holidays` takes a country code, not `us`", "for example `US`"),
            ("facts: {a: {type: number, default: [1]}}", "wrong-type",
             "`default` takes a single value, not a list", "for example `false`"),
        ],
    )  # fmt: skip
    def test_are_told_in_plain_words(
        self, text: str, code: str, message: str, help: str | None
    ) -> None:
        problem = the_problem("playbook: x\n" + text)
        assert (problem.code, problem.message, problem.help) == (code, message, help)
        assert problem.span.line == 2

    @pytest.mark.parametrize(
        ("word", "meant"),
        [("yes", "true"), ("On", "true"), ("True", "true"), ("no", "false"), ("FALSE", "false")],
    )
    def test_a_word_for_a_boolean_is_told_apart_from_other_text(
        self, word: str, meant: str
    ) -> None:
        problem = the_problem(f"playbook: x\nextends: y\ncauses: {{a: {{ours: {word}}}}}")
        assert problem.code == "boolean-as-word"
        assert problem.message == f"`ours` must be true or false, not the word `{word}`"
        assert problem.help == f"write `{meant}`"

    @pytest.mark.parametrize(
        ("text", "help"),
        [
            ("2 months", "months differ in length: write `4 weeks` or `30 days`"),
            ("a year", "months differ in length: write `4 weeks` or `30 days`"),
            ("2 buisness days", "did you mean `2 business days`?"),
            ("2 Business Days", "did you mean `2 business days`?"),
            ("2 working days", "did you mean `2 business days`?"),
            ("3d", "did you mean `3 days`?"),
            ("90 min", "did you mean `90 minutes`?"),
            ("1 hrs", "did you mean `1 hour`?"),
            ("a week", "did you mean `1 week`?"),
            ("two  weeks", "did you mean `2 weeks`?"),
            ("-3 days", "a duration cannot be negative"),
            ("'3'", "add a unit, such as `3 days` or `3 business days`"),
            ("1 week 2 days",
             "write one number and one unit: for a week and two days, `9 days`"),
            ("soon",
             "write a number and minutes, hours, days, weeks, business hours or business days"),
        ],
    )  # fmt: skip
    def test_a_duration_is_told_with_the_one_that_was_meant(self, text: str, help: str) -> None:
        problem = the_problem(f"playbook: x\ndark: {{a: {{silent_for: {text}}}}}")
        assert (problem.code, problem.help) == ("bad-duration", help)

    def test_a_bare_number_is_no_duration(self) -> None:
        problem = the_problem("playbook: x\ndark: {a: {silent_for: 3}}")
        assert problem.code == "wrong-type"
        assert problem.help == "add a unit, such as `3 days` or `3 business days`"

    def test_a_due_date_may_be_a_word_and_is_corrected_as_one(self) -> None:
        problem = the_problem("playbook: x\nactions: {a: {kind: stop, when: {}, due: nwo}}")
        assert (problem.code, problem.help) == ("bad-duration", "did you mean `now`?")

    def test_a_value_that_stands_twice_shows_both_places(self) -> None:
        problem = the_problem("playbook: x\nfacts: {a: {type: choice, choices: [b, c, b]}}")
        assert (problem.code, problem.span.column) == ("repeated-value", 43)
        assert problem.also is not None
        assert problem.also.column == 37

    def test_the_number_1_and_the_text_1_are_two_values(self) -> None:
        problems = found_in("playbook: x\nfacts: {a: {type: choice, choices: [1, '1']}}")
        assert [problem.code for problem in problems] == ["wrong-type"]

    @pytest.mark.parametrize(
        ("text", "found"), [("[1]", "a list"), ("x", "the text `x`"), ("3", "the number `3`")]
    )
    def test_a_file_that_is_no_map_is_told_so(self, text: str, found: str) -> None:
        assert the_problem(text).message == f"a playbook is a map of keys, not {found}"

    def test_what_is_wrong_deep_in_a_condition_is_found_there(self) -> None:
        deep = "{not: " * 44 + "{a: [{}]}" + "}" * 44
        (problem,) = found_in(f"playbook: x\nsignals: {{a: {{when: {deep}}}}}")
        assert problem.code == "wrong-type"
        assert problem.span.column == len("signals: {a: {when: ") + 44 * 6 + 6


class TestTestFiles:
    @pytest.mark.parametrize(
        ("text", "code", "message"),
        [
            ("cases: {}", "empty", "`cases` is empty"),
            ("cases: {a: {}}", "missing-key", "`a` has no `expect`"),
            ("cases: {a: {expect: {}}}", "empty", "`expect` is empty"),
            ("cases: {a: {expected: {}}}", "unknown-key", "unknown key `expected` in a case"),
            (
                "cases: {a: {expect: {stat: dark}}}",
                "unknown-key",
                "unknown key `stat` in a map of expectations",
            ),
            (
                "cases: {a: {expect: {state: drak}}}",
                "not-allowed-value",
                "`drak` is not a valid value of `state`",
            ),
            (
                "cases: {a: {expect: {causes: {b: {atleast: 1}}}}}",
                "unknown-key",
                "unknown key `atleast` in a confidence",
            ),
            (
                "cases: {a: {expect: {signals: {b: yes}}}}",
                "boolean-as-word",
                "`b` must be true or false, not the word `yes`",
            ),
            (
                "cases: {A proposal: {expect: {state: dark}}}",
                "bad-id",
                "`A proposal` is not a valid id",
            ),
        ],
    )
    def test_expect_something_of_a_known_sort(self, text: str, code: str, message: str) -> None:
        problem = the_problem("playbook: x\n" + text, "test")
        assert (problem.code, problem.message) == (code, message)

    def test_a_file_without_cases_is_no_test(self) -> None:
        problem = the_problem("playbook: x", "test")
        assert (problem.code, problem.message) == ("missing-key", "this test file has no `cases`")

    @pytest.mark.parametrize(
        ("at", "help"),
        [
            ("2 days", "did you mean `2 days ago`?"),
            ("2 dyas ago", "did you mean `2 days ago`?"),
            ("yesterday", "for example `2 business days ago`"),
        ],
    )
    def test_rows_are_dated_by_an_instant_or_by_how_long_ago(self, at: str, help: str) -> None:
        row = f"{{at: {at}, direction: inbound}}"
        text = f"playbook: x\ncases: {{a: {{touches: [{row}], expect: {{state: dark}}}}}}"
        problem = the_problem(text, "test")
        assert (problem.code, problem.help) == ("bad-format", help)


class TestBooks:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("touches: []", "this book has no `prospects`"),
            ("prospects: [{name: x}]", "an entry of `prospects` has no `id`"),
            (
                "prospects: []\ntouches: [{at: 2026-03-01, direction: inbound}]",
                "an entry of `touches` has no `prospect_id`",
            ),
            ("prospects: []\ndeals: []", "unknown key `deals` in a book"),
        ],
    )
    def test_rows_say_whose_they_are(self, text: str, message: str) -> None:
        assert the_problem(text, "book").message == message


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("off"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["when", "any"]), inner, max_size=3)
    ),
    max_leaves=6,
)


class TestAnyData:
    @given(st.data(), values, st.sampled_from(GOOD))
    def test_whatever_stands_in_a_file_is_told_in_words(
        self, data: st.DataObject, value: Any, good: tuple[DocumentKind, str]
    ) -> None:
        kind, text = good
        document = document_of(text)
        paths = sorted(document.spans, key=str)
        path = data.draw(st.sampled_from(paths))
        changed = json.loads(json.dumps(document.data))
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        if path:
            holder[path[-1]] = value
        else:
            changed = value
        broken = Document(document.name, changed, document.spans, document.key_spans)
        for problem in problems_in(broken, kind):
            assert problem.message.isprintable()
            assert not problem.message[0].isupper()
            told = problem.message.split("`")[0::2]
            assert not any(word in " ".join(told) for word in ("object", "array", "schema", "None"))

    @pytest.mark.slow
    def test_a_file_with_a_hundred_thousand_problems_tells_the_first(self) -> None:
        text = "playbook: x\n" + "".join(f"k{number}: 1\n" for number in range(50_000))
        problems = found_in(text)
        assert [problem.code for problem in problems if problem.span.line == 1] == [
            "too-many-problems"
        ]
        assert len(problems) == 101
        assert problems[1].span.line == 2

"""`relight next`: whom to turn to, in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

from cli import STATES
from engine.advice.advisor import Advisor, Evaluation
from engine.book.book import Book, open_book
from engine.book.prospect import Prospect
from engine.language.load import load
from engine.language.package_data import shipped
from engine.reports.recommendations.next_page import WorkList, next_text
from engine.reports.terminal.style import Style
from engine.semantics.prospect_filter import ProspectFilter
from tests.support.compared_evaluators import EVALUATORS
from tests.support.machine_zone import machine_in
from tests.support.small_playbook import (
    NOW,
    PLAYBOOK,
    PROSPECTS,
    TOUCHES,
    asked,
    relight,
    small_folder,
    write,
)

BAD_ROW = "acme,yesterday,outbound,email\n"
SCHEMA = json.loads(shipped("schemas", "recommendation.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    Draft202012Validator(SCHEMA).validate(found)
    return found


def ids(result: Result) -> list[str]:
    return [one["id"] for one in answer(result)["prospects"]]


def test_the_whole_answer_for_one_prospect_is_the_contract_s() -> None:
    found = answer(asked("next", "-f", "json"))
    assert list(found) == ["version", "as_of", "playbook", "prospects", "problems"]
    assert (found["version"], found["as_of"], found["playbook"]) == (1, NOW, "small")
    assert found["problems"] == []
    assert json.dumps(found["prospects"][0]) == json.dumps(
        {
            "id": "acme",
            "name": "Acme Inc",
            "owner": "ana",
            "stage": "proposal",
            "state": "dark",
            "silent_since": "2026-03-02T15:00:00Z",
            "silence": {"hours": 48.0, "business_hours": 16.0},
            "goes_dark_at": None,
            "dark": [
                {
                    "id": "after_proposal",
                    "because": "A proposal is read within a day",
                    "source": "letter",
                }
            ],
            "signals": [],
            "causes": [
                {
                    "id": "busy",
                    "title": "Too busy",
                    "outlook": "recoverable",
                    "confidence": 0.5,
                    "evidence": [{"id": "short", "weight": 0.5, "because": "It has been days"}],
                }
            ],
            "cause_known": True,
            "next_steps": [
                {
                    "action": "call",
                    "title": "Call them",
                    "kind": "outreach",
                    "channel": "phone",
                    "value": 0.4,
                    "due_at": "2026-03-09T13:00:00Z",
                    "cause": None,
                    "because": None,
                    "source": None,
                },
                {
                    "action": "write",
                    "title": "Write to them",
                    "kind": "outreach",
                    "channel": "email",
                    "value": 0.36,
                    "due_at": "2026-03-09T13:00:00Z",
                    "cause": "busy",
                    "because": "A short note helps",
                    "source": None,
                },
            ],
            "held_back": [],
            "facts": {
                "stage": "proposal",
                "amount": 5000.0,
                "opted_out": False,
                "pain_point": "late invoices",
                "big_deal": False,
                "emails": 1.0,
                "name": "Acme Inc",
                "owner": "ana",
                "timezone": "America/New_York",
                "closed": False,
                "last_outbound_at": "2026-03-02T15:00:00Z",
                "silent_since": "2026-03-02T15:00:00Z",
                "touches_unanswered": 1.0,
            },
        }
    )


def test_evidence_against_a_cause_says_so() -> None:
    (bolt,) = [
        one for one in answer(asked("next", "-f", "json"))["prospects"] if one["id"] == "bolt"
    ]
    assert bolt["causes"][0]["confidence"] == 0.4
    assert bolt["causes"][0]["evidence"][1] == {
        "id": "big",
        "against": 0.2,
        "because": "Nobody is too busy for that",
    }


def test_only_those_with_a_step_by_value_then_id() -> None:
    assert ids(asked("next", "-f", "json")) == ["acme", "bolt"]


def test_all_lists_those_without_a_step_last_by_id() -> None:
    assert ids(asked("next", "--all", "-f", "json")) == ["acme", "bolt", "cora", "dill", "ezra"]


def test_a_prospect_of_whom_nothing_is_known_has_nulls() -> None:
    ezra = answer(asked("next", "--all", "-f", "json"))["prospects"][-1]
    assert ezra["state"] == "untouched"
    for key in ("name", "owner", "stage", "silent_since", "silence", "goes_dark_at"):
        assert ezra[key] is None
    assert ezra["facts"] == {"emails": 0.0, "closed": False, "touches_unanswered": 0.0}
    assert [signal["id"] for signal in ezra["signals"]] == ["no_amount"]


def test_what_guards_hold_back_is_named() -> None:
    cora = answer(asked("next", "--all", "-f", "json"))["prospects"][2]
    assert cora["next_steps"] == []
    assert cora["held_back"] == [
        {"action": "call", "guards": ["left_alone"]},
        {"action": "write", "guards": ["left_alone"]},
    ]


ENGINES = list(EVALUATORS)
Asked = Sequence[tuple[Prospect, int]]
EXAMPLES = Path(__file__).parents[2] / "examples" / "book"
SHIPPED = ["-p", "gone-dark", "-b", str(EXAMPLES)]


@pytest.mark.parametrize(
    ("arguments", "format"),
    [
        ([], "text"),
        pytest.param([], "json", marks=pytest.mark.slow),
        pytest.param([], "csv", marks=pytest.mark.slow),
        pytest.param(SHIPPED, "json", marks=pytest.mark.slow),
        pytest.param(SHIPPED, "text", marks=pytest.mark.slow),
    ],
)
def test_every_evaluator_gives_the_same_answer_to_the_letter(
    arguments: list[str], format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    asking = ("next", "--all", "-f", format, *arguments)
    results = {name: asked(*asking, "--engine", name) for name in ENGINES}
    answers = {name: (one.exit_code, one.stdout_bytes) for name, one in results.items()}
    assert answers["meaning"][0] == 0
    assert len(answers["meaning"][1].splitlines()) >= 5
    assert answers == dict.fromkeys(ENGINES, answers["meaning"])


def test_the_evaluator_that_is_asked_for_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    monkeypatch.setattr(Advisor, "evaluate_all", _noting(used))
    for name in ENGINES:
        asked("next", "--engine", name)
    assert list(dict.fromkeys(used)) == ENGINES


def _noting(used: list[str]) -> Callable[[Advisor, Asked], list[Evaluation]]:
    evaluate_all = Advisor.evaluate_all

    def noting(advisor: Advisor, prospects: Asked) -> list[Evaluation]:
        used.append(advisor.engine)
        return evaluate_all(advisor, prospects)

    return noting


@pytest.mark.parametrize(
    ("arguments", "owner", "state"),
    [([], "ANA", "untouched"), pytest.param(SHIPPED, "EMIL", "waiting", marks=pytest.mark.slow)],
)
@pytest.mark.slow
def test_a_large_book_is_ranked_by_sql_and_the_answer_is_the_same(
    arguments: list[str], owner: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Book, "large", True)
    for options in (
        (),
        ("--limit", "3", "-f", "json"),
        ("--owner", owner, "--all"),
        ("--state", state, "--all"),
        ("--due-by", "2026-03-09T10:00:00Z"),
    ):
        ranked = asked("next", *arguments, *options)
        one_by_one = asked("next", *arguments, *options, "--engine", "compiled")
        assert ranked.exit_code == one_by_one.exit_code == 0
        assert (ranked.stdout, ranked.stderr) == (one_by_one.stdout, one_by_one.stderr)
        assert one_by_one.stdout
    ranked = asked("next", *arguments, "--owner", "nobody")
    one_by_one = asked("next", *arguments, "--owner", "nobody", "--engine", "compiled")
    assert (ranked.exit_code, ranked.stdout) == (2, "")
    assert ranked.stderr == one_by_one.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--owner", "ben"], ["bolt"]),
        (["--owner", "BEN", "--owner", "ana"], ["acme", "bolt"]),
        (["--owner", " Ana "], ["acme"]),
        (["--owner", "ben", "--due-by", "2026-03-01"], []),
        (["--owner", "ana", "--all"], ["acme", "cora"]),
        (["--state", "dark"], ["acme", "bolt"]),
        (["--state", "our_turn", "--state", "untouched", "--all"], ["dill", "ezra"]),
        (["--state", "Our turn", "--all"], ["dill"]),
        (["--state", "our-turn", "--all"], ["dill"]),
        # bolt is due Monday 09:00 UTC, acme Monday 09:00 in New York, four hours later.
        (["--due-by", "2026-03-09T09:00:00Z"], ["bolt"]),
        (["--due-by", "2026-03-09T08:59:59Z"], []),
        (["--due-by", "2026-03-10"], ["acme", "bolt"]),
        (["--limit", "1"], ["acme"]),
        (["--limit", "0"], ["acme", "bolt"]),
    ],
)
def test_the_list_can_be_narrowed(options: list[str], expected: list[str]) -> None:
    assert ids(asked("next", *options, "-f", "json")) == expected


@pytest.mark.parametrize("engine", ["compiled", pytest.param("columnar", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("owners", "message"),
    [
        (["anna"], "no prospect in `book` has the owner `anna`: did you mean `ana`?"),
        (["ana", "BENN"], "no prospect in `book` has the owner `BENN`: did you mean `ben`?"),
        (["zoe"], "no prospect in `book` has the owner `zoe`: the owners are `ana`, `ben`"),
        ([""], "no prospect in `book` has the owner ``: the owners are `ana`, `ben`"),
    ],
)
def test_an_owner_whom_nobody_has_is_wrong_usage(
    owners: list[str], message: str, engine: str
) -> None:
    options = [word for owner in owners for word in ("--owner", owner)]
    for format in ("text", "json", "csv"):
        result = asked("next", *options, "-f", format, "--engine", engine)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"error: {message}\n"


def test_at_most_ten_owners_are_named_each_once(tmp_path: Path) -> None:
    owners = ["Rep 01", "rep 01", *(f"rep {number:02}" for number in range(2, 13))]
    lines = [f"p{at},{owner}" for at, owner in enumerate(owners)]
    write(tmp_path, book__prospects_DOT_csv="\n".join(["id,owner", *lines]) + "\n",
          book__touches_DOT_csv=TOUCHES.splitlines()[0] + "\n")  # fmt: skip
    named = ", ".join(["`Rep 01`", *(f"`rep {number:02}`" for number in range(2, 11))])
    assert asked("next", "--owner", "xavier", "--lenient").stderr == (
        f"error: no prospect in `book` has the owner `xavier`: the owners are {named} and 2 more\n"
    )


@pytest.mark.parametrize("engine", ["compiled", pytest.param("columnar", marks=pytest.mark.slow)])
def test_an_owner_of_prospects_to_come_is_known(tmp_path: Path, engine: str) -> None:
    header, *lines = PROSPECTS.splitlines()
    later = ["fern,Fern,fay,UTC,demo,,,,2026-04-01T00:00:00Z"]
    text = "\n".join([f"{header},created_at", *(f"{line}," for line in lines), *later])
    write(tmp_path, book__prospects_DOT_csv=f"{text}\n")
    result = asked("next", "--owner", "fay", "--engine", engine)
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_book_without_owners_says_so(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv="id,name\nacme,Acme\n",
          book__touches_DOT_csv=TOUCHES.splitlines()[0] + "\n")  # fmt: skip
    result = asked("next", "--owner", "ana", "--lenient")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: no prospect in `book` has an owner: leave out --owner\n"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("drak", "no state `drak`: did you mean `dark`?"),
        ("our trun", "no state `our trun`: did you mean `our_turn`?"),
        ("won", f"no state `won`: the states are {', '.join(f'`{one}`' for one in STATES)}"),
    ],
)
def test_a_state_that_does_not_exist_is_wrong_usage(state: str, message: str) -> None:
    result = asked("next", "--state", state)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {message}\n"


def test_text_has_a_line_a_prospect_and_counts_beside_it() -> None:
    result = asked("next")
    assert result.stdout.splitlines() == [
        "prospect  name      amount  state     next step  due there",
        "acme      Acme Inc   5,000  dark 2 d  Call them  Mon 9 Mar 09:00 EDT",
        "bolt      Bolt Ltd  20,000  dark 2 d  Call them  Mon 9 Mar 09:00 UTC",
    ]
    assert result.stderr == "2 prospects that have a next step; 5 in the book\n"


def test_due_times_may_be_those_of_the_rep_s_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday 09:00 in New York is 13:00 in UTC, as the clocks there changed the day before."""
    assert asked("next", "--clock", "theirs").stdout == asked("next").stdout
    with machine_in("Europe/Amsterdam", monkeypatch):
        assert asked("next", "--clock", "mine").stdout.splitlines() == [
            "prospect  name      amount  state     next step  due here (CET)",
            "acme      Acme Inc   5,000  dark 2 d  Call them  Mon 9 Mar 14:00",
            "bolt      Bolt Ltd  20,000  dark 2 d  Call them  Mon 9 Mar 10:00",
        ]
        for format in ("json", "csv"):
            mine = asked("next", "-f", format, "--clock", "mine")
            assert mine.stdout == asked("next", "-f", format).stdout


def test_one_zone_is_named_in_the_heading() -> None:
    assert asked("next", "--owner", "ana").stdout.splitlines() == [
        "prospect  name      amount  state     next step  due there (EDT)",
        "acme      Acme Inc   5,000  dark 2 d  Call them  Mon 9 Mar 09:00",
    ]


WIDE = """\
id,name,account,timezone,stage,amount
acme,Rosalind Achterberg,Achterberg and Daughters,UTC,proposal,1250000
"""


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            80,
            [
                "prospect  name       account        amount  state     next step  due there (UTC)",
                "acme      Rosalind…  Achterber…  1,250,000  dark 2 d  Call them  Mon 9 Mar 09:00",
            ],
        ),
        (
            60,
            [
                "prospect  name          state     next step  due there (UTC)",
                "acme      Rosalind Ac…  dark 2 d  Call them  Mon 9 Mar 09:00",
            ],
        ),
    ],
)
def test_a_narrow_terminal_keeps_the_step(
    width: int, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    write(tmp_path, book__prospects_DOT_csv=WIDE,
          book__touches_DOT_csv="\n".join(TOUCHES.splitlines()[:2]) + "\n")  # fmt: skip
    assert asked("next").stdout.splitlines() == lines


def test_a_firm_is_not_named_twice(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv="id,name,account,stage\nacme,Acme,Acme,proposal\n")
    assert asked("next", "--lenient").stdout.startswith("prospect  name  state")


def test_the_confidence_of_a_cause_is_rounded_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """acme's is 0.998: that is not 100 %."""
    monkeypatch.setenv("COLUMNS", "140")
    playbook = (tmp_path / "relight.yaml").read_text()
    for text, shown in (("weight: 0.998", "99%"), ("weight: 0.29", "29%")):
        changed = playbook.replace("weight: 0.5", text).replace("score: 0.4", "score: 0.1")
        write(tmp_path, relight_DOT_yaml=changed)
        assert f"Too busy ({shown})" in asked("next").stdout


def test_no_prospect_to_turn_to_is_said() -> None:
    result = asked("next", "--state", "waiting")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no prospects that match; 5 in the book\n"


def test_an_empty_book_is_said(tmp_path: Path) -> None:
    write(
        tmp_path,
        book__prospects_DOT_csv="id,name\n",
        book__touches_DOT_csv="prospect_id,at,direction,channel\n",
    )
    result = asked("next")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "the book has no prospects\n"


def test_text_shows_twenty_and_json_all(tmp_path: Path) -> None:
    many = [f"q{number:02},,,UTC,proposal,1,no," for number in range(30)]
    touches = [f"q{number:02},2026-03-02T15:00:00Z,outbound,email" for number in range(30)]
    write(
        tmp_path,
        book__prospects_DOT_csv="\n".join([PROSPECTS.splitlines()[0], *many]) + "\n",
        book__touches_DOT_csv="\n".join(["prospect_id,at,direction,channel", *touches]) + "\n",
    )
    result = asked("next")
    assert len(result.stdout.splitlines()) == 21
    assert result.stderr == "20 of 30 prospects that have a next step; 30 in the book\n"
    assert len(asked("next", "--all").stdout.splitlines()) == 31
    assert len(asked("next", "--limit", "0").stdout.splitlines()) == 31
    assert len(ids(asked("next", "-f", "json"))) == 30


def test_problems_of_the_book_are_told_and_in_the_answer(tmp_path: Path) -> None:
    touches = tmp_path / "book" / "touches.csv"
    touches.write_text(TOUCHES.splitlines()[0] + "\nacme,2026-03-02,outbound,email\n" + BAD_ROW)
    (problem,) = answer(asked("next", "-f", "json"))["problems"]
    assert list(problem) == ["file", "row", "column", "severity", "code", "message", "help"]
    assert (problem["file"], problem["row"], problem["column"]) == ("touches.csv", 3, "at")
    assert asked("next").stderr.splitlines()[1:] == [
        (
            "touches.csv:3 column `at`: error[not-an-instant]: `yesterday` is not an instant; "
            "the row is skipped"
        ),
        "  help: write it as `2026-03-05T15:00:00Z`, or just a date: `2026-03-05`",
        "1 problem in the book: add -v to see the rows",
        "book: 1 of 7 rows left out, 1 prospect unclear, as a touch cannot be read",
    ]
    assert "touches.csv:3 column `at`: error[" in asked("next", "-v").stderr


def test_strict_stops_at_a_problem_of_the_book(tmp_path: Path) -> None:
    write(tmp_path, book__touches_DOT_csv=TOUCHES + BAD_ROW)
    result = asked("next", "--strict")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "touches.csv" in result.stderr


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_csv_has_a_row_a_step() -> None:
    found = rows(asked("next", "-f", "csv"))
    assert [(row["prospect"], row["rank"], row["action"]) for row in found] == [
        ("acme", "1", "call"),
        ("acme", "2", "write"),
        ("bolt", "1", "call"),
        ("bolt", "2", "write"),
        ("bolt", "3", "review"),
    ]
    assert found[1] == {
        "prospect": "acme",
        "name": "Acme Inc",
        "owner": "ana",
        "stage": "proposal",
        "state": "dark",
        "silent_since": "2026-03-02T15:00:00Z",
        "silent_hours": "48.0",
        "silent_business_hours": "16.0",
        "rank": "2",
        "action": "write",
        "title": "Write to them",
        "kind": "outreach",
        "channel": "email",
        "value": "0.36",
        "due_at": "2026-03-09T13:00:00Z",
        "cause": "busy",
        "because": "A short note helps",
        "source": "",
        "playbook": "small",
        "as_of": NOW,
        "amount": "5000.0",
    }


FIXED = (
    "prospect,name,owner,stage,state,silent_since,silent_hours,silent_business_hours,rank,action,"
    "title,kind,channel,value,due_at,cause,because,source,playbook,as_of"
)


def test_csv_ends_with_the_facts_that_the_book_has(tmp_path: Path) -> None:
    header, *lines = PROSPECTS.splitlines()
    accounts = ["Bolt Group", "=Acme", "", "", ""]
    text = [f"{header},account", *(f"{a},{b}" for a, b in zip(lines, accounts, strict=True))]
    write(tmp_path, book__prospects_DOT_csv="\n".join(text) + "\n")
    result = asked("next", "-f", "csv", "--all")
    assert result.stdout.splitlines()[0] == f"{FIXED},account,amount"
    found = {row["prospect"]: (row["account"], row["amount"]) for row in rows(result)}
    assert found["acme"] == ("'=Acme", "5000.0")
    assert found["ezra"] == ("", "")
    # The header does not depend on the rows that are shown.
    empty = asked("next", "-f", "csv", "--state", "waiting")
    assert empty.stdout == f"{FIXED},account,amount\n"


DEALS = """\
id,name,account,stage,amount,owner
a-1,Ann,Acme,proposal,100,ana
b-2,Bob,acme,proposal,20000,ben
c-3,Cem,ACME,proposal,100,ana
d-4,Dan,,proposal,100,ben
e-5,Eve,,proposal,100,ana
f-6,Fay,Bolt,demo,100,ana
"""


def deals(folder: Path) -> None:
    touches = [f"{id},2026-03-02T15:00:00Z,outbound,email" for id in
               ("a-1", "b-2", "c-3", "d-4", "e-5")]  # fmt: skip
    header = TOUCHES.splitlines()[0]
    write(folder, book__prospects_DOT_csv=DEALS,
          book__touches_DOT_csv="\n".join([header, *touches]) + "\n")  # fmt: skip


ONE_EACH = pytest.mark.parametrize(
    "engine", ["compiled", pytest.param("columnar", marks=pytest.mark.slow)]
)


@ONE_EACH
def test_deals_of_one_account_have_one_line(tmp_path: Path, engine: str) -> None:
    deals(tmp_path)
    result = asked("next", "--by", "account", "--engine", engine)
    assert [line.split()[:3] for line in result.stdout.splitlines()] == [
        ["prospect", "account", "more"],
        ["a-1", "Acme", "+2"],
        ["d-4", "Dan", "100"],
        ["e-5", "Eve", "100"],
    ]
    assert result.stderr == "3 accounts: 5 prospects that have a next step; 6 in the book\n"
    first = asked("next", "--by", "account", "--limit", "1", "--engine", engine)
    assert len(first.stdout.splitlines()) == 2
    assert first.stderr == "1 of 3 accounts: 5 prospects that have a next step; 6 in the book\n"


@ONE_EACH
def test_only_deals_that_are_asked_for_count_as_more(tmp_path: Path, engine: str) -> None:
    deals(tmp_path)
    options = ("--by", "account", "--owner", "ana", "--engine", engine)
    found = answer(asked("next", *options, "-f", "json"))["prospects"]
    assert [(one["id"], one["more_of_account"]) for one in found] == [("a-1", 1), ("e-5", 0)]
    assert list(found[0])[-1] == "more_of_account"
    everybody = answer(asked("next", *options, "--all", "-f", "json"))["prospects"]
    assert [one["id"] for one in everybody] == ["a-1", "e-5", "f-6"]


@ONE_EACH
def test_csv_of_accounts_says_how_many_more(tmp_path: Path, engine: str) -> None:
    deals(tmp_path)
    result = asked("next", "--by", "account", "-f", "csv", "--engine", engine)
    assert result.stdout.splitlines()[0] == f"{FIXED},account,amount,more_of_account"
    found = [(row["prospect"], row["rank"], row["more_of_account"]) for row in rows(result)]
    assert found[:3] == [("a-1", "1", "2"), ("a-1", "2", "2"), ("d-4", "1", "0")]


def test_without_accounts_every_prospect_has_its_line() -> None:
    assert ids(asked("next", "--by", "account", "-f", "json")) == ["acme", "bolt"]
    assert asked("next", "--by", "account").stdout == asked("next").stdout
    plain = answer(asked("next", "-f", "json"))["prospects"]
    assert "more_of_account" not in plain[0]


CONTACT = """\
id,stage,Phone,E-Mail,CRM URL
acme,proposal,+1 555 0100,grace@acme.example,https://crm.example/d/1
bolt,proposal,,,javascript:alert(1)
"""
OSC = "\x1b]8;;"


def test_csv_says_how_to_reach_them(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=CONTACT)
    result = asked("next", "-f", "csv", "--lenient")
    assert result.stdout.splitlines()[0] == f"{FIXED},crm_url,email,phone"
    acme = rows(result)[0]
    assert (acme["crm_url"], acme["email"]) == ("https://crm.example/d/1", "grace@acme.example")
    assert acme["phone"] == "'+1 555 0100", "a spreadsheet would compute it"


def test_a_playbook_s_own_fact_of_that_name_is_its_own(tmp_path: Path) -> None:
    own = PLAYBOOK.replace("facts:\n", "facts:\n  email: {type: boolean}\n", 1)
    header, acme = "id,stage,email\n", "acme,proposal,yes\n"
    write(tmp_path, relight_DOT_yaml=own, book__prospects_DOT_csv=header + acme)
    assert rows(asked("next", "-f", "csv", "--lenient"))[0]["email"] == "true"
    assert "email:" not in asked("why", "acme", "--lenient").stdout
    assert (
        answer(asked("next", "-f", "json", "--lenient"))["prospects"][0]["facts"]["email"] is True
    )


def test_a_pipe_and_a_file_get_no_links(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=CONTACT)
    for command in (("next",), ("why", "acme")):
        for options in ((), ("--color",), ("--color", "-o", "out.txt")):
            assert "\x1b]" not in asked(*command, "--lenient", *options).stdout
    assert "\x1b]" not in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_a_terminal_links_the_prospect_to_its_record(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=CONTACT)
    playbook = load(tmp_path / "relight.yaml").playbook
    assert playbook is not None
    book = open_book(tmp_path / "book", playbook)
    shown = list(Advisor(playbook).recommend_all(book.prospects(), 1772636400))
    found = WorkList(playbook, 1772636400, ProspectFilter(), shown, 2, 2, ())
    text = next_text(found, Style(terminal=True, color=True), False)
    assert f"{OSC}https://crm.example/d/1\x1b\\" in text
    assert text.count("\x1b]8") == 2, "one link, opened and closed"
    assert "javascript" not in text
    for style in (Style(terminal=True), Style(color=True), Style()):
        assert "\x1b]" not in next_text(found, style, False)


def test_csv_of_a_book_with_no_more_facts_has_the_fixed_columns_alone(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv="id,stage\nacme,proposal\n")
    assert asked("next", "-f", "csv", "--lenient").stdout.splitlines()[0] == FIXED


def test_a_book_in_one_file_has_the_facts_that_anybody_has(tmp_path: Path) -> None:
    write(
        tmp_path,
        book_DOT_yaml="prospects: [{id: acme, stage: proposal, account: Acme}]\n"
        "touches: [{prospect_id: acme, at: 2026-03-02T15:00:00Z, direction: outbound,"
        " channel: email}]\n",
    )
    found = rows(asked("next", "-f", "csv", "-b", "book.yaml"))
    assert list(found[0])[-1] == "account"
    assert found[0]["account"] == "Acme"


def test_csv_of_all_has_a_row_for_those_without_a_step() -> None:
    ezra = rows(asked("next", "-f", "csv", "--all"))[-1]
    assert (ezra["prospect"], ezra["state"], ezra["action"]) == ("ezra", "untouched", "")
    assert (ezra["playbook"], ezra["as_of"]) == ("small", NOW)


def test_text_from_data_can_neither_paint_the_terminal_nor_run_in_a_spreadsheet(
    tmp_path: Path,
) -> None:
    evil = 'id,name,timezone,stage\nevil,"=HYPERLINK(""x"")\x1b[31m\u202e",UTC,proposal\n'
    touches = "prospect_id,at,direction,channel\nevil,2026-03-02T15:00:00Z,outbound,email\n"
    write(tmp_path, book__prospects_DOT_csv=evil, book__touches_DOT_csv=touches)
    for format in ("text", "json", "csv"):
        shown = asked("next", "-f", format).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert rows(asked("next", "-f", "csv"))[0]["name"].startswith("'=HYPERLINK")
    assert answer(asked("next", "-f", "json"))["prospects"][0]["name"].endswith("\x1b[31m\u202e")


def test_an_instant_that_is_none_is_wrong_usage() -> None:
    for option in ("--as-of", "--due-by"):
        for text in ("soon", ""):
            result = relight("next", option, text)
            assert (result.exit_code, result.stdout) == (2, "")
            assert result.stderr == (
                f"error: `{text}` is not an instant: "
                "write it like 2026-03-04T15:00:00Z, 2026-03-04, today, tomorrow or in 2 days\n"
            )


def test_a_date_means_midnight_in_the_calendar_s_zone(tmp_path: Path) -> None:
    zoned = (tmp_path / "relight.yaml").read_text() + "calendar: {timezone: America/New_York}\n"
    write(tmp_path, relight_DOT_yaml=zoned)
    assert answer(relight("next", "-f", "json", "--as-of", "2026-03-04"))["as_of"] == (
        "2026-03-04T05:00:00Z"
    )


def test_a_result_goes_to_a_file_whole(tmp_path: Path) -> None:
    result = asked("next", "-f", "csv", "-o", "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == asked("next", "-f", "csv").stdout
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    assert asked("next", "-o", "nowhere/out.csv").exit_code == 2


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_instant_there_is_are_answered(instant: str) -> None:
    for options in (["next", "--all"], ["why", "acme"]):
        assert asked(*options, "--as-of", instant).exit_code == 0


def test_the_reason_stands_below_every_line_at_eighty_columns_where_more_is_asked_for() -> None:
    plain, told = asked("next").stdout.splitlines(), asked("next", "-v").stdout.splitlines()
    assert [line for line in told if not line.startswith("    ")] == [
        line.partition("  why")[0].rstrip() for line in plain
    ]
    below = [line.strip() for line in told if line.startswith("    ")]
    assert "A proposal is read within a day" in below
    assert all(len(line) <= 80 for line in told)
    for format in ("json", "csv"):
        assert asked("next", "-v", "-f", format).stdout == asked("next", "-f", format).stdout


def test_a_cause_may_be_answered_without_any_evidence(tmp_path: Path) -> None:
    write(
        tmp_path,
        zero_DOT_yaml="""\
playbook: zero
diagnosis: {at_least: 0}
dark:
  quiet: {silent_for: 1 day}
causes:
  busy: {evidence: {said: {when: {said_busy: true}, weight: 0.5}}}
facts:
  said_busy: {type: boolean}
actions:
  ask: {title: Ask, kind: outreach, channel: email, when: {dark: true}, for: {busy: 0.9}}
""",
    )
    for arguments in ((), ("-v",), ("--all",)):
        found = asked("next", "-p", "zero.yaml", *arguments)
        assert found.exit_code == 0, found.output

"""`relight why` and `relight draft`: one prospect, the reasons, and the message."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from engine.advice.advisor import Advisor
from engine.book.book import open_book
from engine.language.load import load
from engine.reports.recommendations.why_page import WhyReport, why_text
from engine.reports.terminal.style import Style
from tests.commands.test_next import SCHEMA
from tests.support.small_playbook import PLAYBOOK, asked, small_folder, write

PROSPECT = SCHEMA
OF_WHY = ["last_message", "account_replies", "unreadable", "judged_with_today"]
PASSED_OVER = "skipped, no message template: `call` (Call them)\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))


def test_a_dark_prospect_is_accounted_for() -> None:
    result = asked("why", "acme")
    assert result.exit_code == 0
    assert result.stdout == (
        "acme  Acme Inc\n"
        "  state: dark · owner: ana · stage: proposal\n"
        "  as of Wed 4 Mar 2026 10:00, America/New_York\n"
        "  silent since Mon 2 Mar 2026 10:00: 2 days, 2 business days\n"
        "  last message: Mon 2 Mar 2026 10:00 · we spoke · email\n"
        "\n"
        "Dark because\n"
        "  - A proposal is read within a day  after_proposal\n"
        "    source: A letter on silence\n"
        "    ✓ silent for 2 business days since Mon 2 Mar 2026 10:00; allowed: 1 business\n"
        "      day\n"
        "    ✓ stage is proposal\n"
        "\n"
        "Causes\n"
        "  - 50%  Too busy (recoverable)  busy\n"
        "    +0.50 It has been days\n"
        "          ✓ silent_since is 2 days ago\n"
        "\n"
        "Next steps\n"
        "  1. Call them  call\n"
        "     phone · value 0.40 · due Mon 9 Mar 09:00\n"
        "     ✓ dark is true\n"
        "  2. Write to them  write\n"
        "     email · value 0.36 · due Mon 9 Mar 09:00 · for Too busy\n"
        "     A short note helps\n"
        "     ✓ dark is true\n"
    )


def test_the_region_whose_calendar_counts_is_named(tmp_path: Path) -> None:
    region = (
        "calendar: {regions: {new_york: {for: {timezone: America/New_York}, holidays: [US]}}}\n"
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + region)
    assert "00, America/New_York (calendar of new york)\n" in asked("why", "acme").stdout
    assert ":00, UTC\n" in asked("why", "bolt").stdout


def test_the_page_ends_with_what_to_find_out_next() -> None:
    text = PLAYBOOK.replace(
        "  renews_at: {type: time}\n",
        "  renews_at: {type: time}\n"
        "  rival: {type: choice, choices: [none, even, ahead], ask: Who else is in the race?}\n"
        "  seen: {type: boolean, description: They have seen it}\n",
    ).replace(
        "guards:\n",
        "  race: {title: Run the race, kind: internal, score: 0.8, when: {rival: [even, ahead]}}\n"
        "  tell: {title: Tell more, kind: internal, score: 0.1, when: {seen: true}}\n"
        "guards:\n",
    )
    write(Path(), relight_DOT_yaml=text)
    answer = asked("why", "acme").stdout
    assert answer.endswith(
        "\n"
        "Worth finding out next\n"
        "  - ask: “Who else is in the race?”  rival\n"
        "    would put “Run the race” first if even or ahead\n"
        "  - look up: They have seen it  seen\n"
        "    would add “Tell more” to the steps if true\n"
    )
    assert {asked("why", "acme", "--engine", engine).stdout for engine in ENGINES} == {answer}
    assert "rival" not in asked("why", "acme", "-f", "json").stdout


ENGINES = ("meaning", "compiled", "columnar")


def test_a_derived_fact_is_followed_to_what_it_stands_for() -> None:
    assert "✓ big_deal is true\n            ✓ amount is 20,000\n" in asked("why", "bolt").stdout


def test_what_an_unless_lets_pass_is_shown(tmp_path: Path) -> None:
    """Nobody knows where it hurts at bolt; at acme it is late invoices."""
    late = "{pain_point: late invoices}"
    both = "{dark: false, pain_point: late invoices}"
    actions = (
        f"  ask: {{title: Ask, kind: internal, when: {{dark: true, unless: {late}}}}}\n"
        f"  tell: {{title: Tell, kind: internal, when: {{unless: {both}}}}}\n"
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("guards:\n", f"{actions}guards:\n"))
    text = asked("why", "bolt").stdout
    assert "Ask  ask\n" in text
    assert "     ✓ dark is true\n     ✓ pain_point is unknown\n" in text
    assert "  ✓ pain_point is unknown; needed: not late invoices, or unknown\n" in (
        asked("why", "bolt", "--action", "ask").stdout
    )
    assert "  ✗ pain_point is late invoices; needed: not late invoices, or unknown\n" in (
        asked("why", "acme", "--action", "ask").stdout
    )
    assert (
        "  ✓ not this, or unknown:\n"
        "    ✗ all of these:\n"
        "      ✗ dark is true; needed: false\n"
        "      ? pain_point is unknown; needed: late invoices\n"
    ) in asked("why", "bolt", "--action", "tell").stdout


def test_what_is_held_back_names_the_guard_and_its_ground() -> None:
    text = asked("why", "cora").stdout
    assert "Next steps\n  none\n" in text
    assert (
        "  - Call them  call\n"
        "    by left_alone: They asked to be left alone\n"
        "      ✓ opted_out is true\n"
    ) in text


def test_one_who_waits_is_told_when_it_turns_dark(tmp_path: Path) -> None:
    touches = "prospect_id,at,direction,channel\nbolt,2026-03-04T14:00:00Z,outbound,email\n"
    write(tmp_path, book__touches_DOT_csv=touches)
    assert "  goes dark Thu 5 Mar 2026 14:00 if nothing changes\n" in asked("why", "bolt").stdout
    assert json.loads(asked("why", "bolt", "-f", "json").stdout)["goes_dark_at"] == (
        "2026-03-05T14:00:00Z"
    )


def test_an_unknown_cause_is_called_unknown(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + "diagnosis: {at_least: 0.45}\n")
    assert "Causes\n  unknown: no cause reaches 45%\n" in asked("why", "bolt").stdout


def test_a_confidence_just_below_the_level_does_not_read_as_if_it_reached_it(
    tmp_path: Path,
) -> None:
    """bolt's is 0.495 * (1 - 0.2) = 0.396, which is not 40 %."""
    almost = PLAYBOOK.replace("weight: 0.5", "weight: 0.495")
    write(tmp_path, relight_DOT_yaml=almost + "diagnosis: {at_least: 0.4}\n")
    assert "unknown: no cause reaches 40%\n  - 39%  Too busy" in asked("why", "bolt").stdout
    text = asked("why", "bolt", "--action", "write").stdout
    assert "For (one of these must reach 40%)\n  ✗ Too busy: 39%, fit 0.80" in text


def test_a_level_between_two_percents_is_told_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + "diagnosis: {at_least: 0.405}\n")
    assert "unknown: no cause reaches 40.5%\n  - 40%  Too busy" in asked("why", "bolt").stdout


def test_verbose_lists_every_known_fact() -> None:
    assert "Facts\n  stage: proposal\n  amount: 5,000\n" in asked("why", "acme", "-v").stdout


@pytest.mark.parametrize("id", ["acme", "bolt", "cora", "dill", "ezra"])
def test_json_is_one_prospect_of_the_schema_and_has_what_next_has(
    id: str,
) -> None:
    one = json.loads(asked("why", id, "-f", "json").stdout)
    Draft202012Validator(PROSPECT).validate(one)
    assert list(one)[-4:] == OF_WHY
    for key in OF_WHY:
        del one[key]
    everybody = json.loads(asked("next", "--all", "-f", "json").stdout)["prospects"]
    assert json.dumps(one) == json.dumps(next(other for other in everybody if other["id"] == id))


def test_an_action_that_is_no_step_tells_which_test_fails() -> None:
    text = asked("why", "acme", "--action", "review").stdout
    assert "  not a next step: its condition does not hold\n" in text
    assert (
        "  ✗ big_deal is false; needed: true\n    ✗ amount is 5,000; needed: at least 10,000\n"
        in text
    )


def test_an_unknown_value_is_neither_a_tick_nor_a_cross() -> None:
    text = asked("why", "ezra", "--action", "review").stdout
    assert "  not a next step: its condition is not certain\n" in text
    assert "  ? big_deal is unknown; needed: true\n" in text


def test_an_action_for_a_cause_shows_the_cause_and_its_evidence() -> None:
    text = asked("why", "bolt", "--action", "actions.write").stdout
    assert "  a next step: value 0.29, due Mon 9 Mar 09:00\n" in text
    assert "For (one of these must reach 25%)\n  ✓ Too busy: 40%, fit 0.80  busy\n" in text
    assert "    ✓ -0.20 Nobody is too busy for that\n" in text
    assert "left_alone lets it pass: They asked to be left alone (while:)\n" in text


def test_an_action_held_back_says_by_what() -> None:
    text = asked("why", "cora", "--action", "call").stdout
    assert "  held back by left_alone\n" in text
    assert "left_alone holds it back: They asked to be left alone (while:)\n" in text


def test_the_reasons_of_an_action_as_json() -> None:
    found = json.loads(asked("why", "cora", "--action", "call", "-f", "json").stdout)
    assert (found["recommended"], found["eligible"], found["value"]) == (False, True, 0.4)
    assert found["when"]["truth"] is True
    guard, standard = found["guards"]
    assert (standard["id"], standard["holds_back"]) == ("unclear_touches", False)
    assert (guard["id"], guard["holds_back"]) == ("left_alone", True)
    told, unreadable = guard["condition"]["parts"]
    assert (told["found"], told["needed"]) == ("opted_out is true", "true")
    assert unreadable["truth"] is False


def test_a_prospect_that_is_not_there_cannot_be_read() -> None:
    for command in ("why", "draft"):
        result = asked(command, "acne")
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr == "error: no prospect `acne` in `book`: did you mean `acme`?\n"


def test_a_prospect_lost_to_a_bad_row_is_told_of_with_the_row(tmp_path: Path) -> None:
    rows = (tmp_path / "book" / "prospects.csv").read_text()
    write(tmp_path, book__prospects_DOT_csv=rows + "zeno,Zeno, Inc,ana,UTC,demo,1,no,lost keys\n")
    for command in ("why", "draft"):
        result = asked(command, "zeno")
        assert (result.exit_code, result.stdout) == (3, "")
        first, *_, last = result.stderr.splitlines()
        assert first.startswith("prospects.csv:7")
        assert last == "error: no prospect `zeno` in `book`"
        quiet = asked(command, "zeno", "-q").stderr.splitlines()
        assert quiet == result.stderr.splitlines(), "problems are there even so"


def test_an_action_that_is_not_there_is_wrong_usage() -> None:
    for arguments in (("why", "acme", "--action", "cal"), ("draft", "acme", "cal")):
        result = asked(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "error: no action `cal` in this playbook: did you mean `call`?\n"


def test_no_line_is_wider_than_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("60", "80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        for arguments in (("acme",), ("bolt", "--action", "write"), ("cora", "-v")):
            lines = asked("why", *arguments).stdout.splitlines()
            assert max(map(len, lines)) <= int(columns)


def test_text_of_a_prospect_cannot_paint_the_terminal_nor_pass_for_markup(tmp_path: Path) -> None:
    evil = 'id,name,timezone,stage\nevil,"[bold]\x1b[31mx",UTC,proposal\n'
    touches = "prospect_id,at,direction,channel\nevil,2026-03-02T15:00:00Z,outbound,email\n"
    write(tmp_path, book__prospects_DOT_csv=evil, book__touches_DOT_csv=touches)
    text = asked("why", "evil").stdout
    assert r"evil  [bold]\x1b[31mx" in text
    assert "\x1b" not in text


def test_the_message_of_the_first_step_that_has_one() -> None:
    result = asked("draft", "acme")
    assert (result.exit_code, result.stderr) == (0, PASSED_OVER)
    assert result.stdout == (
        "Subject: About late invoices\n\nHi Acme Inc,\n\nthis is about late invoices.\n"
    )


def test_a_message_as_json() -> None:
    assert json.loads(asked("draft", "acme", "write", "-f", "json").stdout) == {
        "prospect": "acme",
        "action": "write",
        "channel": "email",
        "subject": "About late invoices",
        "body": "Hi Acme Inc,\n\nthis is about late invoices.",
        "by_hand": [],
    }


def test_a_message_that_lacks_a_fact_says_what_to_ask() -> None:
    result = asked("draft", "bolt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{PASSED_OVER}"
        "  pain_point: What costs you the most time?\n"
        "error: the message of `write` needs a fact that is unknown: `pain_point`\n"
    )


def test_an_action_without_a_template_has_no_message() -> None:
    result = asked("draft", "acme", "call")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: `call` has no message template\n"


def test_nobody_who_is_to_be_left_alone_is_written_to(tmp_path: Path) -> None:
    rows = (tmp_path / "book" / "prospects.csv").read_text()
    write(tmp_path, book__prospects_DOT_csv=rows.replace("100,yes,", "100,yes,lost keys"))
    result = asked("draft", "cora", "write")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: `write` is held back (left_alone: They asked to be left alone): "
        "add --anyway to write it\n"
    )
    assert "lost keys" in asked("draft", "cora", "write", "--anyway").stdout
    assert asked("draft", "cora").exit_code == 1


def test_a_message_that_is_no_next_step_is_written_with_a_remark(tmp_path: Path) -> None:
    rows = (tmp_path / "book" / "prospects.csv").read_text()
    write(tmp_path, book__prospects_DOT_csv=rows.replace("UTC,demo,,,", "UTC,demo,,,old files"))
    result = asked("draft", "dill", "write")
    assert result.exit_code == 0
    assert "old files" in result.stdout
    assert result.stderr == "`write` is not a next step for this prospect now\n"


def test_one_who_spoke_last_is_told_with_when_they_did(tmp_path: Path) -> None:
    touches = "prospect_id,at,direction,channel\n"
    touches += "acme,2026-03-02T15:00:00Z,outbound,email\nacme,2026-03-03T12:00:00Z,inbound,email\n"
    write(tmp_path, book__touches_DOT_csv=touches)
    lines = asked("why", "acme").stdout.splitlines()
    assert lines[1].startswith("  state: our turn")
    assert lines[3] == "  they last spoke Tue 3 Mar 2026 07:00: 1 day 3 hours ago"


def test_better_steps_without_a_message_are_named(tmp_path: Path) -> None:
    result = asked("draft", "acme")
    assert (result.exit_code, result.stderr) == (0, PASSED_OVER)
    assert asked("draft", "acme", "-f", "json").stderr == PASSED_OVER
    assert asked("draft", "acme", "-q").stderr == ""
    assert "passed over" not in asked("draft", "acme", "write").stderr
    # Less than `write`, the call is no better step.
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("score: 0.4", "score: 0.1"))
    assert asked("draft", "acme").stderr == ""


def test_of_many_better_steps_a_few_are_named(tmp_path: Path) -> None:
    calls = "".join(
        f"  c{at}: {{title: Call {at}, kind: outreach, channel: phone, when: {{dark: true}},"
        f" score: 0.8}}\n"
        for at in range(1, 8)
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("guards:\n", f"{calls}guards:\n"))
    named = ", ".join(f"`c{at}` (Call {at})" for at in range(1, 6))
    assert asked("draft", "acme").stderr == (f"skipped, no message template: {named}, 3 more\n")


def with_touches(folder: Path, *rows: str) -> None:
    header = "prospect_id,at,direction,channel,subject,automatic,outcome"
    write(folder, book__touches_DOT_csv="\n".join([header, *rows]) + "\n")


def test_the_last_message_says_who_spoke_how_and_about_what(tmp_path: Path) -> None:
    with_touches(
        tmp_path,
        "acme,2026-03-01T15:00:00Z,inbound,phone,,,",
        "acme,2026-03-02T15:00:00Z,outbound,email,Our proposal,,",
        "acme,2026-03-03T15:00:00Z,inbound,email,Away,yes,",
        "acme,2026-03-09T15:00:00Z,outbound,email,To come,,",
        "dill,2026-03-03,both,direct_mail,,,",
    )
    line = "  last message: Mon 2 Mar 2026 10:00 · we spoke · email · “Our proposal”\n"
    assert line in asked("why", "acme").stdout
    found = json.loads(asked("why", "acme", "-f", "json").stdout)
    Draft202012Validator(PROSPECT).validate(found)
    assert found["last_message"] == {
        "at": "2026-03-02T15:00:00Z",
        "by": "we",
        "channel": "email",
        "subject": "Our proposal",
    }
    # Of a date without a time, no time is shown.
    assert (
        "  last message: 3 March 2026 · both spoke · direct mail\n" in asked("why", "dill").stdout
    )
    ezra = asked("why", "ezra", "-f", "json")
    assert json.loads(ezra.stdout)["last_message"] is None
    assert "last message" not in asked("why", "ezra").stdout


def test_a_subject_can_neither_paint_the_terminal_nor_fill_it(tmp_path: Path) -> None:
    subject = "\x1b]8;;https://evil.example\x1b\\\u202e" + "x" * 1000
    with_touches(tmp_path, f"acme,2026-03-02T15:00:00Z,outbound,email,{subject},,")
    text = asked("why", "acme").stdout
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert r"\x1b]8;;https" in text
    assert text.count("x" * 40) < 4
    last = json.loads(asked("why", "acme", "-f", "json").stdout)["last_message"]
    assert last["subject"] == subject


DEALS = """\
id,name,account,stage
a-1,Ann,Acme,proposal
b-2,Bob,acme ,proposal
c-3,Cem,ACME,proposal
d-4,Dan,Bolt,proposal
e-5,Eve,,proposal
"""


def deals(folder: Path, *touches: str) -> None:
    write(folder, book__prospects_DOT_csv=DEALS)
    with_touches(folder, *(f"{each},,," for each in touches))


def also(id: str, *options: str) -> list[str]:
    lines = asked("why", id, *options).stdout.splitlines()
    return [line.strip() for line in lines if " also: " in line]


def test_a_reply_on_one_deal_is_shown_on_the_others_of_the_account(tmp_path: Path) -> None:
    deals(
        tmp_path,
        "a-1,2026-02-20T15:00:00Z,inbound,email",
        "a-1,2026-02-25T15:00:00Z,outbound,email",
        "b-2,2026-03-02T15:00:00Z,inbound,email",
        "d-4,2026-03-03T15:00:00Z,inbound,email",
        "e-5,2026-03-03T15:00:00Z,inbound,email",
    )
    assert also("a-1") == ["Acme also: deal `b-2` answered 2 days ago"]
    assert also("c-3") == [
        "ACME also: deal `b-2` answered 2 days ago, deal `a-1` answered 12 days ago"
    ]
    # Its own reply is newer, and nobody else is of the account.
    assert [also(id) for id in ("b-2", "d-4", "e-5")] == [[], [], []]
    found = json.loads(asked("why", "a-1", "-f", "json").stdout)
    Draft202012Validator(PROSPECT).validate(found)
    assert found["account_replies"] == [{"id": "b-2", "at": "2026-03-02T15:00:00Z"}]


def test_a_reply_to_come_and_one_of_a_machine_are_none(tmp_path: Path) -> None:
    deals(
        tmp_path,
        "b-2,2026-03-05T15:00:00Z,inbound,email",
        "c-3,2026-03-02T15:00:00Z,outbound,email",
    )
    assert also("a-1") == []
    with_touches(tmp_path, "b-2,2026-03-02T15:00:00Z,inbound,email,Away,yes,")
    assert also("a-1") == []


def test_of_many_replies_the_newest_are_named(tmp_path: Path) -> None:
    ids = [f"x-{at}" for at in range(1, 6)]
    prospects = "".join(f"{id},,Acme,proposal\n" for id in ids)
    write(tmp_path, book__prospects_DOT_csv=DEALS + prospects)
    touches = [
        f"{id},2026-03-0{4 - at % 3}T10:00:00Z,inbound,email,,," for at, id in enumerate(ids)
    ]
    with_touches(tmp_path, *touches)
    # 4 March: x-1 and x-4; 3 March: x-2 and x-5; 2 March: x-3.
    (line,) = re.findall("Acme also: .*? more", " ".join(asked("why", "a-1").stdout.split()))
    assert line == (
        "Acme also: deal `x-1` answered 5 hours ago, deal `x-4` answered 5 hours ago, "
        "deal `x-2` answered 1 day 5 hours ago, and 2 more"
    )


def test_problems_of_the_other_deals_are_not_this_one_s(tmp_path: Path) -> None:
    deals(tmp_path, "b-2,2026-03-02T15:00:00Z,inbound,email", "b-2,yesterday,inbound,email")
    result = asked("why", "a-1", "--strict")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "deal `b-2` answered" in result.stdout


def test_an_account_cannot_paint_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=DEALS.replace("Acme", "A\x1b[31m\u202e").replace(
        "acme ", "a\x1b[31M\u202e"))  # fmt: skip
    with_touches(tmp_path, "b-2,2026-03-02T15:00:00Z,inbound,email,,,")
    text = asked("why", "a-1").stdout
    assert r"A\x1b[31m\u202e also: deal `b-2`" in text
    assert "\x1b" not in text


CONTACT = """\
id,name,stage,phone,email,crm_url
acme,Acme Inc,proposal,+1 555 0100,grace@acme.example,https://crm.example/d/1
"""


def test_how_to_reach_them_is_there(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=CONTACT)
    text = asked("why", "acme", "--lenient").stdout
    assert "  email: grace@acme.example · phone: +1 555 0100\n" in text
    assert "  crm_url: https://crm.example/d/1\n" in text
    facts = json.loads(asked("why", "acme", "--lenient", "-f", "json").stdout)["facts"]
    assert facts["crm_url"] == "https://crm.example/d/1"


def test_a_terminal_links_the_heading_to_the_record(tmp_path: Path) -> None:
    write(tmp_path, book__prospects_DOT_csv=CONTACT)
    playbook = load(tmp_path / "relight.yaml").playbook
    assert playbook is not None
    prospect = open_book(tmp_path / "book", playbook).prospect("acme")
    assert prospect is not None
    report = WhyReport(Advisor(playbook).evaluate(prospect, 1772636400), None)
    first = why_text(report, Style(terminal=True, color=True), False).splitlines()[0]
    assert re.findall(r"\x1b]8;id=\d+;(\S+?)\x1b\\", first) == ["https://crm.example/d/1"] * 2
    plain = why_text(report, Style(), False).splitlines()[0]
    assert plain == "acme  Acme Inc"


def test_what_a_cell_says_that_cannot_be_read_is_shown(tmp_path: Path) -> None:
    """Whoever is to correct the record sees what it says, and nobody's terminal obeys it."""
    write(
        tmp_path,
        book__prospects_DOT_csv="id,stage,opted_out\n"
        "p1,propsal\x1b[31m,ask legal\n"
        "p2,demo,maybe\n"
        "p3,demo,\n",
    )
    result = asked("why", "p1")
    assert "  cannot read stage: `propsalU+001B[31m` is not one of the choices" in result.stdout
    assert "  cannot read opted_out: `ask legal` is not" in result.stdout
    assert "cannot read" not in asked("why", "p3").stdout
    found = json.loads(asked("why", "p2", "-f", "json").stdout)
    Draft202012Validator(PROSPECT).validate(found)
    assert [(cell["fact"], cell["message"].split()[0]) for cell in found["unreadable"]] == [
        ("opted_out", "`maybe`")
    ]

"""Every message of every shipped playbook, written with much known and with little."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from engine.advice.drafts.draft_errors import MissingFacts
from engine.advice.drafts.message import Draft, draft, template_of
from engine.assurance.check_file import check_file
from engine.assurance.lint.messages.harmful_phrases import unwelcome
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.language.package_data import shipped
from tests.rules.test_rules import PLAYBOOKS
from tests.support.shipped_playbooks import all_of

LONGEST_MAIL = 120
LONGEST_SUBJECT = 80
LONGEST_DIRECT_MESSAGE = 60
PLAIN: dict[str, Value] = {
    "boolean": True,
    "number": 3.0,
    "text": "the third words",
    "time": 1772636400,
    "duration": 86400,
}
OUTREACH = {
    f"{action.id} of {playbook.id}": (playbook, action)
    for playbook in PLAYBOOKS.values()
    for action in playbook.actions.values()
    if action.kind == "outreach"
}


def some(playbook: Playbook, fact: str) -> Value:
    found = playbook.facts[fact]
    return found.choices[0].id if found.type == "choice" else PLAIN[found.type]


@cache
def written(name: str, facts: tuple[str, ...]) -> Draft:
    """The message of the action ``name`` of `OUTREACH`, where ``facts`` are known."""
    playbook, action = OUTREACH[name]
    return draft(playbook, action, {fact: some(playbook, fact) for fact in facts}, "UTC")


@cache
def least(name: str) -> tuple[str, ...]:
    """The fewest facts the message can be written from; of those that can stand for each other,
    the one that is named first.
    """
    required = template_of(OUTREACH[name][1]).required
    try:
        written(name, required)
    except MissingFacts as missing:
        return (*required, missing.facts[0])
    return required


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_every_outreach_has_a_message_that_asks_one_question(name: str) -> None:
    action = OUTREACH[name][1]
    for known in (least(name), template_of(action).variables):
        message = written(name, known)
        assert message.body.count("?") == 1, message.body
        assert (message.subject is not None) == (action.channel == "email")


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_it_is_short_and_says_nothing_that_harms(name: str) -> None:
    action = OUTREACH[name][1]
    for known in (least(name), template_of(action).variables):
        message = written(name, known)
        words = len(message.body.split())
        assert words <= (LONGEST_DIRECT_MESSAGE if action.channel == "social" else LONGEST_MAIL)
        assert len(message.subject or "") <= LONGEST_SUBJECT
        assert unwelcome(f"Subject: {message.subject or ''}\n\n{message.body}") == []


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_of_one_of_whom_nothing_is_known_it_says_what_to_find_out_first(name: str) -> None:
    playbook, action = OUTREACH[name]
    needed = least(name)
    if not needed:
        assert written(name, ()).body
        return
    with pytest.raises(MissingFacts) as caught:
        draft(playbook, action, {}, "UTC")
    assert caught.value.facts[: len(needed)] == needed
    assert all(f"`{fact}`" in str(caught.value) for fact in needed)


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_nothing_a_message_says_is_empty_where_a_fact_is(name: str) -> None:
    poor = written(name, least(name))
    for text in (poor.subject or "", poor.body):
        assert "  " not in text.replace("\n  ", "\n")
        assert " ." not in text
        assert " ," not in text


WRONG = {
    "empty-check-in": "Did you get a chance to talk to your CTO about this?",
    "asks-why-silent": "I have not heard back from you. Why have you gone silent?",
}


@pytest.mark.parametrize("code", WRONG)
def test_the_messages_the_articles_call_wrong_are_found_when_a_playbook_sends_them(
    code: str, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped("rules"), rules)
    template = rules / "templates" / "personal_follow_up.md.j2"
    template.write_text(f"Subject: Our project\n\nHi,\n\n{WRONG[code]}\n", encoding="utf-8")
    found = check_file(rules / "gone-dark.yaml")
    assert {problem.code for problem in found} == {code}


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_a_subject_begins_with_a_capital_though_the_facts_do_not(name: str) -> None:
    for known in (least(name), template_of(OUTREACH[name][1]).variables):
        subject = written(name, known).subject or "A"
        assert not subject[0].islower(), subject


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_no_message_ends_without_a_name(name: str) -> None:
    """Where nobody noted who writes, it says in brackets what to fill in."""
    body = written(name, least(name)).body
    assert not body.rstrip().endswith(","), body


def test_who_was_never_written_to_is_not_thanked_for_getting_back_to_us() -> None:
    answer = "answer_them of gone-dark"
    new = written(answer, ("original_interest",))
    assert "getting back" not in new.body
    assert new.subject == "Your interest in the third words"
    assert "getting back" in written(answer, ("last_outbound_at",)).body


PUSHING = re.compile(
    r"\b(?:sign (?:today|now)|buy now|act now|last chance|final notice|don't miss"
    r"|before it's too late|hit (?:our|my) (?:numbers?|quota|target)"
    r"|close (?:this|the deal) (?:today|this (?:week|month)))\b",
    re.IGNORECASE,
)
"""Words that press the sale; `relight check` does not look for them."""


def test_a_message_that_presses_the_sale_would_be_seen() -> None:
    assert PUSHING.search("I need to close this deal this week. Sign today!")


@pytest.mark.parametrize("name", all_of(OUTREACH))
def test_no_message_presses_the_sale(name: str) -> None:
    message = written(name, template_of(OUTREACH[name][1]).variables)
    assert not PUSHING.search(f"{message.subject} {message.body}")

"""A message never has a blank where a fact is missing, and never reads a file it should not."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.advice.drafts.draft_errors import DraftError, MissingFacts
from engine.advice.drafts.message import Draft, draft
from engine.language.conditions import Value
from engine.language.load import load
from engine.language.model import Action, Playbook
from tests.support.shipped_playbooks import shipped_playbook

PLAYBOOK = """
playbook: letters
facts:
  first_name: {type: text}
  amount: {type: number}
  sent_at: {type: time}
  waited: {type: duration}
  approved: {type: boolean}
  stage: {type: choice, choices: [unknown, demo]}
actions:
  write: {kind: outreach, channel: email, when: {}, template: TEMPLATE}
  call: {kind: outreach, channel: phone, when: {}}
"""


def playbook_with(folder: Path, template: str, text: str | None = None) -> Playbook:
    (folder / "letters.yaml").write_text(PLAYBOOK.replace("TEMPLATE", template), encoding="utf-8")
    if text is not None:
        (folder / template).write_text(text, encoding="utf-8")
    playbook = load(folder / "letters.yaml").playbook
    assert playbook is not None
    return playbook


def written(folder: Path, text: str, facts: dict[str, Value], zone: str = "UTC") -> Draft:
    playbook = playbook_with(folder, "letter.md.j2", text)
    return draft(playbook, playbook.actions["write"], facts, zone)


def test_the_first_line_may_be_the_subject(tmp_path: Path) -> None:
    text = "Subject: For {{ first_name }}\n\nHi {{ first_name }},\n\nBye\n"
    assert written(tmp_path, text, {"first_name": "Ada"}) == Draft("For Ada", "Hi Ada,\n\nBye")
    assert written(tmp_path, "Hi {{ first_name }}", {"first_name": "Ada"}).subject is None


def test_values_read_as_people_write_them(tmp_path: Path) -> None:
    text = "{{ amount }}; {{ sent_at }}; {{ waited }}; {{ approved }}"
    facts: dict[str, Value] = {
        "amount": 12500.0,
        "sent_at": 1772668800,  # 2026-03-05T00:00:00Z
        "waited": 3 * 86400,
        "approved": False,
    }
    body = written(tmp_path, text, facts, "America/New_York").body
    assert body == "12,500; 4 March 2026; 3 days; no"


def test_facts_can_be_tested_as_what_they_are(tmp_path: Path) -> None:
    text = "{% if amount > 1000 and not approved %}large{% else %}small{% endif %}"
    assert written(tmp_path, text, {"amount": 2000.0, "approved": False}).body == "large"


def test_every_missing_fact_is_named(tmp_path: Path) -> None:
    text = "Hi {{ first_name }}, {{ amount }}{% if sent_at is defined %} {{ sent_at }}{% endif %}"
    with pytest.raises(MissingFacts) as caught:
        written(tmp_path, text, {})
    assert caught.value.facts == ("first_name", "amount")
    with pytest.raises(MissingFacts) as caught:
        written(tmp_path, text, {"first_name": "Ada"})
    assert str(caught.value) == "the message of `write` needs a fact that is unknown: `amount`"


def test_a_fact_with_code_in_it_is_only_text(tmp_path: Path) -> None:
    hostile = "{{ 7 * 7 }}{% for x in y %}"
    assert written(tmp_path, "{{ first_name }}", {"first_name": hostile}).body == hostile


@pytest.mark.parametrize("template", ["../secret.txt", "/etc/hostname", "inner/../../secret.txt"])
def test_a_template_outside_the_folder_is_not_read(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "rules"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    playbook = playbook_with(folder, template)
    with pytest.raises(DraftError, match="outside the folder"):
        draft(playbook, playbook.actions["write"], {}, "UTC")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "letter.md.j2").symlink_to(tmp_path / "secret.txt")
    playbook = playbook_with(folder, "letter.md.j2")
    with pytest.raises(DraftError, match="outside the folder"):
        draft(playbook, playbook.actions["write"], {}, "UTC")


def test_a_byte_order_mark_is_no_part_of_the_message(tmp_path: Path) -> None:
    assert written(tmp_path, "\ufeffSubject: Hello\n\nBody", {}) == Draft("Hello", "Body")


def test_an_amount_is_written_in_full(tmp_path: Path) -> None:
    for amount, words in ((1234567.5, "1,234,567.5"), (99999.99, "99,999.99"), (0.1 + 0.2, "0.3")):
        assert written(tmp_path, "{{ amount }}", {"amount": amount}).body == words


def test_what_cannot_be_a_message_is_told_in_one_sentence(tmp_path: Path) -> None:
    playbook = playbook_with(tmp_path, "letter.md.j2", "{% for x in y %}{% endfor %}")
    with pytest.raises(DraftError, match=r"template `letter.md.j2`, line 1: a message cannot have"):
        draft(playbook, playbook.actions["write"], {}, "UTC")
    with pytest.raises(DraftError, match="`call` has no message template"):
        draft(playbook, playbook.actions["call"], {}, "UTC")
    (tmp_path / "letter.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(DraftError, match="is not UTF-8 text"):
        draft(playbook, playbook.actions["write"], {}, "UTC")
    (tmp_path / "letter.md.j2").write_text("x" * 20_001, encoding="utf-8")
    with pytest.raises(DraftError, match="longer than 20,000 bytes"):
        draft(playbook, playbook.actions["write"], {}, "UTC")


EXPORTED = ["NULL", "null", "None", "N/A", "n.a.", "nan", "NaN", "#N/A", "unknown", "(null)"]


@pytest.mark.parametrize("name", [*EXPORTED, "<none>", "Undefined", "-", "--", "?", "..."])
def test_a_text_that_stands_for_no_value_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingFacts) as caught:
        written(tmp_path, "Hi {{ first_name }},", {"first_name": name})
    assert caught.value.facts == ("first_name",)
    text = "Hi {{ first_name | default('there') }}{% if first_name is defined %}!{% endif %}"
    assert written(tmp_path, text, {"first_name": name}).body == "Hi there"


@pytest.mark.parametrize("name", ["Na", "Noneya", "Nan", "Null & Sons", "Nullarbor", "X"])
def test_a_name_that_only_looks_like_it_is_a_name(tmp_path: Path, name: str) -> None:
    assert written(tmp_path, "Hi {{ first_name }},", {"first_name": name}).body == f"Hi {name},"


def test_a_choice_may_be_called_unknown(tmp_path: Path) -> None:
    text = "{% if stage == 'unknown' %}yes{% endif %}"
    assert written(tmp_path, text, {"stage": "unknown"}).body == "yes"


def test_what_cannot_be_compared_is_told_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="does not fit the value of a fact"):
        written(tmp_path, "{% if first_name > 3 %}x{% endif %}", {"first_name": "Ada"})


SHIPPED = shipped_playbook("gone-dark")
MESSAGES = [action for action in SHIPPED.actions.values() if action.kind == "outreach"]
EXAMPLES: dict[str, Value] = {
    "boolean": True,
    "number": 3.0,
    "text": "the third words",
    "time": 1772636400,
    "duration": 86400,
}


def example_of(fact: str) -> Value:
    assert SHIPPED is not None
    found = SHIPPED.facts[fact]
    return found.choices[0].id if found.type == "choice" else EXAMPLES[found.type]


@pytest.mark.parametrize("action", MESSAGES, ids=lambda action: action.id)
def test_every_shipped_message_is_written_from_few_facts_and_from_all(action: Action) -> None:
    from engine.advice.drafts.message import template_of

    assert SHIPPED is not None
    template = template_of(action)
    for known in (template.required, template.variables):
        message = draft(SHIPPED, action, {fact: example_of(fact) for fact in known}, "UTC")
        assert message.body.count("?") == 1, message.body
        assert (message.subject is not None) == (action.channel == "email")


def test_what_a_template_leaves_to_the_rep_is_named(tmp_path: Path) -> None:
    text = "Hi {{ first_name }},\n[what you promised]\n{% if amount is defined %}[terms]{% endif %}"
    message = written(tmp_path, text, {"first_name": "[Ada]"})
    assert message.placeholders == ("[what you promised]",)

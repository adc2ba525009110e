"""Wording that a message to a silent prospect should not have, and wording that only looks so."""

from __future__ import annotations

import pytest

from engine.assurance.lint.messages.harmful_phrases import Phrase, unwelcome


@pytest.mark.parametrize(
    "text",
    [
        "Why haven't you answered?",
        "Why have you not replied to my proposal?",
        "Could you tell me why you went quiet?",
        "I\u2019m not sure why you haven\u2019t responded.",
        "Is there any reason you haven't answered?",
        "I haven't heard back from you.",
        "We have not heard from you since Monday.",
        "I never heard back, so I try again.",
    ],
)
def test_asking_why_they_are_silent_is_found(text: str) -> None:
    assert [phrase.asks_why for phrase in unwelcome(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Just checking in!",
        "just checking\nin on the proposal",
        "I just wanted to check in.",
        "Touching base about the offer.",
        "I wanted to touch base.",
        "I am following up on my last email.",
        "Following up on our previous message:",
        "Did you get a chance to look at it?",
        "Did you see my email?",
        "Hi {{ name }},\nany update?",
        "Hello, any news on the budget?",
        "Do you have any updates for me?",
        "Circling back on this.",
        "Bumping this up.",
        "Moving this to the top of your inbox.",
        "Subject: Checking in\n\nHello",
    ],
)
def test_saying_nothing_is_found(text: str) -> None:
    assert [phrase.asks_why for phrase in unwelcome(text)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "If I have not heard from you by Friday, I close the file.",
        "Unless we have heard back by then, I keep the dates.",
        "This is not just checking in.",
        "I don't write just to check in.",
        "Rather than just checking in, here is the plan.",
        "Any update to your calendar is shown at once.",
        "Would any update to the contract need a signature?",
        "Circling back with the numbers you asked for:",
        "{# just checking in #}Hello",
        "{{ touching_base }}",
        'They wrote "any update?" every week.',
        "I am following up on your question about prices.",
        "Following up on our last meeting, here is the plan.",
        "Why do you need a new tool?",
        "Why would you change now?",
        "Have you ever wondered why suppliers go quiet?",
        "The reason you chose us still holds.",
        "You can check in at the hotel from two.",
        "I promised to get back to you today.",
        "You had a chance to see it live.",
        "Let me know if you have any news you would like us to share.",
        "I don't ask why you have not replied.",
    ],
)
def test_what_only_looks_so_is_let_be(text: str) -> None:
    assert unwelcome(text) == []


def test_the_line_is_that_of_the_template() -> None:
    text = "Subject: Prices\n\n{% if name is defined %}\nHello {{ name }},\n{% endif %}\n"
    found = unwelcome(text + "touching base. Why didn't you reply?")
    assert found == [
        Phrase(6, "Why didn't you reply", asks_why=True),
        Phrase(6, "touching base", asks_why=False),
    ]

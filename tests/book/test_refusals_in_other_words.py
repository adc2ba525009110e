"""What the outcome of a touch says that is no known word, but may be a refusal."""

from __future__ import annotations

import pytest

from engine.book.header_names import looks_like_opt_out, looks_like_refusal


@pytest.mark.parametrize(
    "outcome",
    [
        *("Unsubscribed on 3/4", "Contact: DNC requested", "requested dnc", "on DNC list"),
        *(
            "Don't call",
            "don\u2019t call me",
            "Dont contact",
            "NEVER CALL AGAIN",
            "Stop contacting us",
        ),
        *("Reported as spam", "Unsub", "Removed from all lists", "Removal request", "Take me off"),
        *("Consent withdrawn", "Revoked consent", "Right to be forgotten", "GDPR request"),
        *("Suppressed", "blacklisted", "no further contact", "no more calls please", "do_not_mail"),
    ],
)
def test_it_may_be_a_refusal(outcome: str) -> None:
    assert looks_like_refusal(outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        *("", "No further action", "Interested", "Call back later", "Not now", "no more questions"),
        *("Left message", "Subscribed", "DELIVERED", "Blocked", "contacted", "Email sent"),
    ],
)
def test_it_is_something_else(outcome: str) -> None:
    assert not looks_like_refusal(outcome)


@pytest.mark.parametrize(
    "name",
    [
        *("Do not allow Emails", "donotphone", "Do Not Solicit", "Don't call", "Never contact"),
        *(
            "No Emails",
            "no_calls",
            "DNC",
            "Call DNC",
            "Contact: Email Opt Out",
            "Opted out of email: x",
        ),
        "Do not market",
    ],
)
def test_a_column_speaks_of_an_opt_out(name: str) -> None:
    assert looks_like_opt_out(name)


@pytest.mark.parametrize(
    "name",
    ["spam score", "removed at", "donotbulkemail", "Do Not Send MM", "number of calls", "emails"],
)
def test_a_column_of_something_else_is_no_opt_out(name: str) -> None:
    assert not looks_like_opt_out(name)

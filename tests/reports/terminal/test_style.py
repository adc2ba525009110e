from __future__ import annotations

import pytest

from engine.reports.terminal.style import Style

TERMINAL = Style(terminal=True, color=True)


@pytest.mark.parametrize(
    "url", ["https://crm.example/d/1?a=b;c#d", "http://10.0.0.1:8080/x", "HTTPS://[::1]/%20"]
)
def test_a_web_address_becomes_a_link(url: str) -> None:
    assert TERMINAL.link("acme", url) == f"\x1b]8;;{url}\x1b\\acme\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "crm.example/d/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://crm.example",
        "data:text/html,x",
        "//crm.example",
        "https://",
        "https:///path",
        " https://crm.example",
        "https://crm.example/a b",
        "https://crm.example/\x1b\\\x1b[31m",
        "https://crm.example/\x07",
        "https://crm.example/\n",
        "https://crm.example\n",
        "https://crm.example/\x7f",
        "https://crm.example/\x9c",
        "https://crm.example/\u202egnp",
        "https://crm.ex\u0430mple/",
        "https://crm.example/" + "a" * 3000,
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url: str | None) -> None:
    assert TERMINAL.link("acme", url) == "acme"


@pytest.mark.parametrize("style", [Style(), Style(color=True), Style(terminal=True)])
def test_there_are_no_links_but_on_a_terminal_with_color(style: Style) -> None:
    assert style.link("acme", "https://crm.example") == "acme"

"""Addresses that are safe as links on a page, whoever wrote them."""

from __future__ import annotations

from urllib.parse import quote


def safe_url(url: str | None) -> str | None:
    """Percent-encode what could end an attribute or a link in ``url``.

    None for anything but a web address, so that a page runs no `javascript:`.
    """
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    return quote(url, safe=":/?#[]@!$&*+,;=%-._~")

"""Addresses that may be followed from a page, whoever wrote them."""

from __future__ import annotations

from urllib.parse import quote


def safe_url(url: str | None) -> str | None:
    """``url`` with all that could end an attribute or a link written as `%..`; None where it is no
    address of the web: a page must run no `javascript:`.
    """
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    return quote(url, safe=":/?#[]@!$&*+,;=%-._~")

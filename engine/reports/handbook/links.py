"""Make addresses from any file safe as links."""

from __future__ import annotations

from urllib.parse import quote


def safe_url(url: str | None) -> str | None:
    """Percent-encode what could end an attribute or a link; None if ``url`` is not a web address.

    So a page never runs a `javascript:` link.
    """
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    return quote(url, safe=":/?#[]@!$&*+,;=%-._~")

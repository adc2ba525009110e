"""The page on each code: why it is a problem, a wrong example and a right one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PAGES = Path(__file__).parent / "pages"


@cache
def codes() -> tuple[str, ...]:
    """Every code a problem may have, in order."""
    return tuple(sorted(path.stem for path in _PAGES.glob("*.md")))


def page(code: str) -> str:
    """Return the page on ``code`` in Markdown. Raises KeyError for an unknown code."""
    if code not in codes():
        raise KeyError(code)
    return (_PAGES / f"{code}.md").read_text(encoding="utf-8")

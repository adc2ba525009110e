"""Pages that explain each problem code, with a wrong and a right example."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PAGES = Path(__file__).parent / "pages"


@cache
def codes() -> tuple[str, ...]:
    """Return every problem code, sorted."""
    return tuple(sorted(path.stem for path in _PAGES.glob("*.md")))


def page(code: str) -> str:
    """Return the page on ``code`` in Markdown.

    Raises:
        KeyError: There is no such code.
    """
    # Looked up and not only opened: a code with `..` must not read another file.
    if code not in codes():
        raise KeyError(code)
    return (_PAGES / f"{code}.md").read_text(encoding="utf-8")

"""The answer of `explain`: the page on one code, or a line on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.language.suggest import did_you_mean
from engine.reports.playbook.entry_page import UnknownId
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text


def run_explain(
    code: str | None, codes: Sequence[str], page: Callable[[str], str], style: Style
) -> str:
    """The page on ``code``, or the first sentence of every page. Raises Unknown."""
    if code is None:
        listed = [
            TextColumn("code", codes),
            TextColumn("what it means", [_title(page(one)) for one in codes], min_width=20),
        ]
        return columns_text(listed, style)
    name = code.strip().removeprefix("error[").removeprefix("warning[").removesuffix("]")
    if name not in codes:
        near = did_you_mean(name, codes) or "`relight explain` lists them"
        raise UnknownId(f"no problem has the code `{name}`: {near}")
    return page(name)


def _title(page: str) -> str:
    """The first sentence of a page, below its headings."""
    lines = [line.strip() for line in page.splitlines()]
    words = (line for line in lines if line and not line.startswith(("#", "Severity:")))
    return next(words, "").partition(". ")[0].removesuffix(".")

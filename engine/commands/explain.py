"""`relight explain`: print the page on one problem code, or a line on each."""

from __future__ import annotations

from dataclasses import dataclass

from engine.assurance.lint.code_pages import codes, page
from engine.commands.process.errors import UnknownId
from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.language.suggest import did_you_mean
from engine.reports.problems.code_list import code_list


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOptions:
    """The options of `explain`; a ``code`` of None lists all codes."""

    code: str | None


def run_explain(options: ExplainOptions, output: Output) -> int:
    """Print one page or the list of codes, and return the exit code.

    Raises:
        UnknownId: There is no such code.
    """
    if options.code is None:
        output.result(code_list({code: page(code) for code in codes()}, output.style))
    else:
        output.result(page(find_code(options.code)))
    return FINE


def find_code(text: str) -> str:
    """Return the code in ``text``, alone or as problems show it (`error[unknown-fact]`).

    Raises:
        UnknownId: There is no such code.
    """
    name = text.strip().removeprefix("error[").removeprefix("warning[").removesuffix("]")
    if name not in codes():
        near = did_you_mean(name, codes()) or "`relight explain` lists them"
        raise UnknownId(f"no problem has the code `{name}`: {near}")
    return name

"""Read message templates, which may use the part of Jinja2 that a message needs.

A template may print facts, test them, and pass them through a few filters. Loops, macros, includes,
attributes, calls and arithmetic are refused. A message needs none of them, and a template may come
from a stranger: the sandbox keeps it from Python's internals, but not from filling the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.advice.drafts.blanks import blank_lines
from engine.advice.drafts.draft_errors import MessageTemplateError
from engine.advice.drafts.template_errors import template_error
from engine.language.invisible import describe_character, invisible_in

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.If,
    nodes.CondExpr,
    nodes.Test,
    nodes.Filter,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Neg,
)
FILTERS = frozenset({"capitalize", "default", "int", "lower", "round", "title", "trim", "upper"})
TESTS = frozenset({"defined", "undefined", "in", "eq", "ne", "gt", "ge", "lt", "le"})
MAX_DECIMALS = 10
"""Decimals that `round` may leave."""
MAX_NUMBER = 10**300
"""The least number that is too large for a template: code made of it, or of infinity, may fail."""
MAX_NESTING = 60
"""Levels of a template's syntax tree; a usual message has about ten."""

_WORDS: dict[type[nodes.Node], str] = {
    nodes.Add: "arithmetic",
    nodes.Sub: "arithmetic",
    nodes.Mul: "arithmetic",
    nodes.Div: "arithmetic",
    nodes.FloorDiv: "arithmetic",
    nodes.Mod: "arithmetic",
    nodes.Pow: "arithmetic",
    nodes.Dict: "a map",
    nodes.Block: "a block",
    nodes.For: "a loop",
    nodes.Macro: "a macro",
    nodes.Include: "an include",
    nodes.Import: "an import",
    nodes.FromImport: "an import",
    nodes.Extends: "an `extends`",
    nodes.Getattr: "a dot after a name",
    nodes.Getitem: "square brackets after a name",
    nodes.Call: "a call",
    nodes.Assign: "a `set`",
}

_TOO_LARGE = "a number is too large"
_MANY_DIGITS = re.compile(r"[0-9_]{4300}")


@dataclass(frozen=True, slots=True)
class Template:
    """A valid template.

    Attributes:
        source: Its text.
        variables: The ids of all facts that it mentions, in order of appearance.
        lines: The line on which each of them first appears, from 1.
        required: Those without which it cannot be rendered: they have no `default` and are not
            tested by `is defined`.
        blanks: The lines, from 1, in which a gap is left if a fact is unknown.
    """

    source: str
    variables: tuple[str, ...]
    lines: Mapping[str, int]
    required: tuple[str, ...]
    blanks: tuple[int, ...] = ()


def environment() -> ImmutableSandboxedEnvironment:
    """Create an environment that is sandboxed and in which an undefined variable is an error."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()  # an unknown fact called `range` or `dict` must not be something else
    return made


@lru_cache(maxsize=256)
def read_template(source: str) -> Template:
    """Parse the template ``source``.

    Raises:
        MessageTemplateError: It is not valid.
    """
    text = source.replace("\r\n", "\n")
    for at in invisible_in(text):
        line = text.count("\n", 0, at) + 1
        raise MessageTemplateError(
            line, f"a message cannot have the {describe_character(text[at])}"
        )
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        raise template_error(error.message or "", error.lineno, text) from error
    except RecursionError as error:
        raise MessageTemplateError(1, "it is nested too deep") from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        long = _MANY_DIGITS.search(text)
        line = text.count("\n", 0, long.start()) + 1 if long else 1
        raise MessageTemplateError(line, _TOO_LARGE) from error
    parts = list(_parts(tree))
    _refuse(parts)
    # Nothing in a template can be assigned to, so every name in it is a fact.
    found: dict[str, int] = {}
    for node in parts:
        if isinstance(node, nodes.Name):
            found.setdefault(node.name, node.lineno)
    optional = _optional(parts)
    required = tuple(name for name in found if name not in optional)
    return Template(source, tuple(found), found, required, blank_lines(tree))


def _parts(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Yield every node in the order of the text.

    Raises:
        MessageTemplateError: It is nested deeper than `MAX_NESTING`.
    """
    # Not recursive: what is nested too deep for rendering would overflow the stack here already.
    pending: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_NESTING:
            raise MessageTemplateError(node.lineno, "it is nested too deep")
        yield node
        pending += [(child, depth + 1) for child in reversed(list(node.iter_child_nodes()))]


def _refuse(parts: Sequence[nodes.Node]) -> None:
    for node in parts:
        if not isinstance(node, ALLOWED):
            word = _WORDS.get(type(node), "anything but facts, tests and filters")
            raise MessageTemplateError(node.lineno, f"a message cannot have {word}")
        if isinstance(node, nodes.Filter | nodes.Test) and (node.dyn_args or node.dyn_kwargs):
            raise MessageTemplateError(node.lineno, "a message cannot have a `*` before a value")
        for part in node.nodes if isinstance(node, nodes.Output) else ():
            if isinstance(part, nodes.List | nodes.Tuple):
                raise MessageTemplateError(part.lineno, "a message cannot print a list")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            allowed = ", ".join(sorted(FILTERS))
            raise MessageTemplateError(node.lineno, f"no filter `{node.name}`: there are {allowed}")
        if isinstance(node, nodes.Const):
            _refuse_constant(node)
        if isinstance(node, nodes.Filter) and node.name == "round" and not _rounds_to_few(node):
            message = f"`round` takes decimals from 0 to {MAX_DECIMALS}"
            raise MessageTemplateError(node.lineno, message)
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise MessageTemplateError(
                node.lineno, f"no test `is {node.name}`: use `is defined` or `==`"
            )


def _refuse_constant(node: nodes.Const) -> None:
    match node.value:
        case str() as text:  # an invisible character may be escaped there
            for at in invisible_in(text):
                character = describe_character(text[at])
                raise MessageTemplateError(node.lineno, f"a message cannot have the {character}")
        case int() | float() as number if number >= MAX_NUMBER:
            raise MessageTemplateError(node.lineno, _TOO_LARGE)


def _rounds_to_few(round: nodes.Filter) -> bool:
    """Return whether ``round`` has a written number of decimals that is small, or none.

    Jinja computes ten to that power: with a number of many digits it would never come back.
    """
    given = [*round.args[:1], *(item.value for item in round.kwargs if item.key == "precision")]
    return all(
        isinstance(item, nodes.Const)
        and type(item.value) is int
        and 0 <= item.value <= MAX_DECIMALS
        for item in given
    )


def _optional(parts: Sequence[nodes.Node]) -> set[str]:
    """Return the names that are tested by `is defined`, or have a `default`."""
    asked = [
        node.node
        for node in parts
        if (isinstance(node, nodes.Test) and node.name.endswith("defined"))
        or (isinstance(node, nodes.Filter) and node.name == "default")
    ]
    return {node.name for node in asked if isinstance(node, nodes.Name)}

"""Compile inline checks of the facts that a program passes, so that valid ones cost no call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from engine.backends.compiled.codegen import (
    and_,
    assign,
    call_name,
    comparison,
    const,
    if_,
    load_name,
    not_,
    or_,
    sub,
)
from engine.backends.compiled.compile_rules import UNKNOWN
from engine.language.conditions import Value
from engine.language.model import Fact, Playbook
from engine.language.value_rules import RANGES
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies


class FactChecksCompiler:
    """Compile inline checks of the facts of one playbook.

    For a number in ``v1`` without a default, and a choice in ``v0``::

        if (type(v1) is not float or v1 - v1 != 0.0) and v1 is not unknown:
            v1 = vet('amount', v1)
        if v0 is not None and v0 not in {'demo', 'proposal'}:
            v0 = vet('stage', v0)

    Args:
        playbook: Declares the facts.
        defaults: The value of each fact that is not given, by its id.
    """

    def __init__(self, playbook: Playbook, defaults: Mapping[str, Value | None]) -> None:
        self._facts = playbook.facts
        self._defaults = defaults
        self._read = dependencies(playbook).read

    def statements(self, id: str, local: str) -> Iterator[ast.stmt]:
        """Compile an inline check of the type and range of the fact ``id``.

        Values that do not pass are replaced by what the function ``vet`` returns for the id and
        the value.

        Args:
            id: The fact.
            local: The variable that has its value.
        """
        doubtful = self._doubtful(self._facts[id], load_name(local))
        if self._defaults[id] is None:
            doubtful = and_([comparison(load_name(local), (ast.IsNot(), const(None))), doubtful])
        elif self._defaults[id] is UNKNOWN:
            doubtful = and_(
                [doubtful, comparison(load_name(local), (ast.IsNot(), load_name("unknown")))]
            )
        yield if_(
            doubtful, [assign(local, call_name(load_name("vet"), const(id), load_name(local)))]
        )

    def _doubtful(self, fact: Fact, value: ast.expr) -> ast.expr:
        """Compile whether ``value`` may not be a value of ``fact``."""
        # Not isinstance(): True is an int, and a subclass of float may compare as it likes.
        of_type = call_name(load_name("type"), value)
        match fact.type:
            case "boolean":
                return and_(
                    [comparison(value, (ast.IsNot(), const(each))) for each in (True, False)]
                )
            case "choice":
                choices = ast.Set(elts=[const(choice) for choice in fact.choices])
                return comparison(value, (ast.NotIn(), choices))
            case "number":  # infinity less itself is NaN, and so is NaN less itself
                finite = comparison(sub(value, value), (ast.NotEq(), const(0.0)))
                return or_([comparison(of_type, (ast.IsNot(), load_name("float"))), finite])
            case "time" | "duration":
                first, last = RANGES[fact.type]
                inside = comparison(const(first), (ast.LtE(), value), (ast.LtE(), const(last)))
                return or_([comparison(of_type, (ast.IsNot(), load_name("int"))), not_(inside)])
            case "text":
                other = comparison(of_type, (ast.IsNot(), load_name("str")))
                if RuleId("facts", fact.id) not in self._read:
                    return other
                # Text that rules compare is NFC without blanks around it; for ASCII, NFC is given.
                ascii = not_(_method(value, "isascii"))
                tidy = comparison(_method(value, "strip"), (ast.NotEq(), value))
                return or_([other, ascii, tidy, not_(value)])


def _method(value: ast.expr, name: str) -> ast.expr:
    return call_name(ast.Attribute(value=value, attr=name, ctx=ast.Load()))

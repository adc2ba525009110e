"""Compile inline checks of the facts that a program passes, so that valid ones cost no call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from engine.backends.compiled import codegen as py
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
        doubtful = self._doubtful(self._facts[id], py.load_name(local))
        if self._defaults[id] is None:
            doubtful = py.and_(
                [py.comparison(py.load_name(local), (ast.IsNot(), py.const(None))), doubtful]
            )
        elif self._defaults[id] is UNKNOWN:
            doubtful = py.and_(
                [
                    doubtful,
                    py.comparison(py.load_name(local), (ast.IsNot(), py.load_name("unknown"))),
                ]
            )
        yield py.if_(
            doubtful,
            [
                py.assign(
                    local, py.call_name(py.load_name("vet"), py.const(id), py.load_name(local))
                )
            ],
        )

    def _doubtful(self, fact: Fact, value: ast.expr) -> ast.expr:
        """Compile whether ``value`` may not be a value of ``fact``."""
        # Not isinstance(): True is an int, and a subclass of float may compare as it likes.
        of_type = py.call_name(py.load_name("type"), value)
        match fact.type:
            case "boolean":
                return py.and_(
                    [py.comparison(value, (ast.IsNot(), py.const(each))) for each in (True, False)]
                )
            case "choice":
                choices = ast.Set(elts=[py.const(word.id) for word in fact.choices])
                return py.comparison(value, (ast.NotIn(), choices))
            case "number":  # infinity less itself is NaN, and so is NaN less itself
                finite = py.comparison(py.sub(value, value), (ast.NotEq(), py.const(0.0)))
                return py.or_(
                    [py.comparison(of_type, (ast.IsNot(), py.load_name("float"))), finite]
                )
            case "time" | "duration":
                first, last = RANGES[fact.type]
                inside = py.comparison(
                    py.const(first), (ast.LtE(), value), (ast.LtE(), py.const(last))
                )
                return py.or_(
                    [py.comparison(of_type, (ast.IsNot(), py.load_name("int"))), py.not_(inside)]
                )
            case "text":
                other = py.comparison(of_type, (ast.IsNot(), py.load_name("str")))
                if RuleId("facts", fact.id) not in self._read:
                    return other
                # Text that rules compare is NFC without blanks around it; for ASCII, NFC is given.
                ascii = py.not_(_method(value, "isascii"))
                tidy = py.comparison(_method(value, "strip"), (ast.NotEq(), value))
                return py.or_([other, ascii, tidy, py.not_(value)])


def _method(value: ast.expr, name: str) -> ast.expr:
    return py.call_name(ast.Attribute(value=value, attr=name, ctx=ast.Load()))

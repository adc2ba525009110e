"""Whether data fits a schema, yes or no, for the part of JSON Schema that `schemas/` is written in.

Most files have nothing wrong with their shape, and to know that takes neither the words of
`schema_messages` nor jsonschema, whose import takes longer than all else that is done with a file.
What does not fit is left to them. A test holds both to the same verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

Fits = Callable[[Any], bool]

SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "then", "else"})
"""Keywords that ask for nothing; `then` and `else` are read with `if`."""

TYPES: dict[str, Fits] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


class Shape:
    """One schema with its definitions, each made into functions when it is first asked for.

    Raises KeyError of a keyword or a type that is not known here.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions = schema["$defs"]
        self._made: dict[str, Fits] = {}
        self.fits = self._of(schema)

    def _of(self, schema: Any) -> Fits:
        """The function of ``schema``: whether a value fits it."""
        if isinstance(schema, bool):
            return lambda _: schema
        parts = [
            getattr(self, KEYWORDS[keyword])(asked, schema)
            for keyword, asked in schema.items()
            if keyword not in SILENT
        ]
        if len(parts) == 1:
            only: Fits = parts[0]
            return only
        return lambda value: all(part(value) for part in parts)

    def _ref(self, ref: str, _: Any) -> Fits:
        """A definition may refer to itself, so it is made when a value comes to it."""
        name = ref.removeprefix("#/$defs/")

        def fits(value: Any) -> bool:
            made = self._made.get(name)
            if made is None:
                made = self._made[name] = self._of(self._definitions[name])
            return made(value)

        return fits

    def _type(self, wanted: str | list[str], _: Any) -> Fits:
        if isinstance(wanted, str):
            return TYPES[wanted]
        return _one_of([TYPES[each] for each in wanted])

    def _properties(self, wanted: dict[str, Any], _: Any) -> Fits:
        parts = {key: self._of(schema) for key, schema in wanted.items()}

        def fits(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            return all(parts[key](item) for key, item in value.items() if key in parts)

        return fits

    def _additional(self, wanted: Any, schema: Any) -> Fits:
        part, known = self._of(wanted), schema.get("properties", {})
        return lambda value: (
            not isinstance(value, dict)
            or all(part(item) for key, item in value.items() if key not in known)
        )

    def _names(self, wanted: Any, _: Any) -> Fits:
        part = self._of(wanted)
        return lambda value: not isinstance(value, dict) or all(map(part, value))

    def _items(self, wanted: Any, _: Any) -> Fits:
        part = self._of(wanted)
        return lambda value: not isinstance(value, list) or all(map(part, value))

    def _any(self, wanted: list[Any], _: Any) -> Fits:
        return _one_of([self._of(each) for each in wanted])

    def _one(self, wanted: list[Any], _: Any) -> Fits:
        parts = [self._of(each) for each in wanted]
        return lambda value: sum(part(value) for part in parts) == 1

    def _not(self, wanted: Any, _: Any) -> Fits:
        part = self._of(wanted)
        return lambda value: not part(value)

    def _if(self, wanted: Any, schema: Any) -> Fits:
        test = self._of(wanted)
        then, otherwise = self._of(schema.get("then", True)), self._of(schema.get("else", True))
        return lambda value: then(value) if test(value) else otherwise(value)

    def _required(self, wanted: list[str], _: Any) -> Fits:
        return lambda value: not isinstance(value, dict) or all(key in value for key in wanted)

    def _enum(self, wanted: list[Any], _: Any) -> Fits:
        return lambda value: any(_same(value, each) for each in wanted)

    def _const(self, wanted: Any, _: Any) -> Fits:
        return lambda value: _same(value, wanted)

    def _pattern(self, wanted: str, _: Any) -> Fits:
        pattern = pattern_of(wanted)
        return lambda value: not isinstance(value, str) or pattern.search(value) is not None

    def _unique(self, _wanted: Any, _: Any) -> Fits:
        return lambda value: not isinstance(value, list) or not any(repetitions(value))

    def _min_length(self, least: int, _: Any) -> Fits:
        return lambda value: not isinstance(value, str) or len(value) >= least

    def _min_items(self, least: int, _: Any) -> Fits:
        return lambda value: not isinstance(value, list) or len(value) >= least

    def _max_items(self, most: int, _: Any) -> Fits:
        return lambda value: not isinstance(value, list) or len(value) <= most

    def _min_keys(self, least: int, _: Any) -> Fits:
        return lambda value: not isinstance(value, dict) or len(value) >= least

    def _minimum(self, least: float, _: Any) -> Fits:
        return lambda value: not TYPES["number"](value) or value >= least

    def _maximum(self, most: float, _: Any) -> Fits:
        return lambda value: not TYPES["number"](value) or value <= most


KEYWORDS = {
    "$ref": "_ref",
    "type": "_type",
    "properties": "_properties",
    "additionalProperties": "_additional",
    "propertyNames": "_names",
    "items": "_items",
    "anyOf": "_any",
    "oneOf": "_one",
    "not": "_not",
    "if": "_if",
    "required": "_required",
    "enum": "_enum",
    "const": "_const",
    "pattern": "_pattern",
    "uniqueItems": "_unique",
    "minLength": "_min_length",
    "minItems": "_min_items",
    "maxItems": "_max_items",
    "minProperties": "_min_keys",
    "minimum": "_minimum",
    "maximum": "_maximum",
}


def repetitions(items: list[Any]) -> Iterator[tuple[int, int]]:
    """The place of every single value that stood before, and where it did first; linear in time."""
    seen: dict[tuple[type, Any], int] = {}
    for index, item in enumerate(items):
        if isinstance(item, str | int | float):
            first = seen.setdefault((type(item), item), index)
            if first != index:
                yield index, first


@cache
def pattern_of(pattern: str) -> re.Pattern[str]:
    """The pattern of a schema; `$` is the very end of the text, as in editors."""
    return re.compile(re.sub(r"\$$", r"\\Z", pattern), re.ASCII)


def _one_of(parts: Iterable[Fits]) -> Fits:
    tried = list(parts)
    return lambda value: any(part(value) for part in tried)


def _same(value: Any, wanted: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)

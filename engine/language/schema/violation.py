"""A violation of a schema, as data for those who explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.language.yaml.document import KeyPath


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of a schema that failed.

    ``expected`` is the keyword's value, ``actual`` the value at ``path``, and ``schema`` the part
    of the schema that has the keyword. For `required`, ``expected`` is the missing key. For
    `propertyNames`, ``actual`` is the key that ends ``path``. For `uniqueItems`, ``actual`` is the
    list, ``path`` leads to the duplicate, and ``expected`` is the index of its first occurrence.
    """

    keyword: str | None
    expected: Any
    actual: Any
    schema: Any
    path: KeyPath

    @property
    def title(self) -> str:
        """What was expected, as a noun phrase without an article."""
        return str(self.schema.get("title", "value"))

    @property
    def missing(self) -> list[str]:
        """The keys of which one must be added; empty if no key is missing."""
        if self.keyword == "required":
            return [self.expected]
        if self.keyword not in ("oneOf", "anyOf"):
            return []
        keys = [key for branch in self.expected for key in branch["required"]]
        return [] if any(key in self.actual for key in keys) else keys

    @property
    def example(self) -> Any:
        """A valid value, or None if the schema has no example."""
        return next(iter(self.schema.get("examples", ())), None)

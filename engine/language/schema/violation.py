"""One way in which a document violates its schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.language.yaml.document import KeyPath


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of a schema that failed.

    ``expected`` is the keyword's value, ``actual`` what is at ``path``, ``schema`` the part of the
    schema that has the keyword. For `required`, ``expected`` is the missing key. For
    `propertyNames`, ``actual`` is the key that ends the path. For `uniqueItems`, ``actual`` is the
    list and ``expected`` the index of the first of two.
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
        """The keys of which one is missing, if that is what is wrong."""
        if self.keyword == "required":
            return [self.expected]
        if self.keyword not in ("oneOf", "anyOf"):
            return []
        keys = [key for branch in self.expected for key in branch["required"]]
        return [] if any(key in self.actual for key in keys) else keys

    @property
    def example(self) -> Any:
        """Something that would have been right, or None if the schema has no example."""
        return next(iter(self.schema.get("examples", ())), None)

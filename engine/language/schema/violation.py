"""One way in which a document is not what its schema asks for, and how its parts are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.language.yaml.document import KeyPath


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of a schema that failed.

    ``wanted`` is the keyword's value, ``found`` what stands at ``path``, ``schema`` the part of the
    schema that has the keyword. For `required`, ``wanted`` is the missing key. For `propertyNames`,
    ``found`` is the key that ends the path. For `uniqueItems`, ``found`` is the list and ``wanted``
    the index of the first of two.
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
        """The keys of which one is missing, where that is what is wrong."""
        if self.keyword == "required":
            return [self.expected]
        if self.keyword not in ("oneOf", "anyOf"):
            return []
        keys = [key for branch in self.expected for key in branch["required"]]
        return [] if any(key in self.actual for key in keys) else keys

    @property
    def example(self) -> Any:
        """Something that would have been right, or None where the schema says none."""
        return next(iter(self.schema.get("examples", ())), None)

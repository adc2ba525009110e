"""Find merge fields as other programs write them, which a message would print as they stand.

`[...]` is not among them: a rep fills it in by hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.language.quoting import quoted
from engine.language.suggest import closest

_NAME = r"[A-Za-z_][\w.]*(?: \w+)*"
_FIELD = rf"(?:{_NAME})(?:[ ]?[|:,=][^{{}}\n]*)?"

_CERTAIN = (
    rf"\$?\{{!?\s*(?P<brace>{_FIELD})\s*\}}",  # {first_name}, {!Contact.FirstName}, ${name}
    rf"\*\|\s*(?P<star>{_NAME})[^|\n]*\|\*",  # *|FNAME|*
    r"%%?(?P<percent>[A-Za-z]\w*)%%?",  # %FIRSTNAME%
    rf"\[\[\s*(?P<square>{_NAME})[^\]\n]*\]\]",  # [[name]]
    r"(?P<stray>\}\})",
)
"""What is a field of another program whatever its name is."""

_OF_FACTS = (
    rf"<<\s*(?P<angle>{_NAME})\s*>>",  # <<name>>
    rf"\u00ab\s?(?P<guillemet>{_NAME})\s?\u00bb",  # quotes in some languages
    r"%\((?P<python>\w+)\)s",
    r"\$(?P<dollar>[A-Za-z_]\w*)\b",
)
"""What may be meant as text, and is a field if a fact is called like that."""

_PATTERNS = tuple(re.compile(pattern) for pattern in (*_CERTAIN, *_OF_FACTS))
_MIN_LENGTH = 3
"""Shorter names are like too many others."""
_OTHER_NAMES = {
    "fname": "first_name",
    "firstname": "first_name",
    "given_name": "first_name",
    "full_name": "name",
    "fullname": "name",
    "company": "account",
    "company_name": "account",
    "sender": "owner",
    "sender_name": "owner",
}
"""What other programs call facts that nearly every playbook has."""


@dataclass(frozen=True, slots=True, order=True)
class ForeignField:
    """A field of another program.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        fact: The fact that it probably means, None if there is none.
    """

    start: int
    end: int
    fact: str | None


def foreign_fields(text: str, facts: Collection[str]) -> list[ForeignField]:
    """Return the fields of other programs in ``text``, in order, without those inside others.

    Args:
        text: The text of a template in which what Jinja2 reads is blanked out.
        facts: The facts of the playbook.
    """
    found: list[ForeignField] = []
    for field in sorted(_found(text, facts), key=lambda each: (each.start, -each.end)):
        if not found or field.start >= found[-1].end:
            found.append(field)
    return found


def _found(text: str, facts: Collection[str]) -> Iterator[ForeignField]:
    for index, pattern in enumerate(_PATTERNS):
        for match in pattern.finditer(text):
            certain = index < len(_CERTAIN)
            fact = _fact_called(match[match.lastgroup or 0], facts, guess=certain)
            if certain or fact is not None:
                yield ForeignField(*match.span(), fact)


def _fact_called(name: str, facts: Collection[str], *, guess: bool) -> str | None:
    """Return the fact that ``name`` of another program means, such as `Contact.FirstName`.

    Args:
        name: The field without what marks it.
        facts: The facts of the playbook.
        guess: Whether a fact of a similar name will do.
    """
    last = re.split(r"[|:,=]", name)[0].strip().rpartition(".")[2]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last)
    id = re.sub(r"[\W_]+", "_", words).strip("_").lower()
    meant = _OTHER_NAMES.get(id, id)
    if meant in facts:
        return meant
    return closest(id, facts) if guess and len(id) > _MIN_LENGTH else None


def instead_of(field: ForeignField) -> str:
    """Return the help for a field: how a message prints a fact."""
    if field.fact is not None:
        return f"write {quoted('{{ ' + field.fact + ' }}')}"
    return "write the id of a fact between two braces, such as `{{ name }}`, or other words"

"""Merge fields of other programs are found, with the fact they mean; plain text is let be."""

from __future__ import annotations

import pytest

from engine.assurance.lint.messages.foreign_fields import foreign_fields, instead_of

FACTS = ("name", "first_name", "account", "owner", "pain_point")


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("{first_name}", "first_name"),
        ("{ firstName }", "first_name"),
        ("{FIRST_NAME}", "first_name"),
        ("{First Name}", "first_name"),
        ("{first_name|there}", "first_name"),
        ("{frist_name}", "first_name"),
        ("{!Contact.FirstName}", "first_name"),
        ("{!Contact.Name}", "name"),
        ("${name}", "name"),
        ("${Leads.Company}", "account"),
        ("*|FNAME|*", "first_name"),
        ("*|FNAME:there|*", "first_name"),
        ("%FIRSTNAME%", "first_name"),
        ("%NAME%", "name"),
        ("%%first_name%%", "first_name"),
        ("[[name]]", "name"),
        ("[[FIRSTNAME OR `there`]]", "first_name"),
        ("<<First Name>>", "first_name"),
        ("\u00abPainPoint\u00bb", "pain_point"),
        ("%(name)s", "name"),
        ("$first_name", "first_name"),
        ("{city}", None),
        ("%CITY%", None),
        ("}}", None),
    ],
)
def test_a_field_of_another_program_is_found(written: str, fact: str | None) -> None:
    text = f"Hi {written}, hello"
    (field,) = foreign_fields(text, FACTS)
    assert text[field.start : field.end] == written
    assert field.fact == fact
    assert (f"`{{{{ {fact} }}}}`" in instead_of(field)) == (fact is not None)


@pytest.mark.parametrize(
    "text",
    [
        "[what you promised]",
        "100% of it, or 50%",
        "$5 or $1,000, in $US",
        "a < b and b > c",
        "<<as agreed>>",
        "\u00abmerci\u00bb",
        '{"a": 1}',
        "{}",
        "%(count)d",
        "C:\\%temp",
    ],
)
def test_plain_text_is_let_be(text: str) -> None:
    assert foreign_fields(text, FACTS) == []


def test_fields_come_in_order_and_once() -> None:
    text = "{name} *|FNAME|* ${account}"
    assert [text[f.start : f.end] for f in foreign_fields(text, FACTS)] == text.split()

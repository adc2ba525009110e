"""Templates may print and test facts; whatever could run away or reach out is refused."""

from __future__ import annotations

import pytest

from engine.advice.drafts.draft_errors import MessageTemplateError
from engine.advice.drafts.templates import environment, read_template


def test_names_are_facts_and_those_without_a_way_out_are_required() -> None:
    template = read_template(
        "{{ first_name }}{% if topic is defined %} {{ topic }}{% endif %}"
        "{{ greeting | default('Hello') }} {{ first_name | upper }}"
    )
    assert template.variables == ("first_name", "topic", "greeting")
    assert template.required == ("first_name",)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% for n in x %}{% endfor %}", "a message cannot have a loop"),
        ("{% set x = 1 %}", "a message cannot have a `set`"),
        ("{% include 'other' %}", "a message cannot have an include"),
        ("{% import 'other' as o %}", "a message cannot have an import"),
        ("{% extends 'other' %}", "a message cannot have an `extends`"),
        ("{% macro m() %}{% endmacro %}", "a message cannot have a macro"),
        ("{{ name.__class__ }}", "a message cannot have a dot after a name"),
        ("{{ name['x'] }}", "a message cannot have square brackets after a name"),
        ("{{ name() }}", "a message cannot have a call"),
        ("{{ name * 1000000000 }}", "a message cannot have arithmetic"),
        ("{{ 9 ** 9 ** 9 }}", "a message cannot have arithmetic"),
        ("{{ range(9) }}", "a message cannot have a call"),
        ("{{ 1.5 | round(300000000, 'floor') }}", "`round` takes decimals from 0 to 10"),
        ("{{ 1.5 | round(precision=300000000) }}", "`round` takes decimals from 0 to 10"),
        ("{{ 1.5 | round(-300000000) }}", "`round` takes decimals from 0 to 10"),
        ("{{ 1.5 | round(amount) }}", "`round` takes decimals from 0 to 10"),
        ("{{ 1.5 | round(true) }}", "`round` takes decimals from 0 to 10"),
        ("{{ 1.5 | round(*[300000000, 'floor']) }}", "a message cannot have a `*` before a value"),
        ("{{ 1.5 | round(**options) }}", "a message cannot have a `*` before a value"),
        ("{{ 1e999 }}", "a number is too large"),
        ("{{ amount > -1e999 | int }}", "a number is too large"),
        ("{{ 0x" + "f" * 5000 + " }}", "a number is too large"),
        ("{{ " + "1" * 400 + " }}", "a number is too large"),
        ("{{ " + "1" * 5000 + " }}", "a number is too large"),
        ("Hi\u200b", "a message cannot have the invisible character U+200B (zero width space)"),
        (
            "{# \U000e0041 #}",
            "a message cannot have the invisible character U+E0041 (tag latin capital letter a)",
        ),
        ("\x1b[31m", "a message cannot have the control character U+001B"),
        (
            '{{ "a\\u202eb" }}',
            "a message cannot have the invisible character U+202E (right-to-left override)",
        ),
    ],
)
def test_what_no_message_needs_is_refused(source: str, message: str) -> None:
    with pytest.raises(MessageTemplateError) as caught:
        read_template("first line\n" + source)
    assert (caught.value.line, caught.value.message) == (2, message)


def test_an_unknown_filter_is_named_with_those_there_are() -> None:
    with pytest.raises(
        MessageTemplateError, match="no filter `center`: there are capitalize, default"
    ):
        read_template("{{ name | center(1000000000) }}")


def test_an_unknown_test_is_named() -> None:
    with pytest.raises(MessageTemplateError, match="no test `is odd`"):
        read_template("{% if name is odd %}x{% endif %}")


def test_a_name_has_the_line_on_which_it_first_appears() -> None:
    template = read_template("{# late #}\nlate\n{% if early\n %}{{ late }}{% endif %}\n{{ late }}")
    assert dict(template.lines) == {"early": 3, "late": 4}


@pytest.mark.parametrize("name", ["range", "dict", "namespace", "lipsum", "cycler"])
def test_what_jinja_knows_by_itself_is_not_there(name: str) -> None:
    source = f"{{% if {name} is defined %}}known{{% endif %}}"
    assert read_template(source).variables == (name,)
    assert environment().from_string(source).render({}) == ""


@pytest.mark.parametrize("source", ["{{ name", "{% if name %}", "{{ }}", "{{ name | }}"])
def test_a_slip_in_writing_is_a_bad_template(source: str) -> None:
    with pytest.raises(MessageTemplateError):
        read_template(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ a" + " and a" * 1500 + " }}",
        "{{ a" + " | lower" * 1500 + " }}",
        "{% if a %}" * 1200 + "{% endif %}" * 1200,
    ],
    ids=["parentheses", "and", "filters", "if"],
)
def test_a_template_nested_too_deep_is_a_bad_template(source: str) -> None:
    with pytest.raises(MessageTemplateError, match="it is nested too deep"):
        read_template(source)

"""A template leaves a gap where an unknown fact prints nothing and the words around need it."""

from __future__ import annotations

import pytest

from engine.advice.drafts.templates import read_template


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ a | default('') }},",
        "Hi {{ a | default }},",
        "Hi {{ a | default(' ') | title }},",
        "Hi {{ a if a is defined else '' }}.",
        "Hi {% if a is defined %}{{ a }}{% endif %}!",
        "Hi {% if a is defined %}{{ a }}{% elif b is defined %}{{ b }}{% endif %},",
        "about {{ a | default('') }} today",
        "({{ a | default('') }})",
        "Subject: {{ a | default('') }}",
        "{{ a | default('') }}, hello",
        "{% if b is defined %}Hi {{ a | default('') }},{% endif %}",
        "Hi {{ a | default('') }}{{ b | default('') }},",
    ],
)
def test_a_gap_is_found_at_its_line(text: str) -> None:
    assert read_template(f"one line\n{text}\nanother").blanks == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ a }},",
        "Hi {{ a | default('there') }},",
        "Hi{{ a | default('') }},",
        "Hi{% if a is defined %} {{ a }}{% endif %},",
        "Hi {% if a is defined %}{{ a }}{% else %}there{% endif %},",
        "It is ready.{% if a is defined %} It is {{ a }}.{% endif %} Shall we talk?",
        "It is ready. {% if a is defined %}It is {{ a }}.{% endif %}",
        "{% if a is defined %}It is {{ a }}.{% endif %}",
        "{{ a | default('') }}",
        "{{ 'x' if b else 'y' }}, x",
    ],
)
def test_what_fits_together_without_it_is_fine(text: str) -> None:
    assert read_template(f"one line\n{text}\nanother").blanks == ()

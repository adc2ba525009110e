"""What Jinja2 says of a slip is told in an author's words, at the line of the slip."""

from __future__ import annotations

import re

import pytest

from engine.advice.drafts.draft_errors import MessageTemplateError
from engine.advice.drafts.templates import read_template

RAW = re.compile(r"token|statement|block|unexpected|[Ee]ncountered|Jinja|char\b|directive|tag '")


@pytest.mark.parametrize(
    ("slip", "message", "help"),
    [
        ("{{ name }, x", "one brace cannot close this", "close `{{` with `}}`"),
        ("{% if a } x {% endif %}", "one brace cannot close this", "`%}`"),
        ("{{ %}", "one brace cannot close this", ""),
        ("{{ first name }}", "`name` does not belong here", "no spaces"),
        ("{{ name | fallback: 'x' }}", "`:` does not belong here", ""),
        ("{{{name}}}", "`}` does not belong here", "`{{ first_name }}`"),
        ("{{ name) }}", "`)` does not belong here", ""),
        ("{{ (name }}", "`)` is missing before `}`", ""),
        ("{{ \u201cx\u201d }}", "`\u201c` cannot be used between braces", "straight quotes"),
        ("{{ name ? }}", "`?` cannot be used between braces", ""),
        ("{{ 'a }}", "this quote is never closed", "close it with '"),
        ("{{ }}", "something is missing before the closing brace", ""),
        ("{{ name | }}", "something is missing before the closing brace", ""),
        ("{{ name ~ }}", "something is missing before the closing brace", ""),
        ("{% if %}x{% endif %}", "something is missing before the closing brace", ""),
        ("{{ name", "this is never closed", "close `{{` with `}}`"),
        ("{# name", "this `{#` is never closed", "`#}`"),
        ("{% raw %}x", "this `{% raw %}` is never closed", ""),
        ("{% if a %}x\n\n", "this `{% if %}` is never closed", "`{% endif %}`"),
        ("{% if a %}{% if b %}\n{% endif %}x", "this `{% if %}` is never closed", ""),
        ("x {% endif %}", "`{% endif %}` has no `{% if %}` that it belongs to", ""),
        ("{% else %}", "`{% else %}` has no `{% if %}` that it belongs to", ""),
        ("{% elseif a %}", "there is no tag `elseif`", "`{% elif ... %}`"),
        ("{% foo %}", "there is no tag `foo`", "`endif`"),
        ("{% if a = 1 %}x{% endif %}", "one `=` compares nothing", "write `==`"),
        ("{{ name, 'x' }}", "a message cannot print a list", ""),
        ("{{ ['x'] }}", "a message cannot print a list", ""),
    ],
)
def test_a_slip_is_told_in_plain_words(slip: str, message: str, help: str) -> None:
    with pytest.raises(MessageTemplateError) as caught:
        read_template(f"Hi,\n{slip}")
    assert (caught.value.line, caught.value.message) == (2, message)
    assert help in caught.value.help
    assert not RAW.search(f"{caught.value.message} {caught.value.help}".replace("no tag", ""))

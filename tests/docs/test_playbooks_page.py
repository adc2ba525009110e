"""The page on the shipped playbooks is what would be written now, and tells all of them."""

from __future__ import annotations

import pytest

from docs.make_playbooks import PAGE, page, playbooks


@pytest.mark.slow
def test_the_page_is_current() -> None:
    same = PAGE.read_text(encoding="utf-8") == page()
    assert same, "`python docs/make_playbooks.py` writes it anew"


def test_every_shipped_playbook_is_on_it_the_ground_first() -> None:
    names = [path.stem for path in playbooks()]
    assert names[:2] == ["base", "gone-dark"]
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"\n- `{name}`: " in text for name in names)
    assert text.count("\nIt builds on ") == len(names) - 1

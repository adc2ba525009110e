"""Writes docs/playbooks.md: the shipped playbooks as `relight doc` tells them.

    python docs/make_playbooks.py

The first is told in full, every other with what it adds to those it extends or changes in them.
"""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "playbooks.md"
FIRST = ("base.yaml", "gone-dark.yaml")

HEAD = """\
# The shipped playbooks

What the playbooks that come with Relight say, in words: when silence counts, why somebody may be
silent, what to do next and what must not be done. `--playbook` and `extends` take them by name:

{names}

`relight doc -p NAME` tells one of them in full, `relight doc -p NAME -o NAME.html` with a drawing
of what feeds what. This page is written by `python docs/make_playbooks.py`; change the playbooks,
not the page.
"""


def playbooks() -> list[Path]:
    """Every shipped playbook, those that others build on first."""
    from engine.language.files.locate import kind_of

    files = [path for path in (CHECKOUT / "rules").glob("*.yaml") if kind_of(path) == "playbook"]
    found = [path for path in files if path.name != "standard.yaml"]
    return sorted(found, key=lambda path: (path.name not in FIRST, path.name))


def page() -> str:
    """Return the whole page."""
    from engine.assurance.lint.load_runnable import load_runnable
    from engine.reports.handbook.markdown import markdown_page
    from engine.reports.handbook.scope import handbook_scope

    parts, names = [], []
    for path in playbooks():
        reading = load_runnable(path, str(path))
        if reading.playbook is None:
            raise SystemExit(f"{path.name} has errors: `relight check` lists them")
        names.append(f"- `{path.stem}`: {reading.playbook.title}")
        parts.append(markdown_page(handbook_scope(reading, own=True), level=1))
    return "\n".join([HEAD.format(names="\n".join(names)), *parts])


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    PAGE.write_text(page(), encoding="utf-8")

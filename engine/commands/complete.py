"""Complete ids of rules and prospects for the shell, reading as little as possible."""

from __future__ import annotations

import csv
import re
from itertools import islice
from pathlib import Path

from engine.language.files.extends_chain import ExtendsChain
from engine.language.files.locate import playbook_at
from engine.language.files.merge import Merge
from engine.reports.playbook.entry_page import SECTIONS

# A shell takes what it is given as part of the command line: an id with quotes, blanks or a dollar
# sign in it, from a book or playbook that somebody sent, must not become code there, and one that
# begins with a hyphen no option. Ids of rules are compared too, as nobody has checked the playbook.
_PLAIN_ID = re.compile(r"\w[\w.@:+-]*")
MAX_COMPLETIONS = 5000
"""Rows of the book that are read for completion."""


def rule_ids(start: str, playbook: str | None, *sections: str) -> list[str]:
    """Return the ids of rules that begin with ``start``.

    Args:
        start: What was typed; if it has a `.`, ids have their section in front.
        playbook: The playbook; None is the default one.
        sections: The sections to search; without any, all.
    """
    file = playbook_at(playbook)
    merge = Merge()
    for document in ExtendsChain(file.path, file.name).documents:
        merge.apply(document)
    declared = {section: merge.data.get(section, {}) for section in sections or SECTIONS}
    ids = [
        (section, id)
        for section, found in declared.items()
        for id, entry in found.items()
        if entry != "off" and _is_plain(id)
    ]
    names = [id for _, id in ids] + [f"{section}.{id}" for section, id in ids] * ("." in start)
    return sorted({name for name in names if name.startswith(start)})


def prospect_ids(start: str, book: Path) -> list[str]:
    """Return the ids of prospects that begin with ``start``, from a book in CSV."""
    with (book / "prospects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = islice(csv.DictReader(file), MAX_COMPLETIONS)
        ids = [(row.get("id") or "").strip() for row in rows]
    return sorted({id for id in ids if _is_plain(id) and id.startswith(start)})


def _is_plain(id: str) -> bool:
    return _PLAIN_ID.fullmatch(id) is not None

"""Words that a shell may complete: ids of rules and of prospects, read as quickly as can be."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from engine.language.files.locate import playbook_at
from engine.language.files.merge import ExtendsChain, Merge
from engine.reports.playbook.entry_page import SECTIONS

MAX_COMPLETIONS = 5000
"""Prospects that are looked at; nobody reads through more."""


def rule_ids(start: str, playbook: str | None, *sections: str) -> list[str]:
    """Ids in ``sections`` of the playbook, or in all, that begin with ``start``."""
    named = playbook_at(playbook)
    merge = Merge()
    for document in ExtendsChain(named.path, named.name).documents:
        merge.apply(document)
    of = sections or SECTIONS
    ids = [id for section in of for id in merge.data.get(section, {})]
    dotted = [f"{section}.{id}" for section in of for id in merge.data.get(section, {})]
    return sorted({id for id in ids + dotted * ("." in start) if id.startswith(start)})


def prospect_ids(start: str, book: Path) -> list[str]:
    """Ids of prospects that begin with ``start``, of a book kept as CSV."""
    with (book / "prospects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = islice(csv.DictReader(file), MAX_COMPLETIONS)
        ids = [(row.get("id") or "").strip() for row in rows]
    return sorted(id for id in ids if id and id.startswith(start))

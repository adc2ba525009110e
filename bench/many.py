"""A playbook of about a thousand rules: sixty.yaml many times over, each with ids of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bench.engines import SIXTY

COPIES = 17
SECTIONS = ("dark", "signals", "causes", "actions", "guards")


def write_many(target: Path) -> tuple[Path, int]:
    """Write the playbook to ``target``; gives the path and how many rules it has."""
    sixty = yaml.safe_load(SIXTY.read_text(encoding="utf-8"))
    derived = {name for name, fact in sixty["facts"].items() if "when" in fact}
    merged = {**sixty, "playbook": "many", **{section: {} for section in SECTIONS}}
    merged["facts"] = {name: fact for name, fact in sixty["facts"].items() if name not in derived}
    for copy in range(COPIES):
        for section in ("facts", *SECTIONS):
            for name, entry in sixty[section].items():
                if section != "facts" or name in derived:
                    merged[section][f"{name}_{copy}"] = _renamed(entry, derived, copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml.safe_dump(merged, sort_keys=False, width=110), encoding="utf-8")
    return target, COPIES * (len(derived) + sum(len(sixty[section]) for section in SECTIONS))


def _renamed(value: Any, derived: set[str], copy: int, under: str = "") -> Any:
    """``value`` with every reference to a rule pointing to the copy of the same number."""
    match value:
        case dict():
            return {
                _name(key, derived, copy, under): _renamed(own, derived, copy, key)
                for key, own in value.items()
            }
        case list():
            return [_renamed(own, derived, copy, under) for own in value]
        case str() if under in {"prevent", "actions"}:
            return f"{value}_{copy}"
        case _:
            return value


def _name(key: str, derived: set[str], copy: int, under: str) -> str:
    refers = under == "for" or key in derived or key.startswith(("signals.", "causes."))
    return f"{key}_{copy}" if refers else key

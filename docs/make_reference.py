"""Writes the tables of the pages from what the program itself reads.

    python docs/make_reference.py

A table stands between two comments, and is replaced:

    <!-- keys: KIND PLACE -->   the keys a map may have: KIND of schemas/KIND.schema.json, and PLACE
                                the way to the map: keys joined by dots, `*` for any id, `-` for an
                                item of a list, or `#NAME` for a definition; nothing for the whole
    <!-- operators -->          the operators of each type
    <!-- standard facts -->     the facts every playbook has
    <!-- problems -->           every problem code
    <!-- results: TABLE -->     the columns of results: `nested`, `next`, or `flat`
    <!-- end -->
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = ("docs/language.md", "docs/problems.md", "docs/cli.md", "docs/sql.md")
TABLE = re.compile(
    r"(?P<start><!-- (?P<what>keys|operators|standard facts|problems|results)"
    r"(?:: (?P<kind>\w+)(?: (?P<place>\S+))?)? -->\n)"
    r".*?(?P<end><!-- end -->)",
    re.DOTALL,
)

Schema = dict[str, Any]


def with_tables(text: str) -> str:
    """Return the page with every table as it is now."""
    return TABLE.sub(lambda found: found["start"] + _table(found) + found["end"], text)


def _table(found: re.Match[str]) -> str:
    match found["what"]:
        case "problems":
            return problem_table()
        case "operators":
            return operator_table()
        case "standard facts":
            return standard_table()
        case "results":
            return result_table(found["kind"])
        case _:
            path = CHECKOUT / "schemas" / f"{found['kind']}.schema.json"
            return key_table(json.loads(path.read_text(encoding="utf-8")), found["place"] or "")


def result_table(name: str) -> str:
    """Return the columns of the table of results that is called ``name``."""
    from engine.semantics import result_schema as schema

    tables: dict[str, Mapping[str, schema.NestedColumn | schema.FlatColumn]] = {
        "nested": schema.NESTED,
        "next": schema.NEXT_STEPS,
        "flat": schema.FLAT,
    }
    rows = ["| Column | Type | Holds |", "|---|---|---|"]
    rows += [
        f"| `{name}` | {_in_words(each.type)} | {each.holds} |"
        for name, each in tables[name].items()
    ]
    return "\n".join(rows) + "\n"


def _in_words(type: str) -> str:
    """Return a SQL type as people say it: `list of structs (id: text)`."""
    words = {"VARCHAR": "text", "DOUBLE": "double", "INT": "integer", "BOOLEAN": "boolean"}
    words |= {"TIMESTAMPTZ": "timestamp"}
    if (item := re.fullmatch("ARRAY<STRUCT<(.*)>>", type)) is not None:
        return f"list of structs ({_in_words(item[1])})"
    if (fields := re.fullmatch("STRUCT<(.*)>", type)) is not None:
        return f"struct ({_in_words(fields[1])})"
    found = re.sub("ARRAY<(.*?)>", r"list of \1", type)
    return re.sub("|".join(words), lambda word: words[word[0]], found)


def key_table(root: Schema, place: str) -> str:
    """Return the keys of the map at ``place``."""
    nodes = list(_at(root, place))
    rows = ["| Key | Value | Meaning | Example |", "|---|---|---|---|"]
    for key, written in nodes[0]["properties"].items():
        node = _resolved(root, written)
        meaning = _needed(nodes, key) + node["description"]
        cells = (f"`{key}`", _value(node), meaning, _examples(written, node))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _at(root: Schema, place: str) -> Iterator[Schema]:
    """Return what the schema says of ``place``, and what it asks of a complete playbook there."""
    if place.startswith("#"):
        yield _resolved(root, root["$defs"][place[1:]])
        return
    for start in (root, root["$defs"].get("complete", {})):
        node: Schema | None = start
        for part in place.split(".") if place else ():
            node = _step(root, node or {}, part)
        if node:
            yield _resolved(root, node)


def _step(root: Schema, node: Schema, part: str) -> Schema | None:
    node = _resolved(root, node)
    if part == "*":
        return _a_map(node.get("additionalProperties"))
    if part == "-":
        return _a_map(node.get("items"))
    return _a_map(node.get("properties", {}).get(part))


def _a_map(node: Any) -> Schema | None:
    return node if isinstance(node, dict) else None


def _resolved(root: Schema, node: Schema) -> Schema:
    """``node`` with what it refers to; what it says itself wins."""
    if "$ref" not in node:
        return node
    name = node["$ref"].removeprefix("#/$defs/")
    own = {key: value for key, value in node.items() if key != "$ref"}
    return _resolved(root, root["$defs"][name]) | own


def _needed(nodes: list[Schema], key: str) -> str:
    """Whether the map must have ``key``."""
    for node in nodes:
        if key in node.get("required", ()):
            return "**Needed.** "
        then = node.get("then", {})
        if isinstance(then, dict) and key in then.get("required", ()):
            (asked, value), *_ = node["if"]["properties"].items()
            return f"**Needed** with `{asked}: {value['const']}`. "
        choices = then.get("oneOf", ()) if isinstance(then, dict) else ()
        for either in (*choices, *node.get("anyOf", ())):
            if key in either.get("required", ()):
                return "**One of these.** "
    return ""


def _value(node: Schema) -> str:
    """Describe what may stand there."""
    if "enum" in node:
        return " or ".join(f"`{word}`" for word in node["enum"] if word != "off")
    title = node.get("title")
    if title is None:
        raise ValueError(f"no title: {node}")
    return str(title)


def _examples(written: Schema, node: Schema) -> str:
    examples = written.get("examples") or node.get("examples", [])
    return ", ".join(f"`{flow(example)}`" for example in examples[:2])


def flow(value: Any) -> str:
    """``value`` as YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case bool() | None:
            return json.dumps(value)
        case str() if re.fullmatch(r"[\d.]+", value) or re.search(r"^\W|: |[?,]", value):
            return json.dumps(value, ensure_ascii=False)
        case str() if re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", value):
            return json.dumps(value)
        case _:
            return str(value)


def operator_table() -> str:
    """Which operators a value of each type takes."""
    from engine.language.parse.parse_conditions import OPERATORS

    rows = ["| Type | Operators |", "|---|---|"]
    for kind, operators in OPERATORS.items():
        rows.append(f"| `{kind}` | {', '.join(f'`{operator}`' for operator in operators)} |")
    return "\n".join(rows) + "\n"


def standard_table() -> str:
    """Return the facts that the language itself declares."""
    from engine.language.load import load
    from engine.language.package_data import shipped

    playbook = load(shipped("rules", "standard.yaml")).playbook
    assert playbook is not None
    rows = ["| Fact | Type | | Meaning |", "|---|---|---|---|"]
    for fact in playbook.facts.values():
        kind = "given" if fact.given else "measured"
        rows.append(f"| `{fact.id}` | {fact.type} | {kind} | {fact.description} |")
    return "\n".join(rows) + "\n"


def problem_table() -> str:
    """Every problem code, what it stops, and why it is one."""
    from engine.assurance.lint.code_pages import codes, page

    rows = ["| Code | Severity | Why |", "|---|---|---|"]
    for code in codes():
        text = page(code)
        severity = re.search(r"^Severity: (.*)$", text, re.MULTILINE)
        why = re.search(r"^## Why\n+(.+?)\n", text, re.MULTILINE)
        assert severity is not None
        assert why is not None
        cell = why[1].replace("|", "\\|")
        rows.append(f"| `{code}` | {severity[1]} | {cell} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write every table anew."""
    for name in PAGES:
        page = CHECKOUT / name
        text = page.read_text(encoding="utf-8")
        page.write_text(with_tables(text), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    main()

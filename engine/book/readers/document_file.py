"""Read small books in one YAML or JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.book.book_problem import BookError
from engine.book.cells import CellError, CellReader, RawCell
from engine.book.source_table import Report
from engine.book.table_schema import STORED_TABLES, StoredTable
from engine.language.instants import place_zones, zone_known
from engine.language.model import TABLES, Column
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.reader import MAX_BYTES, read_source

RowPath = tuple[str | int, ...]
"""The path to a value: keys of maps, and positions in lists from 0."""

ABOUT = "book"
"""The key of what is said of the book itself, beside its tables."""

_NESTED: tuple[StoredTable, ...] = (*TABLES, "changes")
"""The tables whose rows may stand inside their prospect."""

LEFT_OUT = CellError("unknown-prospect", "the prospect around the row is skipped")


class ListedTable:
    """A table in memory: the number of each row, and a map from column to cell."""

    header = False

    def __init__(self, file: str, numbered: list[tuple[int, dict[str, RawCell]]]) -> None:
        self.file = file
        self.place = None
        self.names = list(dict.fromkeys(name for _, cells in numbered for name in cells))
        self._numbered = numbered

    def rows(
        self, columns: Sequence[str], _report: Report, _only: str | None, /
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """Yield the number of each row and its cells; the caller filters them by key.

        Args:
            columns: The columns to read, the key first.
            _report: Not called: reading the file reports its problems.
            _only: Not used: a file of one MiB has few rows of other keys.
        """
        for number, cells in self._numbered:
            yield number, [cells.get(name) for name in columns]


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file. ``lines`` maps every path to its line; it is empty for JSON."""

    file: str
    data: Any
    lines: dict[RowPath, int]

    def error(self, place: RowPath, message: str, help: str | None = None) -> BookError:
        """Return the exception for an error at a value.

        Args:
            place: The path of the value.
            message: What is wrong.
            help: What to write instead.
        """
        line = self.lines.get(place)
        where = f"`{self.file}`" if line is None else f"line {line} of `{self.file}`"
        return BookError(f"{where}: {message}", help)

    def maps(self, place: RowPath, rows: Any) -> list[tuple[RowPath, dict[str, Any]]]:
        """Return the rows of the list at ``place``, each with its own path.

        An element that is not a map becomes a row without cells, which is then left out and
        reported like any row without an id.
        """
        if not isinstance(rows, list):
            raise self.error(place, f"`{place[-1]}` is not a list of rows")
        # Copies, since the rows are changed later and the YAML reader keeps what it has read.
        whole = [dict(row) if isinstance(row, dict) else {} for row in rows]
        return [((*place, index), row) for index, row in enumerate(whole)]

    def numbered(self, place: RowPath, row: dict[str, Any]) -> tuple[int, dict[str, RawCell]]:
        """Return the number of the row (its line, or in JSON its position from 1) and its cells."""
        last = place[-1]
        assert isinstance(last, int)
        return self.lines.get(place, last + 1), {name: _cell(row[name]) for name in row}


def document_tables(path: Path) -> tuple[dict[StoredTable, ListedTable], str | None]:
    """Read the tables in the YAML or JSON file at ``path``, and `timezone` of its `book`.

    Raises:
        BookError: the file cannot be read, is not a map of lists of rows, or names no known zone.
    """
    content = _json(path) if path.suffix == ".json" else _yaml(path)
    data = content.data
    if not isinstance(data, dict):
        raise content.error((), "the file is not a map of tables", "begin it with `prospects:`")
    for name in data:
        if name not in (*STORED_TABLES, ABOUT):
            help = did_you_mean(name, STORED_TABLES) or f"the tables are {', '.join(STORED_TABLES)}"
            raise content.error((name,), f"unknown table {quoted(name)}", help)
    tables = {
        table: content.maps((table,), data[table])
        for table in STORED_TABLES
        if data.get(table) is not None
    }
    for table, rows in _nested(content, tables.get("prospects", [])):
        tables.setdefault(table, []).extend(rows)
    listed = {
        table: ListedTable(f"{path.name}:{table}", [content.numbered(*row) for row in rows])
        for table, rows in tables.items()
    }
    return listed, _zone(content)


def _zone(content: Content) -> str | None:
    """Return the zone that the book gives for its instants without one; None if it gives none."""
    about = content.data.get(ABOUT)
    if about is None:
        return None
    if not isinstance(about, dict):
        raise content.error((ABOUT,), "`book` is not a map", "write `book: {timezone: UTC}`")
    for name in about:
        if name != "timezone":
            help = did_you_mean(name, ["timezone"]) or "the only one is `timezone`"
            raise content.error((ABOUT, name), f"unknown key {quoted(name)}", help)
    zone = about.get("timezone")
    if zone is None or (isinstance(zone, str) and zone_known(zone)):
        return zone
    help = did_you_mean(str(zone), place_zones()) or "write an IANA name: `America/Chicago`"
    message = f"unknown time zone {quoted(str(zone))}"
    raise content.error((ABOUT, "timezone"), message, help)


def _nested(
    content: Content, prospects: list[tuple[RowPath, dict[str, Any]]]
) -> Iterator[tuple[StoredTable, list[tuple[RowPath, dict[str, Any]]]]]:
    """Move the lists of rows out of ``prospects``, and yield them with the prospect's id added."""
    ids = CellReader(Column("id", "text"), "UTC")
    seen = set()
    for place, prospect in prospects:
        key = prospect.get("id")
        id = None if isinstance(key, list | dict) else ids.read(key)
        for table in _NESTED:
            if isinstance(prospect.get(table), list):
                rows = content.maps((*place, table), prospect.pop(table))
                for at, row in rows:
                    if "prospect_id" in row:
                        message = "a row inside a prospect must not have a `prospect_id`"
                        raise content.error(at, message, "delete it")
                    row["prospect_id"] = LEFT_OUT if id is None or id in seen else key
                yield table, rows
        seen.add(id)


def _cell(value: Any) -> RawCell:
    if isinstance(value, list | dict):
        what = "a list" if isinstance(value, list) else "a map"
        return CellError("not-a-value", f"{what} is not the value of a cell")
    return value  # type: ignore[no-any-return]  # a scalar of YAML or JSON


def _yaml(path: Path) -> Content:
    if path.stat().st_size > MAX_BYTES:
        raise _too_large(path)
    document, problems = read_source(path, path.name)
    for problem in problems:
        if problem.severity == "error":
            where = f"line {problem.span.line} of `{path.name}`"
            raise BookError(f"{where}: {problem.message}", problem.help)
    assert document is not None
    lines = {place: span.line for place, span in document.spans.items()}
    return Content(path.name, document.data, lines)


def _json(path: Path) -> Content:
    # Not by the YAML reader: it takes most JSON, but neither tabs nor escaped surrogate pairs.
    # By default, `json` keeps the last of duplicate keys and accepts `NaN` and `Infinity`.
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise BookError(f"`{path.name}`: duplicate key in a map")
        return found

    def finite(name: str) -> None:
        raise BookError(f"`{path.name}`: `{name}` is not valid JSON")

    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=unique, parse_constant=finite)
    except (OSError, ValueError, RecursionError) as error:
        raise BookError(f"`{path.name}` cannot be read as JSON", _reason(error)) from error
    return Content(path.name, data, {})


def _too_large(path: Path) -> BookError:
    help = "keep a larger book in a folder of CSV or Parquet files, or in a DuckDB file"
    return BookError(f"`{path.name}` is larger than 1 MiB", help)


def _reason(error: Exception) -> str | None:
    match error:
        case json.JSONDecodeError():
            return f"the JSON is not valid at line {error.lineno}, column {error.colno}"
        case UnicodeDecodeError():
            return "save it as UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case OSError():
            return error.strerror
        case _:
            return None

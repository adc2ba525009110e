"""Build lines of CSV in DuckDB, identical to those that Python writes.

So the rows of a large book need not pass through Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.backends.sql.result.unnested_rows import flat_value
from engine.backends.sql.tree.nested_types import ITEM, field
from engine.book.sql_nodes import array, call, case, coalesce, column, named, table, text
from engine.book.sql_types import cast
from engine.language.invisible import INVISIBLE_RANGES
from engine.semantics.result_schema import FLAT, INSTANT, NUMBER, STEP_COLUMNS, TEXT, FlatColumn

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CONTROL = r"\x00-\x1f" + "".join(
    f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in INVISIBLE_RANGES if first != 0xD800
)
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
PLAIN_NUMBER = r"[+-]?\p{Nd}+(\.\p{Nd}+)?([eE][+-]?\p{Nd}+)?"
QUOTED = r'[,"]|^\p{Z}|\p{Z}$'

MACROS = (
    f"""csv_letter(c) AS CASE
        WHEN NOT regexp_matches(c, '[{CONTROL}]') THEN c
        WHEN c = chr(10) THEN '\\n' WHEN c = chr(13) THEN '\\r' WHEN c = chr(9) THEN '\\t'
        WHEN unicode(c) < 256 THEN format('\\x{{:02x}}', unicode(c))
        WHEN unicode(c) < 65536 THEN format('\\u{{:04x}}', unicode(c))
        ELSE format('\\U{{:08x}}', unicode(c)) END""",
    f"""csv_printable(x) AS CASE WHEN NOT regexp_matches(x, '[{CONTROL}]') THEN x
        ELSE array_to_string(list_transform(string_split(x, ''), lambda c: csv_letter(c)), '')
        END""",
    f"""csv_safe(x) AS CASE
        WHEN regexp_matches(x, '{FORMULA}') AND NOT regexp_full_match(x, '{PLAIN_NUMBER}')
        THEN '''' || csv_printable(x) ELSE csv_printable(x) END""",
    f"""csv_quoted(x) AS CASE WHEN regexp_matches(x, '{QUOTED}')
        THEN '"' || replace(x, '"', '""') || '"' ELSE x END""",
    f"""csv_cell(x) AS CASE WHEN x IS NULL THEN ''
        WHEN NOT regexp_matches(x, '[,"{CONTROL}]|{FORMULA}|^\\p{{Z}}|\\p{{Z}}$') THEN x
        ELSE csv_quoted(csv_safe(x)) END""",
    """csv_instant(x) AS CASE WHEN x IS NULL THEN ''
        ELSE strftime(make_timestamp(epoch_us(x)), '%Y-%m-%dT%H:%M:%SZ') END""",
    """csv_number(x) AS CASE WHEN x IS NULL THEN ''
        ELSE regexp_replace(printf('%.6f', x), '0{1,5}$', '') END""",
)
"""Macros for one cell: `csv_cell` for text, `csv_number` for a double, `csv_instant`.

They give what `engine.reports.escape.csv_cell` and `engine.reports.recommendations.as_csv`
give. One regular expression in `csv_cell` lets most texts pass; only the others are escaped.
"""

_MACRO_OF = {TEXT: "csv_cell", NUMBER: "csv_number", INSTANT: "csv_instant"}


@dataclass(frozen=True, slots=True)
class CsvTemplates:
    """The parts of lines that depend on the playbook alone, quoted already.

    Attributes:
        heads: The cells of a step before its value, by the id of the action.
        tails: The cells of a step after its cause, by the id of the action.
        nothing: The rank and all cells of a step, for a prospect without steps.
        run: The cells of the playbook and the instant.
    """

    heads: Mapping[str, str]
    tails: Mapping[str, str]
    nothing: str
    run: str


def define_macros(connection: DuckDBPyConnection) -> None:
    """Define the macros that lines call in ``connection``."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


def lines_of(rows: exp.Table, templates: CsvTemplates) -> exp.Select:
    """Build a select of `lines` from ``rows``, which have the columns of `result_schema.NESTED`.

    All lines of a prospect are one text.
    """
    select = exp.select(named(_lines(templates), "lines")).from_(table("cells", "f"))
    return select.with_("cells", _cells(rows, templates))


def _cells(rows: exp.Table, templates: CsvTemplates) -> exp.Select:
    """Select the parts of a line before and after its step, once for each prospect."""
    names = list(FLAT)
    first, last = names.index(STEP_COLUMNS[0]), names.index(STEP_COLUMNS[-1])
    start = [_cell(FLAT[name]) for name in names[:first]]
    rest = names[last + 1 :]
    run = [name for name in rest if name in ("playbook", "as_of")]
    end = [text(templates.run), *(_cell(FLAT[name]) for name in rest[len(run) :])]
    return exp.select(
        column("next_steps"),
        named(call("concat_ws", text(","), *start, text("")), "start"),
        named(call("concat_ws", text(","), text(""), *end), "end"),
    ).from_(rows)


def _cell(flat: FlatColumn) -> exp.Expression:
    """Build the cell of a column of one prospect; ids and states need no quoting."""
    value = flat_value(flat)
    if isinstance(value, exp.Nullif) or flat.path == ("state",):
        return coalesce(value, text(""))
    return call(_MACRO_OF[flat.type], value)


def _lines(templates: CsvTemplates) -> exp.Expression:
    steps = column("next_steps", "f")
    parts = [column("start", "f"), text(templates.nothing), column("end", "f")]
    if not templates.heads:
        return call("concat", *parts)
    lines = exp.Transform(this=steps, expression=_line(templates))
    nobody = exp.EQ(this=call("len", steps.copy()), expression=exp.Literal.number(0))
    joined = call("array_to_string", lines, text("\n"))
    return case((nobody, call("concat", *parts)), otherwise=joined)


def _line(templates: CsvTemplates) -> exp.Lambda:
    """Build a lambda from a step and its rank to the whole line."""
    item = exp.Column(this=exp.to_identifier(ITEM))
    rank = exp.Column(this=exp.to_identifier("_rank"))
    ids = array([text(id) for id in templates.heads])
    place = call("list_position", ids, field(item, "action"))
    heads = array([text(f",{head},") for head in templates.heads.values()])
    tails = array([text(f",{templates.tails[id]}") for id in templates.heads])
    parts = [
        column("start", "f"),
        cast(rank, "VARCHAR"),
        call("list_extract", heads, place),
        call("csv_number", field(item, "value")),
        text(","),
        call("csv_instant", field(item, "due_at")),
        text(","),
        coalesce(field(item, "cause"), text("")),
        call("list_extract", tails, place.copy()),
        column("end", "f"),
    ]
    return exp.Lambda(this=call("concat", *parts), expressions=[item.this, rank.this])

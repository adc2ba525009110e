"""The lines of a CSV file, made by DuckDB to the letter as Python makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.backends.sql.tree.nested_types import ITEM, field, map_array
from engine.book.sql_nodes import array, call, case, coalesce, column, named, table, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\x{ad}\x{61c}\x{180e}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}\x{e0000}-\x{e007f}"
)
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
PLAIN_NUMBER = r"[+-]?\p{Nd}+(\.\p{Nd}+)?([eE][+-]?\p{Nd}+)?"
QUOTED = r'[,"]|^\p{Z}|\p{Z}$'

HOURS = ("hours", "business_hours")

EXACT = 2**100
"""A value from 0 to 1 times this is a whole number, if it is large enough to be rounded up."""

MACROS = (
    f"""csv_letter(c) AS CASE
        WHEN NOT regexp_matches(c, '[{UNSEEN}]') THEN c
        WHEN c = chr(10) THEN '\\n' WHEN c = chr(13) THEN '\\r' WHEN c = chr(9) THEN '\\t'
        WHEN unicode(c) < 256 THEN format('\\x{{:02x}}', unicode(c))
        WHEN unicode(c) < 65536 THEN format('\\u{{:04x}}', unicode(c))
        ELSE format('\\U{{:08x}}', unicode(c)) END""",
    f"""csv_printable(x) AS CASE WHEN NOT regexp_matches(x, '[{UNSEEN}]') THEN x
        ELSE array_to_string(list_transform(string_split(x, ''), lambda c: csv_letter(c)), '')
        END""",
    f"""csv_safe(x) AS CASE
        WHEN regexp_matches(x, '{FORMULA}') AND NOT regexp_full_match(x, '{PLAIN_NUMBER}')
        THEN '''' || csv_printable(x) ELSE csv_printable(x) END""",
    f"""csv_quoted(x) AS CASE WHEN regexp_matches(x, '{QUOTED}')
        THEN '"' || replace(x, '"', '""') || '"' ELSE x END""",
    f"""csv_cell(x) AS CASE WHEN x IS NULL THEN ''
        WHEN NOT regexp_matches(x, '[,"{UNSEEN}]|{FORMULA}|^\\p{{Z}}|\\p{{Z}}$') THEN x
        ELSE csv_quoted(csv_safe(x)) END""",
    "csv_words(x) AS array_to_string(x, ';')",
    """csv_instant(x) AS CASE WHEN x IS NULL THEN ''
        ELSE strftime(make_timestamp(epoch_us(x)), '%Y-%m-%dT%H:%M:%SZ') END""",
    """csv_millionths(n) AS CASE
        WHEN n >= 100 OR n = 0 THEN (n // 1000000) || '.' || CASE WHEN n % 1000000 = 0 THEN '0'
            ELSE rtrim(lpad((n % 1000000)::VARCHAR, 6, '0'), '0') END
        WHEN n < 10 THEN n || 'e-06'
        WHEN n % 10 = 0 THEN (n // 10) || 'e-05'
        ELSE (n // 10) || '.' || (n % 10) || 'e-05' END""",
    """csv_hours(x) AS CASE WHEN x IS NULL THEN ''
        ELSE csv_millionths((round(x * 3600)::BIGINT * 5000 + 9) // 18) END""",
    f"""csv_exactly(x, n) AS CASE
        WHEN (x * {EXACT}::DOUBLE)::HUGEINT * 2000000 > {EXACT}::HUGEINT * (2 * n + 1) THEN n + 1
        WHEN (x * {EXACT}::DOUBLE)::HUGEINT * 2000000 < {EXACT}::HUGEINT * (2 * n + 1) THEN n
        ELSE n + n % 2 END""",
    """csv_rounded(x, n) AS CASE WHEN x * 1000000 - n < 0.4999 THEN n
        WHEN x * 1000000 - n > 0.5001 THEN n + 1 ELSE csv_exactly(x, n) END""",
    "csv_value(x) AS csv_millionths(csv_rounded(x, floor(x * 1000000)::BIGINT))",
)
"""What `engine.reports.terminal.escape.cell` and `engine.reports.recommendations.as_csv` do, for
one cell: `csv_cell` for text, `csv_value` for a number from 0 to 1 (to six decimals, and half to
even by the exact value of the double, as Python rounds), `csv_hours` for a whole number of seconds
in hours.

Only what is rare is looked at closely: a CASE does no more than it has to for a row.
"""


@dataclass(frozen=True, slots=True)
class CsvTemplates:
    """What Python has made ready. By the id of an action: the cells before its value (``heads``)
    and behind its cause (``tails``). ``nothing`` stands in place of the rank and all cells of a
    step for one who has none; ``end`` are the cells behind a step that are the same in every row.
    """

    heads: Mapping[str, str]
    tails: Mapping[str, str]
    nothing: str
    end: str


def define_macros(connection: DuckDBPyConnection) -> None:
    """Make known in ``connection`` what the lines call."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


def lines_of(rows: exp.Table, wording: CsvTemplates) -> exp.Select:
    """A select of `lines`: of each of ``rows``, which have the columns of `nested.COLUMNS`, all
    lines as one text.
    """
    select = exp.select(named(_lines(wording), "lines")).from_(table("worded", "f"))
    return select.with_("worded", _worded(rows, wording))


def _worded(rows: exp.Table, wording: CsvTemplates) -> exp.Select:
    """All of a line but its step, once for each prospect."""
    start = [call("csv_cell", column(name)) for name in ("id", "name", "owner", "stage")]
    hours = [call("struct_extract", column("silence"), text(name)) for name in HOURS]
    start += [column("state"), call("csv_instant", column("silent_since"))]
    start += [*[call("csv_hours", each) for each in hours], text("")]
    end = [text(""), text(wording.end), call("csv_instant", column("goes_dark_at"))]
    ids = [column("dark"), column("signals"), _each("causes", "id"), _each("held_back", "action")]
    end += [call("csv_words", each) for each in ids]
    return exp.select(
        column("next_steps"),
        named(call("concat_ws", text(","), *start), "start"),
        named(call("concat_ws", text(","), *end), "end"),
    ).from_(rows)


def _lines(wording: CsvTemplates) -> exp.Expression:
    steps = column("next_steps", "f")
    parts = [column("start", "f"), text(wording.nothing), column("end", "f")]
    if not wording.heads:
        return call("concat", *parts)
    lines = exp.Transform(this=steps, expression=_line(wording))
    nobody = exp.EQ(this=call("len", steps.copy()), expression=exp.Literal.number(0))
    joined = call("array_to_string", lines, text("\n"))
    return case((nobody, call("concat", *parts)), otherwise=joined)


def _line(wording: CsvTemplates) -> exp.Lambda:
    """Of a step and its rank, the whole line."""
    item = exp.Column(this=exp.to_identifier(ITEM))
    rank = exp.Column(this=exp.to_identifier("_rank"))
    ids = array([text(id) for id in wording.heads])
    place = call("list_position", ids, field(item, "action"))
    heads = array([text(f",{head},") for head in wording.heads.values()])
    tails = array([text(f",{wording.tails[id]}") for id in wording.heads])
    parts = [
        column("start", "f"),
        exp.cast(rank, "VARCHAR"),
        call("list_extract", heads, place),
        call("csv_value", field(item, "value")),
        text(","),
        call("csv_instant", field(item, "due_at")),
        text(","),
        coalesce(field(item, "cause"), text("")),
        call("list_extract", tails, place.copy()),
        column("end", "f"),
    ]
    return exp.Lambda(this=call("concat", *parts), expressions=[item.this, rank.this])


def _each(items: str, name: str) -> exp.Expression:
    return map_array(column(items), lambda item: field(item, name))

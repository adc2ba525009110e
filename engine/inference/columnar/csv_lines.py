"""The lines of a CSV file, made by DuckDB to the letter as Python makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.inference.columnar.lists import ITEM, each, field
from engine.inference.columnar.nested import Nested
from engine.inference.columnar.trees import call, column, named, table, text, when
from engine.inference.columnar.zones import Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\x{ad}\x{61c}\x{180e}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}\x{e0000}-\x{e007f}"
)
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
PLAIN_NUMBER = r"[+-]?\p{Nd}+(\.\p{Nd}+)?([eE][+-]?\p{Nd}+)?"
QUOTED = r'[,"]|^\p{Z}|\p{Z}$'

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
"""What `engine.output.escapes.cell` and `engine.output.steps_csv` do, for one cell: `csv_cell` for
text, `csv_value` for a number from 0 to 1 (to six decimals, and half to even by the exact value of
the double, as Python rounds), `csv_hours` for a whole number of seconds in hours.

Only what is rare is looked at closely: a CASE does no more than it has to for a row.
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """What Python has made ready, by the id of an action: the cells before its value (``heads``)
    and behind its cause (``tails``); ``nothing`` stands in place of a rank and all cells of a step
    for one who has none; ``end``: the cells behind a step that are the same in every row.
    """

    heads: Mapping[str, str]
    tails: Mapping[str, str]
    nothing: str
    end: str


class CsvLines:
    """Writes the select that gives each prospect its `id` and, as one text, its `lines`."""

    def __init__(self, nested: Nested, wording: Wording) -> None:
        self._nested = nested
        self._wording = wording

    def relations(self) -> list[Step]:
        """What follows `judged`."""
        return [*self._nested.relations(), ("worded", self._worded())]

    def question(self) -> exp.Select:
        """The select from the last of `relations`."""
        return exp.select(column("id", "f"), named(self._lines(), "lines")).from_(
            table("worded", "f")
        )

    def _worded(self) -> exp.Select:
        """All of a line but its step, once for each prospect."""
        start = [call("csv_cell", column(name, "f")) for name in ("id", "name", "owner", "stage")]
        start += [
            column("state", "f"),
            call("csv_instant", column("silent_since", "f")),
            *[
                call("csv_hours", call("struct_extract", column("silence", "f"), text(name)))
                for name in ("hours", "business_hours")
            ],
            text(""),
        ]
        end = [
            text(""),
            text(self._wording.end),
            call("csv_instant", column("goes_dark_at", "f")),
            *[call("csv_words", column(name, "f")) for name in ("dark", "signals")],
            call("csv_words", _fields(column("causes", "f"), "id")),
            call("csv_words", _fields(self._nested.offers.held_back(), "action")),
        ]
        select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("f")))
        return select.select(named(_joined(start), "_start"), named(_joined(end), "_end")).from_(
            table("listed", "f")
        )

    def _lines(self) -> exp.Expression:
        offers = self._nested.offers
        start, end = column("_start", "f"), column("_end", "f")
        nobody = _joined_as_is([start, text(self._wording.nothing), end])
        if not offers.all:
            return nobody
        steps = exp.Transform(this=offers.free(), expression=self._line())
        lines = call("array_to_string", steps, text("\n"))
        return when((exp.EQ(this=lines, expression=text("")), nobody), otherwise=lines.copy())

    def _line(self) -> exp.Lambda:
        """Of a step and its rank, the whole line."""
        offers, wording = self._nested.offers, self._wording
        item, rank = exp.Column(this=exp.to_identifier(ITEM)), exp.to_identifier("_rank")
        heads = [text(f",{wording.heads[action.id]},") for action, _ in offers.all]
        tails = [text(f",{cause or ''},{wording.tails[action.id]}") for action, cause in offers.all]
        parts = [
            column("_start", "f"),
            exp.cast(exp.Column(this=rank), "VARCHAR"),
            offers.element(heads, item),
            call("csv_value", exp.Neg(this=field(item, "m"))),
            text(","),
            call("csv_instant", offers.due(item)),
            offers.element(tails, item),
            column("_end", "f"),
        ]
        return exp.Lambda(
            this=_joined_as_is(parts), expressions=[exp.to_identifier(ITEM), rank.copy()]
        )


def define_macros(connection: DuckDBPyConnection) -> None:
    """Make known in ``connection`` what the lines call."""
    for macro in MACROS:
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


def _fields(items: exp.Expression, name: str) -> exp.Expression:
    return each(items, lambda item: field(item, name))


def _joined(cells: list[exp.Expression]) -> exp.Expression:
    return call("concat_ws", text(","), *cells)


def _joined_as_is(parts: list[exp.Expression]) -> exp.Expression:
    return call("concat", *parts)

"""Build sums of doubles that do not depend on the order of rows.

The language rounds a sum once (`math.fsum`); SQL adds in any order and rounds at each step. So each
number is split into three slices on fixed grids, such as 1234.56789 into 1234.5673828125 (a
multiple of 2^-10), the next multiple of 2^-40, and the rest. Sums of slices are exact, and
only these three are added with rounding. Exact for numbers that are 0 or from 2^-30 to 2^42 in size
(about 1e-9 to 4e12), a few thousand a prospect; beyond, the sum is that of the engine.
"""

from __future__ import annotations

from sqlglot import exp

from engine.book import sql_nodes as q

COARSE, _FINE = 2.0**10, 2.0**40
LARGEST = 2.0**42


def exact_sum(cell: exp.Expression) -> exp.Expression:
    """Build the sum of ``cell`` over rows, without NULL; 0 if there is nothing to add.

    The sum over ``"t"."amount"`` begins with the coarse slice::

        SUM(CASE WHEN ABS("t"."amount") < CAST(4398046511104 AS DOUBLE)
            THEN (FLOOR("t"."amount" * CAST(1024 AS DOUBLE)) * CAST(0.0009765625 AS DOUBLE))
            ELSE "t"."amount" END)
    """
    whole_part = _on_grid(cell, COARSE)
    rest = q.subtract(cell, whole_part)
    middle = _on_grid(rest, _FINE)
    low = q.subtract(rest, middle)
    first, second, third = (
        q.coalesce(exp.Sum(this=slice), q.double(0)) for slice in (whole_part, middle, low)
    )
    high, error = _two_sum(second, third)
    total, lost = _two_sum(first, high)
    return q.add(q.add(total, q.add(lost, error)), q.double(0))  # + 0 makes -0.0 plain 0.0


def _on_grid(cell: exp.Expression, steps: float) -> exp.Expression:
    """Build ``cell`` rounded down to a multiple of 1/``steps``; unchanged if it is too large."""
    rounded = q.multiply(exp.Floor(this=q.multiply(cell, q.double(steps))), q.double(1 / steps))
    small = q.compare_sql(exp.Abs(this=cell), "<", q.double(LARGEST))
    return q.case((small, exp.Paren(this=rounded)), otherwise=cell)


def _two_sum(a: exp.Expression, b: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    """Build the rounded sum of two doubles and the rounding error (Knuth, TAOCP 2, 4.2.2, B)."""
    # Not simplified: in real numbers the error is 0, in doubles it is exact.
    total = q.add(a, b)
    virtual = q.subtract(total, a)
    return total, q.add(q.subtract(a, q.subtract(total, virtual)), q.subtract(b, virtual))

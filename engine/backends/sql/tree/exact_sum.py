"""Sums of doubles that do not depend on the order of rows.

The language rounds a sum once (`math.fsum`). SQL adds in any order and rounds at each step. So a
number is cut into three slices on fixed grids; sums of slices are exact, and what is left is to add
three doubles. Exact for numbers that are 0 or from 2^-30 to 2^42 in size (about 1e-9 to 4e12), a
few thousand a prospect; beyond that, the sum is that of the engine.
"""

from __future__ import annotations

from sqlglot import exp

from engine.book.sql_nodes import (
    add,
    case,
    coalesce,
    compare_sql,
    double,
    multiply,
    subtract,
)

COARSE, _FINE = 2.0**10, 2.0**40
LARGEST = 2.0**42


def exact_sum(cell: exp.Expression) -> exp.Expression:
    """Return the sum of ``cell`` over rows, unknown ones left out; 0 of nothing."""
    whole_part = _on_grid(cell, COARSE)
    rest = subtract(cell, whole_part)
    middle = _on_grid(rest, _FINE)
    low = subtract(rest, middle)
    first, second, third = (
        coalesce(exp.Sum(this=slice), double(0)) for slice in (whole_part, middle, low)
    )
    high, error = _two_sum(second, third)
    total, lost = _two_sum(first, high)
    return add(add(total, add(lost, error)), double(0))


def _on_grid(cell: exp.Expression, steps: float) -> exp.Expression:
    """``cell`` rounded down to a multiple of 1/``steps``; itself where it is too large for that."""
    rounded = multiply(exp.Floor(this=multiply(cell, double(steps))), double(1 / steps))
    small = compare_sql(exp.Abs(this=cell), "<", double(LARGEST))
    return case((small, exp.Paren(this=rounded)), otherwise=cell)


def _two_sum(a: exp.Expression, b: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    """Return the rounded sum of two doubles and what rounding lost (Knuth, TAOCP 2, 4.2.2, theorem
    B).
    """
    total = add(a, b)
    virtual = subtract(total, a)
    return total, add(subtract(a, subtract(total, virtual)), subtract(b, virtual))

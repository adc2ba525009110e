"""How much is measured, on which books, and what the items are called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.books import make_book

SHIPPED = "gone-dark"
HAND_SQL = "hand-written DuckDB SQL"
HAND_ROWS = "hand-written DuckDB SQL, the rows of score"
COLUMNAR = "columnar, the same columns"
SCORE = "relight score"
ZEN_BATCH = "zen-engine, evaluate_batch"
MILLION = 1_000_000


@dataclass(frozen=True)
class Plan:
    """How much is measured: sizes of books, prospects judged one by one, answers compared."""

    sizes: tuple[int, ...]
    rounds: int
    singles: int
    compared: int
    folder: Path
    quick: bool = False

    def book(self, kind: str, prospects: int) -> Path:
        """That book, made where it is not there yet."""
        return make_book(self.folder / f"{kind}-{prospects}", kind, prospects)

    @property
    def middle(self) -> int:
        """The size at which ratios are given: a million, or the largest below it."""
        return max((size for size in self.sizes if size <= MILLION), default=self.sizes[0])

    def target(self, name: str) -> Path:
        """A file to write results to."""
        return self.folder / f"{name}.out.parquet"

"""Score a book to one file, by one statement or prospect by prospect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.backends.sql.job.export import Resources, count_in_state, result_rows, write_scores
from engine.backends.sql.job.scores import ScoredBook
from engine.book.staging.stage import stage
from engine.commands.process.inputs import Inputs
from engine.commands.process.progress import PartsProgress
from engine.commands.score.score_rows import nested_row
from engine.commands.score.score_writers import ScoreWriter

A_PROSPECT = 2**10
"""The memory that a prospect takes while it is scored, in bytes; it decides the size of parts."""


@dataclass(slots=True)
class Job:
    """The scoring of one book to one file, ordered by id.

    Attributes:
        inputs: The playbook, the book and the instant.
        writer: The format.
        resources: What DuckDB may use.
        made: The path of the file.
        shown: The progress.
        unclear: The number of prospects of whom nobody can tell who spoke last, once it is scored.
    """

    inputs: Inputs
    writer: ScoreWriter
    resources: Resources
    made: Path
    shown: PartsProgress
    unclear: int = 0

    def by_statement(self) -> int:
        """Evaluate all prospects by one statement, in parts if there are many; return the count."""
        self.shown.begin("Reading the book")
        playbook, now, output = self.inputs.playbook, self.inputs.now, self._file("part")
        staged = stage(
            self.inputs.book,
            playbook,
            now,
            memory=f"{self.resources.memory} B",
            threads=self.resources.threads,
            folder=self.resources.folder,
            output=output,
        )
        try:
            book = ScoredBook(staged, playbook, now)
            count = book.count()
            parts = self._parts(book, output)
        finally:
            staged.close()
        self._join(parts)
        return count

    def _parts(self, book: ScoredBook, output: Path) -> list[Path]:
        spans = book.spans(self.resources.memory // A_PROSPECT)
        self.shown.begin("Scoring", len(spans))
        parts = []
        for number, span in enumerate(spans):
            write_scores(book.connection, book.query(span), output, for_lines=self.writer.lines)
            # The sandboxed connection may write a single path, so each part is renamed.
            parts.append(output.rename(self._file(f"part-{number}")))
            self.shown.part_done()
        return parts

    def one_by_one(self) -> int:
        """Evaluate one prospect after another in Python; return the count."""
        self.shown.begin("Scoring")
        rows = result_rows(self.resources, self._rows())
        part = self._file("part")
        try:
            count = rows.count()
            write_scores(rows.connection, rows.query, part, for_lines=self.writer.lines)
        finally:
            rows.connection.close()
        self._join([part])
        return count

    def _rows(self) -> Iterator[Sequence[object]]:
        advisor, now = self.inputs.advisor, self.inputs.now
        for one in advisor.recommend_all(self.inputs.prospects(), now):
            yield nested_row(advisor.playbook, now, one)

    def _join(self, parts: Sequence[Path]) -> None:
        """Join ``parts`` to one file, and count who is unclear."""
        self.unclear = count_in_state(parts, "unclear", self.resources)
        self.shown.begin("Writing")
        inputs = self.inputs
        self.writer.join(parts, self.made, inputs.playbook, inputs.now, self.resources)

    def _file(self, name: str) -> Path:
        return self.made.with_name(name)

"""The statement that scores tables where Spark has them: a row a prospect, lists nested."""

from __future__ import annotations

from engine.inference.columnar.dialects import DIALECTS
from engine.inference.columnar.nested import Nested
from engine.inference.columnar.printed import assembled, statement_relations
from engine.inference.columnar.reading import Reading
from engine.inference.columnar.statement import Statement


def scored(statement: Statement, reading: Reading) -> str:
    """As text, over the tables that ``reading`` reads, with the parameter `now`."""
    spark, nested = DIALECTS["spark"], Nested(statement, "spark")
    relations = [*statement_relations(statement, reading), *nested.relations()]
    return spark.print(assembled(relations, nested.question(), spark))

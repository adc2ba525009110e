"""The statement that scores tables where Spark has them: a row a prospect, lists nested."""

from __future__ import annotations

from engine.backends.sql.printer import assembled, statement_relations
from engine.backends.sql.result.nested_result import NestedResult
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import DIALECTS


def spark_statement(statement: Statement, reading: SourceTables) -> str:
    """As text, over the tables that ``reading`` reads, with the parameter `now`."""
    spark, nested = DIALECTS["spark"], NestedResult(statement, "spark")
    relations = [*statement_relations(statement, reading), *nested.relations()]
    return spark.print(assembled(relations, nested.question(), spark))

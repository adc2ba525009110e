"""Print the statement that scores tables in Spark."""

from __future__ import annotations

from engine.backends.sql.printer import assembled, statement_relations
from engine.backends.sql.result.nested_result import NestedResult
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import DIALECTS


def spark_statement(statement: Statement, tables: SourceTables) -> str:
    """Return the statement that selects `result_schema.NESTED`, with the parameter `now`."""
    spark, nested = DIALECTS["spark"], NestedResult(statement, "spark")
    relations = [*statement_relations(statement, tables), *nested.relations()]
    return spark.print(assembled(relations, nested.select(), spark))

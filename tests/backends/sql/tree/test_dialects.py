"""The statement in every dialect: it parses there, and an author's text is nothing but text."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from engine.backends.sql.printer import print_playbook, read_by
from engine.backends.sql.tree.dialects import DIALECTS, WITHOUT, Dialect, dialect_named
from engine.language.files.input_errors import UsageError
from engine.language.model import Playbook
from tests.support.hostile_text import NAMED
from tests.support.shipped_playbooks import shipped_playbook


@pytest.fixture(scope="module")
def shipped() -> Playbook:
    return shipped_playbook("gone-dark")


SOME_AND_ALL = [
    pytest.param(dialect, id=name, marks=() if dialect.runs else pytest.mark.slow)
    for name, dialect in DIALECTS.items()
]
"""Every dialect; fast tests take those of the engines that tests run."""


def parsed(statement: str, dialect: Dialect) -> exp.Select:
    """The only statement that ``statement`` is."""
    found = sqlglot.parse(statement, dialect=dialect.name)
    assert len(found) == 1
    assert isinstance(found[0], exp.Select)
    return found[0]


def texts_in(statement: exp.Select) -> set[str]:
    """Its text literals, and what several are put together to."""
    kinds = (exp.Literal, exp.DPipe)
    return {text for each in statement.find_all(*kinds) if (text := said(each)) is not None}


def said(node: exp.Expression) -> str | None:
    match node:
        case exp.Literal(is_string=True):
            return node.name
        case exp.Paren():
            return said(node.this)
        case exp.DPipe():
            parts = said(node.this), said(node.expression)
            return None if None in parts else "".join(filter(None, parts))
        case _:
            return None


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_the_shipped_playbook_parses_names_its_rules_and_takes_now(
    dialect: Dialect, shipped: Playbook
) -> None:
    statement = print_playbook(shipped, dialect)
    assert parameters(parsed(statement, dialect), dialect) == {dialect.now.sql(dialect.name)}
    for rule in ("signals.no_next_step", "dark.after_proposal", "causes.busy", "guards.no_emails"):
        assert f"/* {rule} */" in statement


@pytest.mark.parametrize("dialect", SOME_AND_ALL)
def test_an_instant_that_is_written_into_it_leaves_no_parameter(
    dialect: Dialect, hostile: Playbook
) -> None:
    assert parameters(parsed(print_playbook(hostile, dialect, now=7), dialect), dialect) == set()


def parameters(statement: exp.Select, dialect: Dialect) -> set[str]:
    found = statement.find_all(exp.Placeholder, exp.Parameter)
    return {each.sql(dialect=dialect.name) for each in found}


@pytest.mark.parametrize("dialect", SOME_AND_ALL)
def test_an_authors_text_comes_back_as_it_was_written(dialect: Dialect, hostile: Playbook) -> None:
    statement = parsed(print_playbook(hostile, dialect), dialect)
    assert set(NAMED) <= texts_in(statement)
    made = {each.alias.lower() for each in statement.ctes}
    read = {each.name.lower() for each in statement.find_all(exp.Table)} - made
    assert read == {"prospects", "touches", "calendar_days", "calendar_reach"}


def test_spark_is_given_no_setting_to_put_in(hostile: Playbook) -> None:
    assert "${" in print_playbook(hostile, DIALECTS["duckdb"])
    assert "${" not in print_playbook(hostile, DIALECTS["spark"])


@pytest.mark.slow
def test_what_is_not_there_is_not_read(shipped: Playbook) -> None:
    without = frozenset({"events", "prospects.amount"})
    statement = print_playbook(shipped, DIALECTS["duckdb"], without=without)
    found = parsed(statement, DIALECTS["duckdb"])
    tables = {each.name for each in found.find_all(exp.Table)}
    assert "events" not in tables
    assert "touches" in tables
    assert '"t"."amount"' not in statement
    assert {"events", "prospects.amount", "touches.subject"} <= set(read_by(shipped))


def test_every_dialect_that_is_left_out_says_why() -> None:
    for name, (product, reason) in WITHOUT.items():
        with pytest.raises(UsageError, match=f"{product} is not supported: {reason}"):
            dialect_named(name)


@pytest.mark.parametrize(
    ("asked", "meant"), [("PostgreSQL", "postgres"), ("DuckDB", "duckdb"), ("spark", "spark")]
)
def test_a_dialect_may_be_asked_for_as_people_write_it(asked: str, meant: str) -> None:
    assert dialect_named(asked).name == meant


def test_a_dialect_that_is_none_brings_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean `snowflake`"):
        dialect_named("snowflak")
    with pytest.raises(UsageError, match="choose one of duckdb, postgres"):
        dialect_named("prolog")

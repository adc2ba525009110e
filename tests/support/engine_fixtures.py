"""Engines for the tests of a run, each started once, where it is there to be started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.language.model import Playbook
from tests.support.case_tables import World, worlds
from tests.support.hostile_text import hostile_playbook
from tests.support.sql_engines import Postgres, Spark
from tests.support.sql_servers import postgres, spark, why_no_postgres, why_no_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[Postgres]:
    if (reason := why_no_postgres()) is not None:
        pytest.skip(reason)
    import psycopg

    with postgres() as where, psycopg.connect(where, autocommit=True) as connection:
        yield Postgres(connection)


@pytest.fixture(scope="session")
def spark_session() -> Iterator[SparkSession]:
    if (reason := why_no_spark()) is not None:
        pytest.skip(reason)
    with spark("local[2]") as session:
        yield session


@pytest.fixture(scope="session")
def spark_engine(spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Spark:
    return Spark(spark_session, tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="session")
def all_worlds(tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    return worlds(tmp_path_factory.mktemp("worlds"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return hostile_playbook(tmp_path_factory.mktemp("hostile"))

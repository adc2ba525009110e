"""Where durable-rules is not there, that is said plainly and nothing breaks."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from engine.backends.rete import network as rete
from tests.support.random_playbooks import Generator

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def without_durable(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.setattr(rete, "PYTHON", version)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    without_durable(monkeypatch, (3, 12, 1))
    assert (
        rete.unavailable_reason()
        == "durable-rules is not installed; it comes with the extra `rete`"
    )


def test_on_a_python_it_does_not_work_with_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    without_durable(monkeypatch, (3, 13, 0))
    assert (
        rete.unavailable_reason()
        == "durable-rules works up to Python 3.12, and this is Python 3.13"
    )


def test_a_library_that_cannot_be_loaded_is_told_from_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    message = "undefined symbol: PyEval_CallObject"
    broken = f"raise ImportError({message!r})"
    (tmp_path / "durable_rules_engine.py").write_text(broken, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "durable_rules_engine", raising=False)
    monkeypatch.setattr(rete, "PYTHON", (3, 12, 1))
    assert rete.unavailable_reason() == f"durable-rules cannot be loaded ({message})"


def test_building_it_all_the_same_is_an_import_error(monkeypatch: pytest.MonkeyPatch) -> None:
    without_durable(monkeypatch, (3, 12, 1))
    with pytest.raises(ImportError):
        rete.ReteEvaluator(Generator(1).playbook())


def test_the_extra_asks_for_durable_rules_only_where_it_can_be_built() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    (written,) = project["optional-dependencies"]["rete"]
    asked = Requirement(written)
    assert (asked.name, str(asked.specifier)) == ("durable-rules", "==2.0.28")
    assert asked.marker is not None
    for version, wanted in {"3.11": True, "3.12": True, "3.13": False, "3.14": False}.items():
        assert asked.marker.evaluate({"python_version": version}) is wanted

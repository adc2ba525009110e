"""`requires`: an older program says so in one problem, and says nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.check_file import check_file
from engine.language.package_data import installed_version
from tests.support.small_playbook import asked, relight

LATER = """\
playbook: later
requires: relight >= 1.2
horoscopes: {early: {unknown_word: 3 moons}}
dark: {early: {silent_for: 3 moons}}
"""


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.language.files.requirements.installed_version", lambda: "1.1.5")


def found(folder: Path, text: str) -> list[tuple[str, int, int]]:
    file = folder / "playbook.yaml"
    file.write_text(text, encoding="utf-8")
    return [(each.code, each.span.line, each.span.column) for each in check_file(file, file.name)]


def test_a_later_playbook_has_one_problem_whatever_is_in_it(tmp_path: Path) -> None:
    assert found(tmp_path, LATER) == [("unmet-requirement", 2, 11)]
    (problem,) = check_file(tmp_path / "playbook.yaml", "playbook.yaml")
    assert problem.message == "this playbook needs `relight >= 1.2`, and this is relight 1.1.5"


def test_so_has_a_playbook_that_extends_it(tmp_path: Path) -> None:
    (tmp_path / "later.yaml").write_text(LATER, encoding="utf-8")
    text = "playbook: near\nextends: [later.yaml]\nfacts: {stage: {type: nonsense}}\n"
    assert found(tmp_path, text) == [("unmet-requirement", 2, 11)]
    (problem,) = check_file(tmp_path / "playbook.yaml", "playbook.yaml")
    assert problem.span.file == "later.yaml"


def test_a_case_for_it_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("later.yaml").write_text(LATER, encoding="utf-8")
    case = "cases: {one: {now: 2026-03-04T10:00:00Z, expect: {state: untouched}}}\n"
    Path("later.test.yaml").write_text(f"playbook: later.yaml\n{case}", encoding="utf-8")
    result = relight("test", "later.test.yaml")
    assert result.exit_code == 1
    assert "error[broken-playbook]: `later.yaml` has an error" in result.output
    assert relight("check", "later.yaml").exit_code == 1
    assert asked("next", "--playbook", "later.yaml", "--book", tmp_path).exit_code != 0


@pytest.mark.parametrize(
    ("required", "met"),
    [
        ("relight >= 1.1", True),
        ("relight>=1.1.5", True),
        ("relight >= 1.1.6", False),
        ("relight >= 1.10", False),
        ("relight >= 0.9, < 2", True),
        ("relight >= 0.9, < 1.1", False),
        ("relight ~= 1.0", True),
        ("relight == 1.1.*", True),
        ("Relight >= 1.1", None),
        ("relight", None),
        ("relight >= next", None),
        ("relight >= 1.1; python_version > '3.11'", None),
        ("relight[spark] >= 1.1", None),
        ("relight @ https://example.com/relight.whl", None),
        ("python >= 3.11", None),
        ("'>= 1.1'", None),
        ("''", None),
        ('"relight >= 1.1\\nrelight"', None),
    ],
)
def test_what_is_required_is_a_version_of_relight(
    required: str, met: bool | None, tmp_path: Path
) -> None:
    codes = [code for code, *_ in found(tmp_path, f"playbook: p\nrequires: {required}\n")]
    assert codes == {True: [], False: ["unmet-requirement"], None: ["bad-format"]}[met]


@pytest.mark.parametrize(
    "required", ["0.2", "2", "[relight]", "{relight: 2}", "true", "2026-01-01"]
)
def test_what_is_no_text_is_told_by_the_schema(required: str, tmp_path: Path) -> None:
    text = f"playbook: p\nrequires: {required}\n"
    assert {code for code, *_ in found(tmp_path, text)} <= {"wrong-type", "bad-format"}
    assert found(tmp_path, text)


def test_what_is_written_wrongly_does_not_hide_the_rest(tmp_path: Path) -> None:
    text = LATER.replace("relight >= 1.2", "1.2 of relight")
    codes = {code for code, *_ in found(tmp_path, text)}
    assert {"bad-format", "bad-duration", "unknown-key"} <= codes


@pytest.mark.parametrize("ours", ["1.2.0rc1", "1.2.0.dev4"])
def test_what_comes_before_a_version_is_not_that_version(
    ours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.language.files.requirements.installed_version", lambda: ours)
    assert found(tmp_path, LATER) == [("unmet-requirement", 2, 11)]
    assert found(tmp_path, "playbook: p\nrequires: relight >= 1.1\n") == []


def test_without_a_version_every_requirement_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.language.files.requirements.installed_version", lambda: None)
    assert found(tmp_path, "playbook: p\nrequires: relight >= 99\n") == []


def test_each_file_says_it_for_itself(tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text("playbook: far\nrequires: relight >= 1\n", encoding="utf-8")
    assert found(tmp_path, "playbook: near\nextends: [far.yaml]\n") == []
    effective = relight("show", "--effective", "-p", tmp_path / "playbook.yaml").stdout
    assert "playbook: near" in effective
    assert "requires" not in effective


def test_this_program_has_a_version() -> None:
    assert installed_version() is not None

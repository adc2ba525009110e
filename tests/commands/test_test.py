"""`relight test`: authors' cases, what they cover, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.assurance.testing import run_cases
from engine.assurance.testing.run_cases import FileResult
from tests.support.small_playbook import PLAYBOOK, relight, small_folder, write

HEAD = """\
playbook: relight.yaml
now: 2026-03-04T15:00:00Z
"""
FIRST = """\
  silent_for_two_days:
    prospect: {stage: proposal}
    touches: [{at: 2 days ago, direction: outbound, channel: email}]
    expect: {state: dark, next: call, causes: {busy: 0.5}}
"""
SECOND = """\
  they_spoke_last:
    prospect: {stage: proposal}
    touches: [{at: 2 days ago, direction: inbound, channel: email}]
    expect: {state: our_turn, next: null}
"""
CASES = f"{HEAD}cases:\n{FIRST}{SECOND}"
WRONG = CASES.replace("next: call", "next: write")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))


def test_cases_that_pass_are_counted(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    result = relight("test")
    assert (result.exit_code, result.stdout) == (0, "relight.test.yaml: ok, 2 cases\n")
    assert result.stderr == "2 cases in 1 file: 2 passed\n"


def test_a_failed_case_says_what_was_expected_and_found_and_where(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=WRONG)
    result = relight("test")
    assert result.exit_code == 1
    assert result.stdout == (
        "relight.test.yaml: FAILED, 1 of 2 cases failed\n"
        "  ✗ silent_for_two_days (relight.test.yaml:4)\n"
        "    relight.test.yaml:7:33: next\n"
        "      expected: write\n"
        "      found:    call\n"
    )
    assert result.stderr == "2 cases in 1 file: 1 passed, 1 failed\n"


def test_verbose_lists_the_cases_that_pass_too(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    assert "  ✓ they_spoke_last (relight.test.yaml:8)\n" in relight("test", "-v").stdout


@pytest.mark.parametrize("engine", ["auto", "meaning"])
def test_any_evaluator_can_be_asked(tmp_path: Path, engine: str) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    assert relight("test", "--engine", engine).exit_code == 0


@pytest.mark.parametrize("path", [".", "relight.yaml", "relight.test.yaml"])
def test_paths_are_folders_playbooks_or_test_files(tmp_path: Path, path: str) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    assert relight("test", path).stdout == "relight.test.yaml: ok, 2 cases\n"


def test_no_test_file_is_wrong_usage() -> None:
    for path in (".", "relight.yaml"):
        result = relight("test", path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"error: no test file (NAME.test.yaml) under `{path}`\n"


def test_a_test_file_that_is_not_there_cannot_be_read() -> None:
    result = relight("test", "nowhere.test.yaml")
    assert result.exit_code == 3
    assert result.stderr == "error: there is no file `nowhere.test.yaml`\n"


@pytest.mark.parametrize(
    "broken",
    [
        CASES.replace("stage:", "stagee:"),
        CASES.replace("relight.yaml", "nowhere.yaml"),
        CASES.replace("expect: {state: our_turn, next: null}", ""),
        HEAD,
        HEAD + "cases: {}\n",
        "",
        "playbook: [",
    ],
    ids=["name", "playbook", "no-expect", "no-cases", "empty-cases", "empty", "syntax"],
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_broken_test_file_never_passes(tmp_path: Path, broken: str, format: str) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=broken)
    result = relight("test", "-f", format)
    assert result.exit_code == 1
    assert "relight.test.yaml" in result.stdout


def test_cases_of_a_broken_playbook_fail(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml="playbook: small\nfact: {}\n", a_DOT_test_DOT_yaml=CASES)
    result = relight("test")
    assert result.exit_code == 1
    assert "no cases were run" in result.stdout
    assert result.stderr == "0 cases in 1 file: 0 passed, 1 of the files could not be tested\n"


def test_json_has_every_case_and_failure(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=WRONG)
    result = relight("test", "-f", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == {
        "version": 1,
        "passed": 1,
        "failed": 1,
        "files": [
            {
                "file": "relight.test.yaml",
                "passed": False,
                "problems": [],
                "cases": [
                    {
                        "name": "silent_for_two_days",
                        "line": 4,
                        "passed": False,
                        "failures": [
                            {
                                "what": "next",
                                "expected": "write",
                                "found": "call",
                                "line": 7,
                                "column": 33,
                            }
                        ],
                    },
                    {"name": "they_spoke_last", "line": 8, "passed": True, "failures": []},
                ],
            }
        ],
        "coverage": [],
    }


def test_coverage_counts_both_ways_and_names_what_no_case_has_seen(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    result = relight("test", "--coverage")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "dark.after_proposal 1 1 0 of 1" in lines
    assert "guards.left_alone 0 2 0 of 2" in lines
    line = PLAYBOOK.splitlines().index("  left_alone:") + 1
    assert f"relight.yaml:{line}: guards.left_alone: never fired" in lines
    assert lines[-1].startswith("coverage of relight.yaml: ")


def test_coverage_of_two_files_of_one_playbook_is_taken_together(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_DOT_test_DOT_yaml=f"{HEAD}cases:\n{FIRST}",
        b_DOT_test_DOT_yaml=f"{HEAD}cases:\n{SECOND}",
    )
    (together,) = json.loads(relight("test", "--coverage", "-f", "json").stdout)["coverage"]
    write(tmp_path, one__c_DOT_test_DOT_yaml=CASES.replace("relight.yaml", "../relight.yaml"))
    (alone,) = json.loads(relight("test", "one", "--coverage", "-f", "json").stdout)["coverage"]
    assert together == alone


def test_too_little_coverage_fails(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES)
    assert relight("test", "--fail-under", "1").exit_code == 0
    result = relight("test", "--fail-under", "99.5")
    assert result.exit_code == 1
    assert "less than 99.5%: coverage of relight.yaml: " in result.stderr
    assert relight("test", "--fail-under", "101").exit_code == 2


def test_a_fault_in_one_file_loses_no_result_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_file(path: Path, name: str, *options: Any, **more: Any) -> FileResult:
        if name == "relight.test.yaml":
            raise RuntimeError("broken")
        return run(path, name, *options, **more)

    run = run_cases.run_file
    monkeypatch.setattr("engine.commands.test.run_file", run_file)
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES, zz_DOT_test_DOT_yaml=CASES)
    result = relight("test")
    assert (result.exit_code, result.stdout) == (70, "zz.test.yaml: ok, 2 cases\n")
    assert "error: unexpected fault in `relight.test.yaml`" in result.stderr


def coverage_of(*arguments: str) -> dict[str, tuple[float, int]]:
    """The percentage and the outcomes to cover of each playbook."""
    found = json.loads(relight("test", *arguments, "--coverage", "-f", "json").stdout)["coverage"]
    return {one["playbook"]: (one["percent"], one["total"]) for one in found}


ONE_RULE = "playbook: {}\ndark: {{late: {{when: {{account: x}}, silent_for: 1 day}}}}\n"


def test_a_playbook_that_no_case_tests_is_named_with_nothing_covered(tmp_path: Path) -> None:
    other = ONE_RULE.format("other")
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES, other_DOT_yaml=other)
    assert coverage_of(".")["other.yaml"] == (0.0, 4)
    assert set(coverage_of("relight.yaml")) == {"relight.yaml"}
    assert set(coverage_of("relight.yaml", "other.yaml")) == {"relight.yaml", "other.yaml"}
    result = relight("test", ".", "--fail-under", "1")
    assert result.exit_code == 1
    assert "less than 1%: coverage of other.yaml: 0.0% (0 of 4 outcomes)" in result.stderr
    assert relight("test", ".").exit_code == 0


def test_all_playbooks_together_have_a_percentage_too(tmp_path: Path) -> None:
    other = ONE_RULE.format("other")
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES, other_DOT_yaml=other)
    lines = relight("test", ".", "--coverage").stdout.splitlines()
    assert lines[-1].startswith("coverage of all 2 playbooks: ")


def test_what_a_tested_playbook_extends_is_tested_with_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        rules__words_DOT_yaml="playbook: words\nfacts: {a: {type: boolean}}\n",
        rules__base_DOT_yaml=f"{ONE_RULE.format('base')}extends: [words.yaml]\n",
        rules__team_DOT_yaml="playbook: team\nextends: [base.yaml]\n",
        rules__team_DOT_test_DOT_yaml=(
            "playbook: team.yaml\nnow: 2026-03-04\n"
            "cases: {one: {prospect: {account: x}, expect: {state: untouched}}}\n"
        ),
    )
    assert coverage_of("rules") == {"rules/team.yaml": (50.0, 4)}


def test_an_untested_playbook_that_cannot_be_loaded_fails(tmp_path: Path) -> None:
    broken = "playbook: broken\nfact: {}\n"
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES, broken_DOT_yaml=broken)
    result = relight("test", ".", "--coverage")
    assert result.exit_code == 1
    assert "broken.yaml: FAILED, no cases were run" in result.stdout
    assert "unknown key `fact`" in result.stdout


def test_a_file_of_some_other_program_is_no_playbook_to_cover(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_test_DOT_yaml=CASES, compose_DOT_yaml="services: {}\n")
    assert set(coverage_of(".")) == {"relight.yaml"}

"""Which regions no prospect can be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.lint.run_checks import load_checked


def told(folder: Path, *regions: str) -> list[str]:
    """The messages about regions that are for ``regions``: `a`, `b`, and so on."""
    path = folder / "p.yaml"
    named = "".join(f"    {name}: {{for: {each}}}\n" for name, each in zip("abcd", regions))  # noqa: B905 - there are names to spare
    path.write_text(
        "playbook: p\n"
        "facts:\n"
        "  country: {type: text}\n"
        "  seats: {type: number}\n"
        "  key: {type: boolean}\n"
        f"calendar:\n  regions:\n{named}",
        encoding="utf-8",
    )
    problems = load_checked(path).problems
    assert {problem.code for problem in problems} <= {"region-never-fits"}
    return [problem.message for problem in problems]


@pytest.mark.parametrize(
    "regions",
    [
        ("{country: DE}", "{country: [DE, FR]}"),
        ("{country: DE, key: true}", "{country: DE}"),
        ("{country: DE}", "{key: true}"),
        ("{key: true}", "{key: [true, false]}"),
        ("{country: DE, key: true}", "{country: FR, key: true}", "{country: [DE, FR], key: false}"),
        ("{seats: 1}", "{seats: 2}"),
    ],
)
def test_regions_that_leave_somebody_over_are_fine(
    tmp_path: Path, regions: tuple[str, ...]
) -> None:
    assert told(tmp_path, *regions) == []


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        (
            ("{country: DE}", "{country: DE}"),
            "no prospect ever gets the region `b`: all fit `a` first",
        ),
        (("{country: [DE, FR]}", "{country: FR, key: true}"), "`b`: all fit `a` first"),
        (
            ("{country: DE}", "{country: FR}", "{country: [FR, DE], key: true}"),
            "`c`: all fit `b` and `a` first",
        ),
        (("{key: [true, false]}", "{seats: 1}", "{seats: 1, key: true}"), "`c`: all fit `a` first"),
        (("{seats: [1, 2.5]}", "{seats: 2.5}"), "`b`: all fit `a` first"),
    ],
)
def test_a_region_whose_prospects_are_all_taken_is_told(
    tmp_path: Path, regions: tuple[str, ...], message: str
) -> None:
    (found,) = told(tmp_path, *regions)
    assert message in found


def test_very_many_values_are_compared_with_one_region_at_a_time(tmp_path: Path) -> None:
    many = f"[{', '.join(map(str, range(200)))}]"
    assert told(tmp_path, f"{{seats: {many}}}", f"{{seats: {many}, key: true}}") != []
    halves = [f"{{seats: [{', '.join(map(str, range(at, at + 100)))}]}}" for at in (0, 100)]
    assert told(tmp_path, *halves, f"{{seats: {many}}}") == []

"""The wheel as people install it: what is in it, and that it works far from any checkout.

A checkout always finds its own data and has every development library at hand, so a file left out
of the wheel, or a requirement nobody declared, shows only in a clean environment. The tests need
no network: they build with the hatchling that is installed here, and the clean environment gets
copies of the distributions that the wheel's own metadata asks for, and theirs, and no others.
pip then installs the wheel with no index to turn to, so a requirement that is not met is an error.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOW = "2026-03-04T15:00:00Z"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; an exit code other than 0 fails the test and shows all output."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=clean | {"NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command} exited {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def build(target: str, source: Path, into: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=source)
    (built,) = into.iterdir()
    return built


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_below(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder.parent).as_posix()
        for path in files
        if "__pycache__" not in path.parts
    }


def needed(requirements: Iterable[str]) -> dict[str, Distribution]:
    """The installed distributions that meet the requirements, and theirs, without any extra."""
    found: dict[str, Distribution] = {}
    todo = [Requirement(text) for text in requirements]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and name not in found:
            found[name] = distribution(name)
            todo += [Requirement(text) for text in found[name].requires or ()]
    return found


def copy_files(installed: Distribution, into: Path) -> None:
    for file in installed.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = into / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(installed.locate_file(file)), target)


@dataclass(frozen=True)
class Installed:
    """A clean environment with the wheel in it, and a folder with a book in it to work in."""

    environment: Path
    folder: Path

    @property
    def package(self) -> Path:
        (found,) = self.environment.glob("lib/python*/site-packages/engine")
        return found

    def relight(self, *arguments: str | Path) -> str:
        return run(self.environment / "bin" / "relight", *arguments, cwd=self.folder)

    def python(self, code: str) -> str:
        return run(self.environment / "bin" / "python", "-c", code, cwd=self.folder).strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked."""
    built = build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(built) as archive:
        archive.extractall(unpacked, filter="data")
    (top,) = unpacked.iterdir()
    return top


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", environment, cwd=environment)
    (site_packages,) = environment.glob("lib/python*/site-packages")
    (metadata,) = (data for name, data in contents(wheel).items() if name.endswith("/METADATA"))
    requirements = parse_email(metadata)[0]["requires_dist"]
    for one in needed(requirements).values():
        copy_files(one, site_packages)
    pip = environment / "bin" / "pip"
    run(pip, "--isolated", "install", "--no-index", wheel, cwd=environment)
    folder = tmp_path_factory.mktemp("elsewhere")
    write_book(folder / "book")
    return Installed(environment, folder)


def write_book(folder: Path) -> None:
    """Two prospects: a proposal unanswered for eight days, and one whose mail came an hour ago."""
    folder.mkdir()
    prospects = "id,name,stage\nacme,Acme Inc,proposal\nbolt,Bolt Ltd,demo\n"
    touches = (
        "prospect_id,at,direction,channel\n"
        "acme,2026-02-23T15:00:00Z,inbound,email\n"
        "acme,2026-02-24T15:00:00Z,outbound,email\n"
        "bolt,2026-03-04T14:00:00Z,inbound,email\n"
    )
    (folder / "prospects.csv").write_text(prospects, encoding="utf-8")
    (folder / "touches.csv").write_text(touches, encoding="utf-8")


def test_the_wheel_holds_the_engine_its_data_and_the_command_line_only(wheel: Path) -> None:
    code = files_below(ROOT / "engine") | {"cli.py"}
    data = {f"engine/{name}" for kind in ("rules", "schemas") for name in files_below(ROOT / kind)}
    metadata = {name for name in contents(wheel) if name.startswith("relight-0.1.0.dist-info/")}
    assert set(contents(wheel)) - metadata == code | data
    assert "relight-0.1.0.dist-info/licenses/LICENSE" in metadata


def test_the_source_distribution_builds_the_same_wheel(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    assert contents(build("wheel", sdist, tmp_path)) == contents(wheel)


def test_the_source_distribution_can_be_tested_and_changed(sdist: Path) -> None:
    for folder in ("docs", "engine", "examples", "rules", "schemas", "tests"):
        assert files_below(ROOT / folder) <= files_below(sdist / folder)
    assert {"Makefile", "LICENSE", "README.md", "uv.lock"} <= {p.name for p in sdist.iterdir()}


def test_the_clean_environment_has_neither_the_checkout_nor_the_extra(installed: Installed) -> None:
    assert Path(installed.python("import engine; print(engine.__path__[0])")) == installed.package
    assert installed.python("import importlib.util as u; print(u.find_spec('durable'))") == "None"


def test_the_version_names_the_evaluator_that_is_left_without_the_extra(
    installed: Installed,
) -> None:
    said = installed.relight("--version")
    assert "0.1.0" in said
    assert "meaning" in said


def test_help_names_the_commands(installed: Installed) -> None:
    words = installed.relight("--help").split()
    assert {"check", "test", "next", "why"} <= set(words)


def test_the_shipped_playbook_is_without_problems(installed: Installed) -> None:
    installed.relight("check", installed.package / "rules")


def test_the_shipped_playbook_passes_its_own_tests(installed: Installed) -> None:
    installed.relight("test", installed.package / "rules")


def test_next_turns_to_the_prospect_who_went_dark(installed: Installed) -> None:
    answer: dict[str, Any] = json.loads(
        installed.relight("next", "--book", "book", "--as-of", NOW, "--all", "--format", "json")
    )
    states = {one["id"]: one["state"] for one in answer["prospects"]}
    assert states == {"acme": "dark", "bolt": "our_turn"}
    assert answer["problems"] == []


def test_why_names_the_threshold_that_was_passed(installed: Installed) -> None:
    options = ("--book", "book", "--as-of", NOW)
    answer = json.loads(installed.relight("why", "acme", *options, "--format", "json"))
    assert "after_proposal" in {one["id"] for one in answer["dark"]}
    assert "Acme Inc" in installed.relight("why", "acme", *options)

"""Output formats: one table that click offers and commands use, and two recipes that work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli import main
from engine.commands.process.formats import FORMATS, select_format
from tests.support.small_playbook import NOW, relight, small_folder, write

ROOT = Path(__file__).parents[3]
EACH = [(command, name) for command, formats in FORMATS.items() for name in formats]
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "check": ("relight.yaml",),
    "test": ("small.test.yaml",),
    "show": (),
    "doc": (),
    "next": ("--as-of", NOW),
    "why": ("acme", "--as-of", NOW),
    "draft": ("acme", "--as-of", NOW),
    "score": ("--as-of", NOW, "-o", "result"),
}
CASES = """\
playbook: relight.yaml
now: 2026-03-04T15:00:00Z
cases:
  nothing_has_happened_yet: {prospect: {stage: proposal}, expect: {state: untouched}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    write(tmp_path, small_DOT_test_DOT_yaml=CASES)
    return tmp_path


def choices(command: str) -> list[str] | None:
    options = [param for param in main.commands[command].params if param.name == "format"]
    for option in options:
        assert isinstance(option.type, click.Choice)
        return list(option.type.choices)
    return None


@pytest.mark.parametrize("command", sorted(main.commands))
def test_click_offers_the_formats_of_the_table_and_no_others(command: str) -> None:
    assert choices(command) == (list(FORMATS[command]) if command in FORMATS else None)


@pytest.mark.parametrize(("command", "name"), EACH)
def test_every_format_of_the_table_runs(folder: Path, command: str, name: str) -> None:
    result = relight(command, *ARGUMENTS[command], "-f", name)
    assert result.exit_code == 0, result.output
    written = folder / "result"
    assert written.stat().st_size > 0 if command == "score" else result.stdout.strip()


@pytest.mark.parametrize("command", FORMATS)
def test_the_formats_of_a_command_differ(folder: Path, command: str) -> None:
    written = []
    for name in FORMATS[command]:
        result = relight(command, *ARGUMENTS[command], "-f", name)
        written.append((folder / "result").read_bytes() if command == "score" else result.stdout)
        (folder / "result").unlink(missing_ok=True)
    assert len(set(written)) == len(written)


@pytest.mark.parametrize(
    ("command", "file", "name"),
    [
        ("doc", "page.HTML", "html"),
        ("doc", "page.htm", "html"),
        ("doc", "page.md", "markdown"),
        ("score", "s.ddb", "duckdb"),
        ("score", "s.csv.gz", None),
        ("check", "x.json", "text"),
    ],
)
def test_the_name_of_a_file_selects_a_format(command: str, file: str, name: str | None) -> None:
    assert select_format(command, None, Path(file)) == name
    assert select_format(command, "json", Path(file)) == "json"


def copy_of_the_tree(into: Path) -> Path:
    for name in ("engine", "rules", "schemas"):
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cli.py", into / "cli.py")
    return into


def run_copy(tree: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-c", "from cli import main; main()", *arguments),
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(tree)},
    )


def insert(file: Path, before: str, lines: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, lines + before), encoding="utf-8")


@pytest.mark.slow
def test_an_output_format_is_one_module_and_one_line(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tree = copy_of_the_tree(tmp_path_factory.mktemp("tree"))
    module = tree / "engine" / "reports" / "problems" / "as_lines.py"
    module.write_text(
        "def problems_lines(report):\n"
        "    return ''.join(f'{p.span.file}:{p.span.line} {p.code}\\n' for p in report.problems)\n"
    )
    function = "engine.reports.problems.as_lines:problems_lines"
    line = f'        "lines": Format("{function}", suffixes=(".lines",)),\n'
    table = tree / "engine" / "commands" / "process" / "formats.py"
    insert(table, '        "json": Format(f"{_CHECK}:check_json"', line)
    write(folder, bad_DOT_yaml="playbook: bad\nfacts:\n  amount: {type: nmber}\n")
    done = run_copy(tree, folder, "check", "bad.yaml", "-f", "lines")
    assert (done.stdout, done.returncode) == ("bad.yaml:3 not-allowed-value\n", 1)
    assert done.stderr == "checked 1 file: 1 error\n"
    by_name = run_copy(tree, folder, "check", "bad.yaml", "-o", "found.lines")
    assert (by_name.stdout, by_name.returncode) == ("", 1)
    assert (folder / "found.lines").read_text() == done.stdout
    assert "[text|lines|json]" in run_copy(tree, folder, "check", "--help").stdout


READER = '''
from pathlib import Path


class LinesTable:
    """Ids of prospects, a line each."""

    header = True
    place = None
    names = ["id"]

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, path.name

    def rows(self, columns, report, key):
        for number, line in enumerate(self.path.read_text().splitlines(), start=1):
            yield number, [line for _ in columns]
'''


@pytest.mark.slow
def test_a_kind_of_book_is_one_module_and_one_branch(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tree = copy_of_the_tree(tmp_path_factory.mktemp("tree"))
    readers = tree / "engine" / "book" / "readers"
    (readers / "lines_file.py").write_text(READER)
    insert(
        readers / "open_tables.py",
        "    if path.suffix in DATABASES:\n",
        '    if path.suffix == ".list":\n'
        "        from engine.book.readers.lines_file import LinesTable\n\n"
        '        return OpenedTables({"prospects": LinesTable(path)})\n',
    )
    write(folder, few_DOT_list="zoe\nyan\n")
    arguments = ("-b", "few.list", "--all", "--as-of", NOW, "-f", "csv", "--lenient")
    for engine in ("meaning", "columnar"):
        done = run_copy(tree, folder, "next", *arguments, "--engine", engine)
        ids = [line.partition(",")[0] for line in done.stdout.splitlines()[1:]]
        assert (ids, done.returncode) == (["yan", "zoe"], 0), done.stderr


def test_the_recipes_name_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = [part for part in text.split("\n## ") if part.startswith("Add a")]
    assert {part.splitlines()[0] for part in recipes} >= {
        "Add an output format",
        "Add a kind of book",
    }
    for recipe in recipes:
        if recipe.startswith(("Add an output", "Add a kind")):
            named = re.findall(r"`((?:engine|tests|schemas|docs)/[a-z_/.]+)`", recipe)
            assert named
            missing = [name for name in named if not (ROOT / name).exists()]
            assert missing == []

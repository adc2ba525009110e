"""The shape of the project: what lies at its top, how long code gets, what nothing is called."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEEDED = {"cli.py", "engine", "pyproject.toml", "rules", "schemas", "tests"}
ALLOWED = NEEDED | {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "bench",
    "docs",
    "examples",
    "uv.lock",
}
MADE_BY_TOOLS = {"PKG-INFO", "build", "dist"}
SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "types", "util", "utils"}
LONGEST_MODULE = 300
LONGEST_COMMAND_LINE = 400
"""All commands stand in the one file `cli.py`: it may be longer, and does nothing itself."""
LONGEST_FUNCTION = 40


def shipped_modules() -> list[Path]:
    return [ROOT / "cli.py", *sorted((ROOT / "engine").rglob("*.py"))]


def functions(module: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def imported_packages(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_top_level_holds_the_fixed_set_and_nothing_else() -> None:
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert NEEDED - visible == set(), "missing at the top level"
    assert visible - ALLOWED - MADE_BY_TOOLS == set(), (
        "the top level is fixed: put these in a folder"
    )


def test_modules_stay_short_enough_to_read_at_once() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in shipped_modules()
    }
    long = [f"{p.relative_to(ROOT)}: {n} lines" for p, n in lengths.items() if n > _longest(p)]
    assert long == [], f"a module has {LONGEST_MODULE} lines at most: split these by what they do"


def _longest(module: Path) -> int:
    return LONGEST_COMMAND_LINE if module.name == "cli.py" else LONGEST_MODULE


def test_functions_stay_short_enough_to_see_whole() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {lines_of(function)} lines"
        for path in shipped_modules()
        for function in functions(path)
        if lines_of(function) > LONGEST_FUNCTION
    ]
    assert long == [], f"a function has {LONGEST_FUNCTION} lines at most: these do several things"


def test_names_say_what_a_module_is_about() -> None:
    folders = [ROOT / name for name in ("engine", "tests", "bench", "examples")]
    modules = [path for folder in folders for path in folder.rglob("*.py")]
    paths = {part for path in modules for part in (path, path.parent)}
    vague = sorted(str(path.relative_to(ROOT)) for path in paths if path.stem in SAY_NOTHING)
    assert vague == [], "these names would fit any code"


def test_the_command_line_uses_click_and_the_engine_and_leaves_the_rest_to_them() -> None:
    outside = imported_packages(ROOT / "cli.py") - set(sys.stdlib_module_names)
    assert outside == {"click", "engine"}

"""The shape of the project: what lies at its top, how long code gets, what nothing is called."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.source_tree import (
    crowded_folders,
    imported_packages,
    long_functions,
    long_modules,
    misplaced_tests,
    modules_in,
    private_imports,
    repeated_module_names,
    repeated_public_names,
    rooms_without_layers,
    undescribed_parameters,
    unexplained_suppressions,
    vague_names,
)

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "engine"
CODE = [ROOT / name for name in ("engine", "tests", "bench", "docs", "examples")]
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
MAX_MODULE_LINES = 300
MAX_COMMAND_LINES = 400
"""All commands stand in the one file `cli.py`: it may be longer, and does nothing itself."""
MAX_FUNCTION_LINES = 40
MAX_MODULES = 15
MAX_PLAIN_PARAMETERS = 2


def test_the_top_level_holds_the_fixed_set_and_nothing_else() -> None:
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert NEEDED - visible == set(), "missing at the top level"
    assert visible - ALLOWED - MADE_BY_TOOLS == set(), (
        "the top level is fixed: put these in a folder"
    )


def test_modules_stay_short_enough_to_read_at_once() -> None:
    long = long_modules(modules_in(ENGINE), MAX_MODULE_LINES)
    long += long_modules([ROOT / "cli.py"], MAX_COMMAND_LINES)
    fail_where(long, "a module has 300 lines at most (cli.py 400): split these by what they do")


def test_functions_stay_short_enough_to_see_whole() -> None:
    long = long_functions([ROOT / "cli.py", *modules_in(ENGINE)], MAX_FUNCTION_LINES)
    fail_where(long, "a function has 40 lines at most: these do several things")


def test_functions_say_what_their_parameters_are() -> None:
    bare = undescribed_parameters(modules_in(ENGINE), MAX_PLAIN_PARAMETERS)
    fail_where(bare, "a public function with more than two parameters has `Args:`")


def test_a_folder_holds_few_enough_modules_to_take_in() -> None:
    crowded = crowded_folders(ENGINE, MAX_MODULES)
    fail_where(crowded, "a folder has 15 modules at most: give what belongs together a folder")


def test_names_say_what_a_module_is_about() -> None:
    vague = [name for folder in CODE for name in vague_names(folder, SAY_NOTHING)]
    fail_where(vague, "these names would fit any code")


def test_a_module_is_the_only_one_of_its_name() -> None:
    repeated = repeated_module_names(ENGINE)
    fail_where(repeated, "rename one of each, so that a name in a traceback says which it is")


def test_a_public_name_means_one_thing() -> None:
    repeated = repeated_public_names(ENGINE)
    fail_where(repeated, "prefix a name that only its module uses with `_`, or rename one of each")


def test_what_is_private_to_a_module_stays_in_it() -> None:
    taken = private_imports(ENGINE)
    fail_where(taken, "make these names public where they are defined, or do without")


def test_every_room_with_rooms_in_it_says_who_may_import_whom() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    missing = rooms_without_layers(ENGINE, pyproject)
    fail_where(missing, "add an exhaustive import-linter contract of layers to pyproject.toml")


def test_the_tests_of_a_module_stand_where_it_stands() -> None:
    misplaced = misplaced_tests(ROOT / "tests", ENGINE, apart={"bench", "conformance", "rules"})
    fail_where(misplaced, "move these to the folder of the module they are called after")


def test_a_check_that_is_turned_off_says_why() -> None:
    modules = [ROOT / "cli.py", *(at for folder in CODE for at in modules_in(folder))]
    silent = unexplained_suppressions(modules)
    fail_where(silent, "write the reason after the codes: `# noqa: S608 - ...`")


def test_the_command_line_uses_click_and_the_engine_and_leaves_the_rest_to_them() -> None:
    outside = imported_packages(ROOT / "cli.py") - set(sys.stdlib_module_names)
    assert outside == {"click", "engine"}


def fail_where(found: list[str], rule: str) -> None:
    """Fail with ``rule`` and every place in ``found``, if there is one."""
    if found:
        pytest.fail("\n  ".join([f"{rule}:", *found]).replace(f"{ROOT}/", ""), pytrace=False)


class TestTheRulesBite:
    """Each finds what breaks it in a tree that is made up, and nothing else there."""

    def test_a_long_module_is_found(self, tmp_path: Path) -> None:
        long = write(tmp_path, "engine/long.py", "x = 1\n" * 4)
        write(tmp_path, "engine/short.py", "x = 1\n" * 3)
        assert long_modules(modules_in(tmp_path), 3) == [f"{long}: 4 lines"]

    def test_a_long_function_is_found_in_a_class_too(self, tmp_path: Path) -> None:
        text = "class A:\n    def long(self):\n        a = 1\n        return a\n"
        module = write(tmp_path, "engine/a.py", text + "def short():\n    return 1\n")
        assert long_functions([module], 2) == [f"{module}:2 long: 3 lines"]

    def test_a_parameter_nobody_describes_is_found(self, tmp_path: Path) -> None:
        text = 'def bare(a, b, *, c):\n    """Add."""\ndef _own(a, b, c):\n    pass\n'
        told = 'def told(a, b, c):\n    """Add.\n\n    Args:\n        a: one.\n    """\n'
        method = "class A:\n    def few(self, a, b):\n        pass\n"
        module = write(tmp_path, "engine/a.py", text + told + method)
        assert undescribed_parameters([module], 2) == [f"{module}:1 bare"]

    def test_a_crowded_folder_is_found_and_init_does_not_count(self, tmp_path: Path) -> None:
        for name in ("__init__", "a", "b", "room/__init__", "room/a", "room/b", "room/c"):
            write(tmp_path, f"engine/{name}.py")
        assert crowded_folders(tmp_path / "engine", 2) == ["room/ holds 3 modules"]

    def test_a_vague_name_is_found_in_folders_and_modules(self, tmp_path: Path) -> None:
        write(tmp_path, "engine/helpers/rule.py")
        write(tmp_path, "engine/book/utils.py")
        found = vague_names(tmp_path / "engine", SAY_NOTHING)
        assert found == ["engine/book/utils.py", "engine/helpers"]

    def test_a_module_name_used_twice_is_found(self, tmp_path: Path) -> None:
        one = write(tmp_path, "engine/a/rules.py")
        other = write(tmp_path, "engine/b/rules.py")
        for name in ("a/__init__", "b/__init__", "a/tables"):
            write(tmp_path, f"engine/{name}.py")
        assert repeated_module_names(tmp_path) == [f"rules: {one}, {other}"]

    def test_a_public_name_defined_twice_is_found(self, tmp_path: Path) -> None:
        one = write(
            tmp_path,
            "engine/a.py",
            "MOST: int = 1\n_OWN = 2\ndef f(): inner = 1\nclass C: field = 1\nA, B = 1, 2\n",
        )
        other = write(
            tmp_path,
            "engine/b.py",
            "MOST = 2\n_OWN = 3\ninner = field = 1\nif MOST:\n    B = 3\ndef C(): ...\n",
        )
        assert repeated_public_names(tmp_path) == [
            f"{name}: {one}, {other}" for name in ("B", "C", "MOST")
        ]

    def test_a_name_that_is_passed_on_is_not_defined_twice(self, tmp_path: Path) -> None:
        write(tmp_path, "engine/a.py", "def load(): ...\n")
        write(tmp_path, "engine/__init__.py", "__all__ = ['load']\ndef load(): ...\n")
        assert repeated_public_names(tmp_path) == []

    def test_a_private_name_taken_from_another_module_is_found(self, tmp_path: Path) -> None:
        text = "from engine import b\nfrom engine.b import _MOST, open_\n"
        write(tmp_path, "engine/a.py", text + "class A:\n    x = b._own + self._mine + b.__doc__\n")
        assert private_imports(tmp_path / "engine") == [
            "engine/a.py:2 takes _MOST",
            "engine/a.py:4 takes b._own",
        ]

    def test_tests_in_another_folder_than_their_module_are_found(self, tmp_path: Path) -> None:
        for name in ("a/rules", "b/tables", "c/cells"):
            write(tmp_path, f"engine/{name}.py")
        right = ("a/test_rules", "a/test_both_ways", "apart/test_tables")
        for name in (*right, "b/test_cells", "test_rules"):
            write(tmp_path, f"tests/{name}.py")
        found = misplaced_tests(tmp_path / "tests", tmp_path / "engine", apart={"apart"})
        assert found == ["b/test_cells.py: engine/c/cells.py", "test_rules.py: engine/a/rules.py"]

    def test_a_check_turned_off_without_a_reason_is_found(self, tmp_path: Path) -> None:
        lines = [
            "a = 1  # noqa: E501",
            "b = 1  # type: ignore[arg-type, misc]",
            "c = 1  # noqa",
            "d = 1  # noqa: E501, S608 - why",
            "e = 1  # type: ignore[misc]  # why",
            "f = '# noqa'",
        ]
        module = write(tmp_path, "a.py", "\n".join(lines))
        assert unexplained_suppressions([module]) == [
            f"{module}:1 # noqa: E501",
            f"{module}:2 # type: ignore[arg-type, misc]",
            f"{module}:3 # noqa",
        ]

    def test_a_room_with_rooms_and_no_exhaustive_contract_is_found(self, tmp_path: Path) -> None:
        for room in ("book", "book/readers", "advice", "advice/drafts", "semantics"):
            write(tmp_path, f"engine/{room}/__init__.py")
        write(tmp_path, "engine/__init__.py")
        whole = {"type": "layers", "containers": ["engine", "engine.book"], "exhaustive": True}
        partial = {"type": "layers", "containers": ["engine.advice"]}
        contracts: dict[str, Any] = {"importlinter": {"contracts": [whole, partial]}}
        found = rooms_without_layers(tmp_path / "engine", {"tool": contracts})
        assert found == ["engine.advice"]


def write(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path

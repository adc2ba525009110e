"""Rules on the shape of a source tree: each function takes a folder and lists what breaks its rule,
in words that say where. `test_layout.py` applies them to this project.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SUPPRESSION = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(?:\[[^\]]*\])?)(.*)"
)
"""A comment that turns a check off for its line, with what is said after the codes."""


def modules_in(folder: Path) -> list[Path]:
    """Every Python file under ``folder``, sorted by path."""
    return sorted(folder.rglob("*.py"))


def crowded_folders(folder: Path, most: int) -> list[str]:
    """Folders with more than ``most`` modules, `__init__` not counted."""
    count: dict[Path, int] = defaultdict(int)
    for module in _without_init(folder):
        count[module.parent] += 1
    return [
        f"{_name(at, folder)}/ holds {modules} modules"
        for at, modules in sorted(count.items())
        if modules > most
    ]


def repeated_module_names(folder: Path) -> list[str]:
    """Names that two modules have, `__init__` not counted."""
    return _told_twice((module.stem, module) for module in _without_init(folder))


def repeated_public_names(folder: Path) -> list[str]:
    """Public classes, functions, constants and type aliases that two modules define. A name in the
    `__all__` of a module is passed on by it and does not count.
    """
    return _told_twice(
        (name, module)
        for module in modules_in(folder)
        for name in sorted(public_names(_tree(module)))
    )


def public_names(module: ast.Module) -> set[str]:
    """Return the names without leading underscore that ``module`` defines and does not pass on."""
    found = {name for node in module.body for name in _defined_by(node)}
    return {name for name in found - _passed_on(module) if not name.startswith("_")}


def _defined_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(name)):
            yield name
        case ast.If() | ast.Try():
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.stmt):
                    yield from _defined_by(part)
        case _:
            pass


def _passed_on(module: ast.Module) -> set[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["__all__"]:
            return set(ast.literal_eval(node.value))
    return set()


def private_imports(folder: Path) -> list[str]:
    """Names with a leading underscore that a module takes from another, by import or through it."""
    return [
        f"{_name(module, folder.parent)}:{line} takes {name}"
        for module in modules_in(folder)
        for line, name in _private_names(_tree(module), folder.name)
    ]


def _private_names(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_of(node.module or "", package):
            imported |= {alias.asname or alias.name for alias in node.names}
            yield from ((node.lineno, alias.name) for alias in node.names if _private(alias.name))
        elif isinstance(node, ast.Import):
            modules = [alias for alias in node.names if _is_of(alias.name, package)]
            imported |= {alias.asname or package for alias in modules}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _private(node.attr):
            whole = ast.unparse(node)
            if whole.partition(".")[0] in imported:
                yield node.lineno, whole


def _is_of(module: str, package: str) -> bool:
    return module.partition(".")[0] == package


def _private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def long_modules(modules: Iterable[Path], most: int) -> list[str]:
    """Modules with more than ``most`` lines."""
    lengths = [(at, len(at.read_text(encoding="utf-8").splitlines())) for at in modules]
    return [f"{at}: {lines} lines" for at, lines in lengths if lines > most]


def long_functions(modules: Iterable[Path], most: int) -> list[str]:
    """Functions with more than ``most`` lines, from `def` to the last."""
    return [
        f"{module}:{node.lineno} {node.name}: {lines} lines"
        for module in modules
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > most
    ]


def undescribed_parameters(modules: Iterable[Path], most: int) -> list[str]:
    """Public functions and methods with more than ``most`` parameters and no `Args:`."""
    return [
        f"{module}:{node.lineno} {node.name}"
        for module in modules
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if not node.name.startswith("_")
        if sum(arg.arg not in ("self", "cls") for arg in _parameters(node)) > most
        if "\nArgs:\n" not in (ast.get_docstring(node) or "")
    ]


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    takes = function.args
    return [*takes.posonlyargs, *takes.args, *takes.kwonlyargs]


def vague_names(folder: Path, vague: Collection[str]) -> list[str]:
    """Modules and folders whose name is in ``vague``."""
    paths = {part for module in modules_in(folder) for part in (module, module.parent)}
    return sorted(_name(path, folder.parent) for path in paths if path.stem in vague)


def misplaced_tests(tests: Path, folder: Path, apart: Collection[str]) -> list[str]:
    """Files `test_x.py` whose module `x.py` lies in another folder of ``folder``; those of the
    folders ``apart`` test something else.
    """
    modules = {module.stem: module for module in _without_init(folder)}
    found = []
    for test in sorted(tests.rglob("test_*.py")):
        room = test.parent.relative_to(tests)
        module = modules.get(test.stem.removeprefix("test_"))
        if module is None or room.as_posix().partition("/")[0] in apart:
            continue
        if module.parent.relative_to(folder) != room:
            found.append(f"{_name(test, tests)}: {_name(module, folder.parent)}")
    return found


def unexplained_suppressions(modules: Iterable[Path]) -> list[str]:
    """Comments `noqa` and `type: ignore` after which no reason stands."""
    return [
        f"{module}:{line} {comment}"
        for module in modules
        for line, comment in _comments(module)
        if (found := SUPPRESSION.match(comment)) and not re.search(r"[a-z]{2}", found[1])
    ]


def _comments(module: Path) -> Iterator[tuple[int, str]]:
    if not SUPPRESSION.search(module.read_text(encoding="utf-8")):  # to tell tokens apart is dear
        return
    with tokenize.open(module) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def rooms_without_layers(folder: Path, pyproject: Mapping[str, Any]) -> list[str]:
    """List packages that hold packages, without exhaustive `layers` contract in ``pyproject``."""
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    layered = {
        container
        for contract in contracts
        if contract["type"] == "layers" and contract.get("exhaustive")
        for container in contract["containers"]
    }
    packages = {init.parent for init in folder.rglob("__init__.py")}
    rooms = {at.parent for at in packages if at != folder}
    names = {_name(at, folder.parent).replace("/", ".") for at in rooms}
    return sorted(names - layered)


def imported_packages(module: Path) -> set[str]:
    """Return the top-level packages that ``module`` imports."""
    found: set[str] = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _told_twice(named: Iterable[tuple[str, Path]]) -> list[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, module in named:
        found[name].append(str(module))
    return [f"{name}: {', '.join(at)}" for name, at in sorted(found.items()) if len(at) > 1]


def _without_init(folder: Path) -> list[Path]:
    return [module for module in modules_in(folder) if module.stem != "__init__"]


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()

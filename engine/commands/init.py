"""The folder that `init` makes: a playbook, its tests, a sample book, what editors and CI need."""

from __future__ import annotations

from pathlib import Path

from engine.commands.process.write import WouldOverwrite
from engine.language.files.atomic_write import unwritable
from engine.language.shipped import shipped
from engine.reports.terminal.escape import printable

SCHEMAS = ("playbook", "test", "book")


def starter_files() -> dict[Path, bytes]:
    """What is written, by its path in the new folder.

    In the package no file is called what it will be where tools would take it for their own.
    """
    root = shipped("starter")
    files = {
        _renamed(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    schemas = {f"{kind}.schema.json": shipped("schemas", f"{kind}.schema.json") for kind in SCHEMAS}
    return files | {Path(".relight", name): path.read_bytes() for name, path in schemas.items()}


def _renamed(path: Path) -> Path:
    return Path(
        *(
            f".{part.removeprefix('dot-')}" if part.startswith("dot-") else part
            for part in path.parts
        )
    )


def make_folder(folder: Path) -> list[Path]:
    """Write the files into ``folder``, which is made where it is not there; their paths.

    Raises WouldOverwrite, with nothing written, where one of them exists; Unwritable.
    """
    files = {folder / path: content for path, content in starter_files().items()}
    try:
        there = [path for path in files if path.exists() or path.is_symlink()]
        there += sorted(
            {up for path in files for up in path.parents if up.exists() and not up.is_dir()}
        )
        if there:
            names = ", ".join(f"`{path}`" for path in there)
            raise WouldOverwrite(f"nothing is overwritten, and there is already {names}")
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise unwritable(folder, error) from error
    return list(files)


def welcome(folder: Path, written: list[Path]) -> str:
    """What was made, and what to do with it."""
    here = printable(str(folder))
    lines = [f"made {len(written)} files in {here}:"]
    lines += [f"  {path.relative_to(folder)}" for path in written]
    steps = ["relight check", "relight test", "relight next --as-of 2026-03-04T15:00:00Z"]
    there = [] if folder.resolve() == Path.cwd() else [f"cd {here}"]
    return "\n".join([*lines, "next:", *(f"  {step}" for step in there + steps)]) + "\n"

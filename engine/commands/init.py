"""`relight init`: create a folder with a playbook, tests, a book, and files for editors and CI.

Whatever the folder has already stays as it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.commands.process.write import WouldOverwrite
from engine.language.files.atomic_write import unwritable
from engine.language.package_data import shipped
from engine.reports.escape import printable
from engine.reports.terminal.phrases import counted

SCHEMAS = ("playbook", "test", "book")
"""The schemas that are copied, for editors."""

OWN_FOLDERS = ("rules", "book")
"""Folders to which nothing is added if they have files already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """The options of `init`."""

    folder: Path


def run_init(options: InitOptions, output: Output) -> int:
    """Create the files, print them and what to do next, and return the exit code.

    Raises:
        WouldOverwrite: Nothing is left to write, or a file is where a folder must be.
        Unwritable: A file cannot be written.
    """
    written, kept = create_starter(options.folder)
    output.result(_welcome(options.folder, written, kept))
    return FINE


def starter_files() -> dict[Path, bytes]:
    """Return the content of each file, by its path in the new folder.

    In the package, a name begins with `dot-` instead of a dot, so that editors and CI do not take
    the file for their own.
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


def create_starter(folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the files into ``folder``, which is created if needed. What is there stays as it is.

    Returns:
        The paths that were written, and those that were kept.

    Raises:
        WouldOverwrite: Nothing is left to write, or a file is where a folder must be.
        Unwritable: A file cannot be written.
    """
    try:
        files = {folder / path: content for path, content in starter_files().items()}
        in_the_way = sorted(
            {up for path in files for up in path.parents if up.exists() and not up.is_dir()}
        )
        kept = [path for path in files if _is_there(path, folder)]
        if in_the_way or len(kept) == len(files):
            names = ", ".join(f"`{path}`" for path in in_the_way or kept)
            raise WouldOverwrite(f"nothing was written, because these already exist: {names}")
        written = [path for path in files if path not in kept]
        _write_all({path: files[path] for path in written})
    except OSError as error:
        raise unwritable(folder, error) from error
    return written, kept


def _write_all(files: Mapping[Path, bytes]) -> None:
    """Write all ``files``, or none if one of them cannot be written."""
    made: list[Path] = []
    try:
        for path, content in files.items():
            for folder in reversed(path.parents):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            with path.open("xb") as file:
                made.append(path)  # only now: a file that is there already is not ours
                file.write(content)
    except BaseException:
        # Otherwise the files that are there would keep the next run from making the others.
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _is_there(path: Path, folder: Path) -> bool:
    """Return whether a file is there already, or the folder of its own kind has files."""
    # Sample cases beside the author's own playbook would fail, and a sample book is not theirs.
    top = folder / path.relative_to(folder).parts[0]
    own = top.name in OWN_FOLDERS and top.is_dir() and any(top.iterdir())
    return own or path.exists() or path.is_symlink()


def _welcome(folder: Path, written: Sequence[Path], kept: Sequence[Path]) -> str:
    here = printable(str(folder))
    lines = [f"made {counted(len(written), 'file')} in {here}:"]
    lines += [f"  {path.relative_to(folder)}" for path in written]
    if kept:
        lines += ["left as it was:", *(f"  {path.relative_to(folder)}" for path in kept)]
    if _shares_book(folder):
        lines.append("add `book/` to .gitignore: a book has the names and messages of prospects")
    steps = ["relight check", "relight test", "relight next --as-of 2026-03-04T15:00:00Z"]
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {here}"]
    return "\n".join([*lines, "next:", *(f"  {step}" for step in enter + steps)]) + "\n"


def _shares_book(folder: Path) -> bool:
    """Return whether the `.gitignore` of ``folder``, if it was kept, does not name the book."""
    try:
        lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return True
    return not {line.strip().strip("/*") for line in lines} & {"book"}

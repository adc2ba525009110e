"""`relight init`: create a folder with a playbook, tests, a book, and files for editors and CI."""

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

SCHEMAS = ("playbook", "test", "book")
"""The schemas that are copied, for editors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """The options of `init`."""

    folder: Path


def run_init(options: InitOptions, output: Output) -> int:
    """Create the files, print them and what to do next, and return the exit code.

    Raises:
        WouldOverwrite: One of the files exists.
        Unwritable: A file cannot be written.
    """
    written = create_starter(options.folder)
    output.result(_welcome(options.folder, written))
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


def create_starter(folder: Path) -> list[Path]:
    """Write the files into ``folder``, which is created if needed, and return their paths.

    Raises:
        WouldOverwrite: One of the files exists; no file has been written.
        Unwritable: A file cannot be written.
    """
    files = {folder / path: content for path, content in starter_files().items()}
    try:
        existing = [path for path in files if path.exists() or path.is_symlink()]
        existing += sorted(
            {up for path in files for up in path.parents if up.exists() and not up.is_dir()}
        )
        if existing:
            names = ", ".join(f"`{path}`" for path in existing)
            raise WouldOverwrite(f"nothing was written, because these already exist: {names}")
        _write_all(files)
    except OSError as error:
        raise unwritable(folder, error) from error
    return list(files)


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


def _welcome(folder: Path, written: Sequence[Path]) -> str:
    here = printable(str(folder))
    lines = [f"made {len(written)} files in {here}:"]
    lines += [f"  {path.relative_to(folder)}" for path in written]
    steps = ["relight check", "relight test", "relight next --as-of 2026-03-04T15:00:00Z"]
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {here}"]
    return "\n".join([*lines, "next:", *(f"  {step}" for step in enter + steps)]) + "\n"

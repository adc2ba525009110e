"""The commands that the pages show: found, run one after another, and compared with their output.

    python docs/console.py            say where a page shows something else than is printed
    python docs/console.py --write    put what is printed into the pages

A page is run from its top to its end in a new folder. In a block called `console` a line that
begins with `$ ` is a command and what follows is all it prints; a line `...` stands for some lines
that are left out. Comments in a page say what happens beside the commands:

    <!-- file: PATH -->               the next block is written to PATH
    <!-- append: PATH -->             the next block is added at the end of PATH
    <!-- under KEY: PATH -->          the next block is added below the line `KEY:` of PATH
    <!-- change: PATH: OLD => NEW --> a text that stands once in PATH is replaced
    <!-- copy: PATH -->               PATH of the checkout is there too
    <!-- delete: PATH -->             PATH goes
    <!-- exit: N -->                  the last command of the next block exits with N, not with 0
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

CHECKOUT = Path(__file__).resolve().parent.parent
NAMES = ("guide", "language", "cli", "sql", "sources")
PAGES = ("README.md", *(f"docs/{name}.md" for name in NAMES))
LEFT_OUT = "..."
PROMPT = "$ "

COMMENT = re.compile(
    r"<!-- (?P<word>file|append|under \w+|change|copy|delete|exit): (?P<rest>.*) -->"
)


@dataclass(slots=True)
class Command:
    """One command: the number of its line in the page, counted from 0, and what is shown of it."""

    text: str
    at: int
    shown: list[str] = field(default_factory=list)
    exits: int = 0

    @property
    def words(self) -> list[str]:
        """The command as a shell would part it."""
        return shlex.split(self.text)


@dataclass(frozen=True, slots=True)
class Block:
    """A block between fences: its language, the line after its fence, and its text."""

    language: str
    at: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The block as a file would have it."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that says what happens beside the commands."""

    word: str
    rest: str


Step = Command | tuple[Comment, Block | None]


def blocks_and_comments(lines: list[str]) -> Iterator[Block | Comment]:
    """Every block and every comment for the runner, in the order of the page."""
    start, fence = 0, ""
    for number, line in enumerate(lines):
        mark = re.match(r"(?P<fence>```+)(?P<language>\w*)$", line)
        if fence and line == fence:
            language = lines[start].removeprefix(fence)
            yield Block(language, start + 1, tuple(lines[start + 1 : number]))
            fence = ""
        elif not fence and mark:
            start, fence = number, mark["fence"]
        elif not fence and (comment := COMMENT.fullmatch(line)):
            yield Comment(comment["word"], comment["rest"])


def steps(lines: list[str]) -> Iterator[Step]:
    """Yield what happens in a page, in order."""
    target: Comment | None = None
    exits = 0
    for part in blocks_and_comments(lines):
        match part:
            case Comment("exit", rest):
                exits = int(rest)
            case Comment("change" | "copy" | "delete"):
                yield part, None
            case Comment():
                target = part
            case Block("console"):
                yield from commands(part, exits)
                exits = 0
            case Block() if target is not None:
                yield target, part
                target = None
            case Block():
                pass


def commands(block: Block, exits: int = 0) -> list[Command]:
    """Yield the commands of a block called `console`; the last one exits with ``exits``."""
    found: list[Command] = []
    for number, line in enumerate(block.lines, start=block.at):
        if line.startswith(PROMPT):
            found.append(Command(line.removeprefix(PROMPT), number))
        elif found:
            found[-1].shown.append(line)
        else:
            raise ValueError(f"line {number + 1}: a `console` block begins with a command")
    if found:
        found[-1].exits = exits
    return found


def prepare(comment: Comment, block: Block | None) -> None:
    """Do in the current folder what a comment says."""
    name, _, change = comment.rest.partition(": ")
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "" if block is None else block.text
    match comment.word:
        case "copy":
            source = CHECKOUT / path
            (shutil.copytree if source.is_dir() else shutil.copy)(source, path)
        case "delete":
            path.unlink()
        case "change":
            old, _, new = change.partition(" => ")
            _replace(path, old, new)
        case "file":
            path.write_text(text, encoding="utf-8")
        case "append":
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        case under:
            key = f"\n{under.removeprefix('under ')}:\n"
            _replace(path, key, key + text)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"`{old}` stands {text.count(old)} times in {path}, not once")
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(command: Command) -> tuple[list[str], int]:
    """Return what a `relight` command prints on both streams, as a terminal shows it."""
    from cli import main as relight

    terminal = {"COLUMNS": "80", "NO_COLOR": "1"}
    result = CliRunner(env=terminal).invoke(
        relight, command.words[1:], prog_name="relight", terminal_width=78
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return [line.rstrip() for line in result.output.splitlines()], result.exit_code


def same(shown: list[str], printed: list[str]) -> bool:
    """Whether a page shows what is printed, but for what it leaves out."""
    pattern = "".join(
        "(?:.*\n)+?" if line == LEFT_OUT else re.escape(line) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """Make a folder to run a page in, and go there."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command of a page beside what it prints; ``printed`` is None for what is not run here."""

    command: Command
    printed: list[str] | None = None
    exited: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the page shows what happens."""
        command = self.command
        if self.printed is None:
            return True
        return command.exits == self.exited and same(command.shown, self.printed)


def outcomes(text: str) -> Iterator[Outcome]:
    """Run a page in the current folder. Only `relight` and `cd` are run."""
    for step in steps(text.splitlines()):
        if not isinstance(step, Command):
            prepare(*step)
        elif step.words[0] == "relight":
            yield Outcome(step, *run(step))
        else:
            if step.words[0] == "cd":
                os.chdir(step.words[1])
            yield Outcome(step)


def rewritten(text: str) -> str:
    """Return the page with what is printed now; what leaves lines out stays as it is."""
    lines = text.splitlines()
    for outcome in reversed(list(outcomes(text))):
        command = outcome.command
        if outcome.printed is not None and LEFT_OUT not in command.shown:
            start = command.at + 1
            lines[start : start + len(command.shown)] = outcome.printed
    return "\n".join(lines) + "\n"


def compare(write: bool) -> int:
    """Say which commands of which page print something else, or write what they print."""
    wrong = 0
    for name in PAGES:
        page = CHECKOUT / name
        text = page.read_text(encoding="utf-8")
        if write:
            with new_folder():
                text = rewritten(text)
            page.write_text(text, encoding="utf-8")
        with new_folder():
            found = [outcome for outcome in outcomes(text) if not outcome.agrees]
        for outcome in found:
            printed = "\n".join(outcome.printed or [])
            place = f"{name}:{outcome.command.at + 1}"
            sys.stdout.write(f"{place}: {outcome.command.text}\n{printed}\n")
            sys.stdout.write(f"exit code {outcome.exited}\n\n")
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    sys.exit(compare("--write" in sys.argv[1:]))

"""The command line: the options of each command, and nothing else.

Each command makes an options dataclass and calls `engine.commands.NAME.run_NAME(options, output)`,
which prints and returns the exit code. It imports that module when it runs, so that `--help` and
shell completion answer at once.
"""

from __future__ import annotations

try:
    import functools
    import sys
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TYPE_CHECKING, Any

    import click

    from engine.commands.process.exit_codes import FINE, INTERRUPTED
    from engine.commands.process.formats import FORMATS, select_format
    from engine.commands.process.signals import interrupted_by_signals
except KeyboardInterrupt:  # Ctrl-C at once is no fault, and needs no traceback
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from engine.commands.process.output import Output

GROUPS = {
    "For authors": ("init", "check", "test", "show", "doc", "explain"),
    "For reps": ("next", "why", "draft"),
    "For data": ("score", "sql"),
    "For CI, by exit code and --format json": ("check", "test"),
}


STATES = ("dark", "closed", "unclear", "waiting", "our_turn", "untouched")


class StateChoice(click.Choice[str]):
    """States of prospects, in any case and with spaces or hyphens too."""

    def convert(self, value: Any, _: click.Parameter | None, __: click.Context | None) -> str:
        """Return the state that ``value`` names."""
        from engine.commands.process.known_words import find_state

        return find_state(value, STATES)


class Relight(click.Group):
    """The group of all commands, which lists them by user and exits with the code of the run."""

    def main(  # type: ignore[override]  # click has two overloads, which differ in what they return
        self, args: Sequence[str] | None = None, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        """Run the command and exit with its code, or return it if not ``standalone_mode``."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        if sys.stdout is None:  # `>&-`: click would print its help to nobody and call that fine
            from engine.commands.process.write import ClosedStdout

            sys.stdout = ClosedStdout()
        # A terminal that has no letter for some name must not end the run.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        sys.exit(self._run(args, {"prog_name": "relight", "obj": {}} | extra))

    def _run(self, args: Sequence[str] | None, extra: dict[str, Any]) -> int:
        try:
            with interrupted_by_signals():
                code = super().main(args, standalone_mode=False, **extra)
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except SystemExit:  # click raises this when the reader of its help has gone away
            return FINE
        except Exception as error:  # noqa: BLE001 - the last place that can report it
            from engine.commands.process.errors import handle_error
            from engine.commands.process.output import Output

            return handle_error(error, extra["obj"].get("output") or Output())
        return code if isinstance(code, int) else FINE

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the people they are for."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                commands = [(name, self.commands[name]) for name in names]
                formatter.write_dl([(name, one.get_short_help_str(70)) for name, one in commands])


def _complete(kind: str, *sections: str) -> Callable[..., list[str]]:
    """Make a function for shell completion of ids of prospects, or of rules in ``sections``."""

    def complete(context: click.Context, _: click.Parameter, start: str) -> list[str]:
        """Return the ids that begin with ``start``.

        Args:
            context: Has the options that were typed before.
            _: The parameter that is completed.
            start: What was typed of it.
        """
        from engine.commands.complete import prospect_ids, rule_ids

        try:
            if kind == "prospect":
                return prospect_ids(start, context.params.get("book") or Path("book"))
            return rule_ids(start, context.params.get("playbook"), *sections)
        except Exception:  # noqa: BLE001 - a shell that waits for words must not get a traceback
            return []

    return complete


def _version(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        from engine.commands.version import version_text

        click.echo(version_text(), nl=False)
        context.exit()


@click.group(cls=Relight, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
              help="Show the version and the evaluator in use.")  # fmt: skip
def main() -> None:
    """Prospects who have gone dark: who is silent, why they may be, and what to do next.

    Exit codes: 0 fine, 1 problems found, 2 wrong usage or nothing to do, 3 input that cannot be
    read, 70 an unexpected fault, 130 interrupted.
    """


FILE = click.Path(path_type=Path)
OPTIONS = {
    "playbook": click.Option(["-p", "--playbook"], metavar="FILE", help=(
        "Playbook to apply: a file, or the name of a shipped one. Default: relight.yaml, or the "
        "only playbook in rules/ (not counting those that others there extend, or that only "
        "declare facts), else the shipped gone-dark.")),
    "book": click.Option(["-b", "--book"], type=FILE, default=Path("book"), metavar="PATH", help=(
        "Book of prospects: a folder of CSV or Parquet files, or a DuckDB, YAML or JSON file. "
        "Default: book/")),
    "as_of": click.Option(["--as-of"], metavar="INSTANT", help=(
        "Evaluate at 2026-03-04T15:00:00Z, or at 2026-03-04: midnight in the calendar's zone. "
        "Default: now.")),
    "engine": click.Option(["--engine"], default="auto", help=(
        "Evaluator; all give the same answers."), type=click.Choice(
            ["auto", "meaning", "rete", "compiled", "columnar"])),
    "warnings": click.Option(["--strict"], is_flag=True, help="Fail on warnings too."),
    "strict": click.Option(["--strict"], is_flag=True,
                           help="Stop with exit code 3 at any problem in the book, even a "
                                "warning."),
    "lenient": click.Option(["--lenient"], is_flag=True,
                            help="Continue even if most of the book cannot be read, or it has no "
                                 "touches."),
    "book_zone": click.Option(["--book-zone"], metavar="ZONE", help=(
        "Time zone of instants in the book that are written without one. Default: what the book "
        "says, else the calendar's.")),
    "target": click.Option(["-o", "--output", "target"], type=FILE, metavar="FILE",
                           callback=lambda *given: None if given[-1] == Path("-") else given[-1],
                           help="Write the result to FILE, whole or not at all."),
    "color": click.Option(["--color/--no-color"], default=None, help="Use color, or do not."),
    "quiet": click.Option(["-q", "--quiet"], is_flag=True, help="Print only the result."),
    "verbose": click.Option(["-v", "--verbose"], is_flag=True, help="Print more."),
}  # fmt: skip
OUTPUT = ("color", "quiet", "verbose")
INPUTS = ("playbook", "book", "book_zone", "as_of", "engine", "strict", "lenient")


def _format_option(command: str) -> click.Option:
    """Make `--format` with the formats of ``command``."""
    return click.Option(
        ["-f", "--format"], type=click.Choice(list(FORMATS[command])), help="Format."
    )


def _command(name: str, *options: str) -> Callable[[Callable[..., int]], click.Command]:
    """Make a command of a function from an `Output` and the values of its options to an exit code.

    ``options`` are names in `OPTIONS`. Those in `OUTPUT` are added, and `--format` and `--output`
    if the command has formats.
    """

    def register(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def run(**values: Any) -> int:
            from engine.commands.process.output import Output

            own = {key: values.pop(key) for key in ("format", "target", *OUTPUT) if key in values}
            if name in FORMATS:
                own["format"] = select_format(name, own["format"], own["target"])
            output = Output(command=name, **own)
            click.get_current_context().ensure_object(dict)["output"] = output
            return function(output, **values)

        command = main.command(name)(run)
        formats = [_format_option(name), OPTIONS["target"]] if name in FORMATS else []
        command.params += [OPTIONS[key] for key in options]
        command.params += [*formats, *(OPTIONS[key] for key in OUTPUT)]
        return command

    return register


@_command("init")
@click.argument("folder", metavar="[DIR]", type=FILE, default=Path())
def init(output: Output, **options: Any) -> int:
    """Make a folder of playbooks that passes `check` and `test`."""
    from engine.commands.init import InitOptions, run_init

    return run_init(InitOptions(**options), output)


@_command("check", "playbook", "book_zone", "as_of", "warnings")
@click.argument("paths", nargs=-1)
def check(output: Output, **options: Any) -> int:
    """Report every problem in playbooks and tests, with its place and help; or profile a book.

    PATHS are files, or folders to search for *.yaml and *.yml. Default: rules/, else this folder.
    If the path is a book, it shows what the playbook reads of it: how much of each column is
    filled, what cannot be read, and which rules can never fire. With --strict, warnings fail too.
    """
    from engine.commands.check import CheckOptions, run_check

    return run_check(CheckOptions(**options), output)


@_command("test", "engine")
@click.argument("paths", nargs=-1)
@click.option("--coverage", is_flag=True, help="Show which rules and conditions the cases cover.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT",
              help="Fail if less than PERCENT of all outcomes is covered.")  # fmt: skip
def test(output: Output, **options: Any) -> int:
    """Run the test cases next to playbooks.

    PATHS are test files, playbooks, or folders to search. Default: rules/, else this folder.
    Coverage leaves out extended playbooks that have a test file of their own, as shipped ones do.
    """
    from engine.commands.test import TestOptions, run_test

    return run_test(TestOptions(**options), output)


@_command("show", "playbook")
@click.argument("id", required=False, shell_complete=_complete("rule"))
@click.option("--effective", is_flag=True, help="Print the merged playbook, with file and line.")
@click.option("--sources", is_flag=True, help="Show the ideas of the sources, and their rules.")
def show(output: Output, **options: Any) -> int:
    """Show the playbook, or one rule: its text, its place, what it reads."""
    from engine.commands.show import ShowOptions, run_show

    return run_show(ShowOptions(**options), output)


@_command("doc", "playbook")
@click.option("--own", is_flag=True, help="Leave out what the file extends.")
def doc(output: Output, **options: Any) -> int:
    """Write the playbook as a page for people to read.

    The page is Markdown, or one HTML file with a drawing of what depends on what. Without
    --format, the name of the --output FILE selects the format: .html, else Markdown.
    """
    from engine.commands.doc import DocOptions, run_doc

    return run_doc(DocOptions(**options), output)


@_command("explain")
@click.argument("code", required=False)
def explain(output: Output, **options: Any) -> int:
    """Explain a problem code with a wrong and a right example."""
    from engine.commands.explain import ExplainOptions, run_explain

    return run_explain(ExplainOptions(**options), output)


@_command("next", *INPUTS)
@click.option("--limit", type=click.IntRange(0), metavar="N",
              help="Show N prospects, 0 for all. Default: 20 as text, else all.")  # fmt: skip
@click.option("--all", "everybody", is_flag=True, help="Every prospect, even without a next step.")
@click.option("--owner", "owners", multiple=True, help="Only prospects of this owner; repeatable.")
@click.option("--state", "states", multiple=True, help="Only prospects in this state; repeatable.",
              type=StateChoice(STATES))  # fmt: skip
@click.option("--due-by", metavar="INSTANT", help="Only if the first step is due by then.")
@click.option("--by", type=click.Choice(["prospect", "account"]), default="prospect",
              help="One line per prospect, or per account. Default: prospect.")  # fmt: skip
@click.option("--clock", type=click.Choice(["theirs", "mine"]), default="theirs",
              help="Whose clock shows due times as text. Default: theirs.")  # fmt: skip
def next_(output: Output, **options: Any) -> int:
    """List whom to contact now, the most valuable step first.

    Text and JSON have one entry for each prospect, CSV one row for each step. As text, due times
    are in the prospect's time zone, or in yours with --clock mine.
    """
    from engine.commands.next import NextOptions, run_next

    return run_next(NextOptions(**options), output)


@_command("why", *INPUTS)
@click.argument("prospect", shell_complete=_complete("prospect"))
@click.option("--action", metavar="ID", shell_complete=_complete("rule", "actions"),
              help="Why this action is a next step, or why it is not.")  # fmt: skip
def why(output: Output, **options: Any) -> int:
    """Show the answer for one prospect, with the facts and rules behind it."""
    from engine.commands.why import WhyOptions, run_why

    return run_why(WhyOptions(**options), output)


@_command("draft", *INPUTS)
@click.argument("prospect", shell_complete=_complete("prospect"))
@click.argument("action", required=False, shell_complete=_complete("rule", "actions"))
@click.option("--anyway", is_flag=True, help="Write it even if guards hold the action back.")
def draft(output: Output, **options: Any) -> int:
    """Write the message of a next step, from its template.

    Without ACTION, it writes the first next step that has a template.
    """
    from engine.commands.draft import DraftOptions, run_draft

    return run_draft(DraftOptions(**options), output)


@_command("score", *INPUTS)
@click.option("--table", metavar="NAME",
              help="Table of a DuckDB file to write or replace. Default: scores.")  # fmt: skip
@click.option("--memory", metavar="SIZE", help="Memory to use, such as 4GiB. Default: 1GiB.")
@click.option("--on", "where", type=click.Choice(["duckdb", "spark"]), default="duckdb",
              help="What runs the playbook. Spark writes a folder of Parquet files.")  # fmt: skip
@click.option("--spark-master", metavar="URL", help="Spark's master. Default: local[*].")
def score(output: Output, **options: Any) -> int:
    """Write the state, causes and next steps of every prospect to a file.

    Without --format, the name of the --output FILE selects the format: .parquet, .csv, .duckdb.
    Parquet and DuckDB have lists of causes and steps, CSV a row for each step. The file is written
    whole or not at all.
    """
    from engine.commands.score.score import ScoreOptions, run_score

    return run_score(ScoreOptions(**options), output)


@_command("sql", "playbook", "target")
@click.option("--as-of", metavar="INSTANT",
              help="Evaluate at this instant. Default: the parameter `now`.")  # fmt: skip
@click.option("--dialect", metavar="NAME", default="duckdb",
              help="SQL dialect: duckdb, postgres, spark, ... Default: duckdb.")  # fmt: skip
@click.option("--without", multiple=True, metavar="NAME",
              help="TABLE or TABLE.COLUMN that you do not have; repeatable.")  # fmt: skip
@click.option("--dates", multiple=True, metavar="TABLE.COLUMN",
              help="Column with dates without times in COLUMN_date; repeatable.")  # fmt: skip
@click.option(
    "--recorded",
    is_flag=True,
    help="Touches have the column recorded_at; leave out what was recorded later.",
)
@click.option("--calendar", type=FILE, metavar="DIR",
              help="Write the tables of the calendar to DIR instead, as CSV.")  # fmt: skip
@click.option("--zone", "zones", multiple=True, metavar="ZONE",
              help="Zone for --calendar, repeatable. Default: all.")  # fmt: skip
@click.option("--from", "first", metavar="DATE", help="First day of --calendar.")
@click.option("--to", "last", metavar="DATE", help="Last day of --calendar.")
def sql(output: Output, **options: Any) -> int:
    """Print the playbook as one SQL statement to run in your warehouse.

    It takes the instant to evaluate at as the parameter `now`, unless --as-of gives it.
    """
    from engine.commands.sql import SqlOptions, run_sql

    return run_sql(SqlOptions(**options), output)


if __name__ == "__main__":
    main()

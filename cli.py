"""The command line: reads arguments, calls the engine, hands results to a reporter, and exits.

Each command imports what it needs when it runs, so that `--help` and completion answer at once.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.commands.process.exit_codes import FINE, INTERRUPTED

if TYPE_CHECKING:
    from engine.backends.registry import EvaluatorName
    from engine.commands.process.inputs import Inputs
    from engine.commands.process.output import Output
    from engine.language.load import LoadResult

GROUPS = {
    "For authors": ("init", "check", "test", "show", "doc", "explain"),
    "For reps": ("next", "why", "draft"),
    "For data": ("score", "sql"),
    "For CI, by exit code and --format json": ("check", "test"),
}


class Relight(click.Group):
    """The commands by who they are for, and the exit codes."""

    def main(  # type: ignore[override]  # click has two overloads, which differ in what they return
        self, args: Sequence[str] | None = None, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        """Run and exit: 0 fine, 1 problems, 2 usage, 3 unreadable, 70 a fault, 130 interrupted."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        sys.exit(self._run(args, {"prog_name": "relight", "obj": {}} | extra))

    def _run(self, args: Sequence[str] | None, extra: dict[str, Any]) -> int:
        try:
            code = super().main(args, standalone_mode=False, **extra)
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except click.Abort:
            return INTERRUPTED
        except SystemExit:  # click's answer to a reader of its own pages that has gone away
            return FINE
        except Exception as error:  # noqa: BLE001 - the last place that can say what happened
            from engine.commands.process.errors import handle_error

            return handle_error(error, extra["obj"].get("verbose", False))
        return code if isinstance(code, int) else FINE

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands under the people they are for."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                commands = [(name, self.commands[name]) for name in names]
                formatter.write_dl([(name, one.get_short_help_str(70)) for name, one in commands])


def _completing(kind: str, *sections: str) -> Callable[..., list[str]]:
    """Completes ids of rules or prospects; whatever goes wrong, it offers nothing."""

    def complete(context: click.Context, _: click.Parameter, start: str) -> list[str]:
        from engine.commands.complete import prospect_ids, rule_ids

        try:
            if kind == "prospect":
                return prospect_ids(start, context.params.get("book") or Path("book"))
            return rule_ids(start, context.params.get("playbook"), *sections)
        except Exception:  # noqa: BLE001 - a shell that waits for words must not get a trace
            return []

    return complete


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
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
        "Playbook to work by: a file, or the name of a shipped one. Default: relight.yaml, or the "
        "only playbook in rules/ (what others there extend, and mere lists of facts, do not "
        "count), else the shipped gone-dark.")),
    "book": click.Option(["-b", "--book"], type=FILE, default=Path("book"), metavar="PATH", help=(
        "Book of prospects: a folder of CSV or Parquet files, or a DuckDB, YAML or JSON file. "
        "Default: book/")),
    "as_of": click.Option(["--as-of"], metavar="INSTANT", help=(
        "Judge as at 2026-03-04T15:00:00Z, or 2026-03-04: midnight in the calendar's zone. "
        "Default: now.")),
    "engine": click.Option(["--engine"], default="auto", help=(
        "Evaluator; all give the same answers."), type=click.Choice(
            ["auto", "meaning", "rete", "compiled", "columnar"])),
    "strict": click.Option(["--strict"], is_flag=True, help="Let nothing pass that is amiss."),
    "target": click.Option(["-o", "--output", "target"], type=FILE, metavar="FILE",
                           callback=lambda *given: None if given[-1] == Path("-") else given[-1],
                           help="Write the result to FILE, whole or not at all."),
    "color": click.Option(["--color/--no-color"], default=None, help="With colour, or without."),
    "quiet": click.Option(["-q", "--quiet"], is_flag=True, help="Print the result, nothing else."),
    "verbose": click.Option(["-v", "--verbose"], is_flag=True, help="Print more."),
}  # fmt: skip
FORMAT = functools.partial(click.Option, ["-f", "--format"], help="Format.")
OUTLET = ("format", "target", "color", "quiet", "verbose")
CONSULT = ("playbook", "book", "as_of", "engine", "strict")


def _command(
    name: str, *options: str, formats: Sequence[str] = ("text", "json")
) -> Callable[[Callable[..., int]], click.Command]:
    """Makes a command of a function that takes an `Output` first and returns an exit code."""

    def register(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def run(**values: Any) -> int:
            from engine.commands.process.output import Output

            output = Output(**{key: values.pop(key) for key in OUTLET if key in values})
            click.get_current_context().ensure_object(dict)["verbose"] = output.verbose
            return function(output, **values)

        command = main.command(name)(run)
        if formats:
            default = "text" if "text" in formats else None
            command.params.append(FORMAT(type=click.Choice(formats), default=default))
        command.params += [OPTIONS[key] for key in (*options, *OUTLET[1 if formats else 2 :])]
        return command

    return register


def _read(output: Output, playbook: str | None) -> LoadResult:
    """The playbook asked for, or the end of the run with its problems on standard error."""
    from engine.assurance.lint.runnable import load_runnable
    from engine.language.files.locate import playbook_at

    named = playbook_at(playbook)
    reading = load_runnable(named.path, named.name)
    code = output.report_problems(reading.problems, named.name)
    if reading.playbook is None:
        raise click.exceptions.Exit(code)
    return reading


def _consult(
    output: Output, playbook: str | None, engine: EvaluatorName, batch: bool = False, **options: Any
) -> Inputs:
    """What the commands for reps begin with; ``batch`` says that they ask of the whole book."""
    from engine.advice.advisor import Advisor
    from engine.commands.process.inputs import open_inputs

    found = _read(output, playbook).playbook
    assert found is not None
    return open_inputs(Advisor(found, engine, batch=batch), **options)


@_command("init", formats=())
@click.argument("folder", metavar="[DIR]", type=FILE, default=Path())
def init(output: Output, folder: Path) -> int:
    """Make a folder of playbooks that passes `check` and `test`."""
    from engine.commands.init import make_folder, welcome

    output.result(welcome(folder, make_folder(folder)))
    return FINE


@_command("check", "strict")
@click.argument("paths", nargs=-1)
def check(output: Output, paths: tuple[str, ...], strict: bool) -> int:
    """Report every problem of playbooks and tests, with its place and help.

    PATHS are files, or folders to search for *.yaml and *.yml; default: rules/, else this folder.
    With --strict, warnings fail too.
    """
    from engine.assurance.check_file import check_file
    from engine.commands.check import files_to_check, run_check

    files = files_to_check(paths)
    return run_check(files, [check_file(file.path, file.name) for file in files], strict, output)


@_command("test", "engine")
@click.argument("paths", nargs=-1)
@click.option("--coverage", is_flag=True, help="Show which rules and tests the cases have seen.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT",
              help="Fail where less than PERCENT of all outcomes is covered.")  # fmt: skip
def test(
    output: Output, paths: tuple[str, ...], engine: Any, coverage: bool, fail_under: float | None
) -> int:
    """Run the cases that stand beside playbooks.

    PATHS are test files, playbooks, or folders to search; default: rules/, else this folder.
    Coverage is of what your own files say, not of the playbooks of Relight that they extend.
    """
    from engine.assurance.testing.run_cases import run_file
    from engine.commands.test import run_test
    from engine.language.files.locate import cases_under

    watched, files = coverage or fail_under is not None, cases_under(paths)
    results = [run_file(file.path, file.name, engine, coverage=watched) for file in files]
    return run_test(results, coverage, fail_under, output)


@_command("show", "playbook")
@click.argument("id", required=False, shell_complete=_completing("rule"))
@click.option("--effective", is_flag=True, help="The merged playbook as YAML, with places.")
@click.option("--sources", is_flag=True, help="Ideas of the sources, with the rules for each.")
def show(
    output: Output, playbook: str | None, id: str | None, effective: bool, sources: bool
) -> int:
    """Show the playbook, or one rule: its text, its place, what feeds it."""
    if sources:
        from engine.commands.sources import run_sources

        return run_sources(output, playbook, id, effective)
    from engine.commands.show import run_show

    output.result(run_show(_read(output, playbook), id, effective, output))
    return FINE


@_command("doc", "playbook", formats=("markdown", "html"))
@click.option("--own", is_flag=True, help="Only what the file says, not what it extends.")
def doc(output: Output, playbook: str | None, own: bool) -> int:
    """Write the playbook as a page that people read.

    As Markdown or as one HTML file with a drawing of what feeds what. FILE of --output says the
    format by its name: .html, else Markdown.
    """
    from engine.commands.doc import run_doc

    return run_doc(output, _read(output, playbook), own)


@_command("explain", formats=())
@click.argument("code", required=False)
def explain(output: Output, code: str | None) -> int:
    """Explain a problem code by a wrong and a right example."""
    from engine.assurance.lint.explanations import codes, page
    from engine.commands.explain import run_explain

    output.result(run_explain(code, codes(), page, output.style))
    return FINE


@_command("next", *CONSULT, formats=("text", "json", "csv"))
@click.option("--limit", type=click.IntRange(0), metavar="N",
              help="Show N prospects, 0 for all. Default: 20 as text, else all.")  # fmt: skip
@click.option("--all", "everybody", is_flag=True, help="Every prospect, also without a next step.")
@click.option("--owner", "owners", multiple=True, help="Only prospects of this owner; repeatable.")
@click.option("--state", "states", multiple=True, help="Only prospects in this state; repeatable.",
              type=click.Choice(["dark", "waiting", "our_turn", "untouched"]))  # fmt: skip
@click.option("--due-by", metavar="INSTANT", help="Only where the first step is due by then.")
def next_(output: Output, due_by: str | None, **options: Any) -> int:
    """List whom to turn to now, by value.

    As text and JSON a line a prospect, as CSV a row a step. Due times are local to the prospect.
    """
    from engine.commands.next import run_next
    from engine.commands.process.inputs import parse_as_of
    from engine.semantics.prospect_filter import ProspectFilter

    wanted = {key: options.pop(key) for key in ("limit", "everybody", "owners", "states")}
    engine = options["engine"]
    asked = _consult(output, batch=True, **options)
    due = parse_as_of(due_by, asked.advisor.playbook) if due_by is not None else None
    run_next(asked, ProspectFilter(**wanted, due_by=due), engine, output)
    return FINE


@_command("why", *CONSULT)
@click.argument("prospect", shell_complete=_completing("prospect"))
@click.option("--action", metavar="ID", shell_complete=_completing("rule", "actions"),
              help="Why this action is a next step, or why it is not.")  # fmt: skip
def why(output: Output, prospect: str, action: str | None, **options: Any) -> int:
    """Show what holds of a prospect, and the facts and rules behind it."""
    from engine.commands.why import run_why

    output.result(run_why(_consult(output, **options).evaluate(prospect, output), action, output))
    return FINE


@_command("draft", *CONSULT)
@click.argument("prospect", shell_complete=_completing("prospect"))
@click.argument("action", required=False, shell_complete=_completing("rule", "actions"))
@click.option("--anyway", is_flag=True, help="Write it though guards hold the action back.")
def draft(output: Output, prospect: str, action: str | None, anyway: bool, **options: Any) -> int:
    """Write the message of a next step, from its template.

    ACTION is the first next step that is a message, unless one is named.
    """
    from engine.commands.draft import run_draft

    evaluation = _consult(output, **options).evaluate(prospect, output)
    output.result(run_draft(evaluation, action, anyway, output))
    return FINE


@_command("score", *CONSULT, formats=("parquet", "csv", "duckdb"))
@click.option(
    "--table", metavar="NAME", help="Table of a DuckDB file to write or replace. Default: scores."
)
@click.option("--memory", metavar="SIZE", help="How much to take, such as 4GiB. Default: 1GiB.")
@click.option("--on", "where", type=click.Choice(["duckdb", "spark"]), default="duckdb",
              help="What runs the playbook. Spark writes a folder of Parquet files.")  # fmt: skip
@click.option("--spark-master", metavar="URL", help="Spark's master. Default: local[*].")
def score(output: Output, where: str, **options: Any) -> int:
    """Write the state, causes and next steps of every prospect to a file.

    FILE of --output says the format by its name: .parquet, .csv, .duckdb. Parquet and DuckDB have
    lists of causes and steps, CSV a row a step. The file is written whole or not at all.
    """
    if where == "spark":
        from engine.commands.score.score_on_spark import SparkScoreOptions, run_score_on_spark

        reading = _read(output, options.pop("playbook"))
        return run_score_on_spark(output, reading, SparkScoreOptions(**options))
    from engine.commands.score.score import ScoreOptions, run_score

    if options.pop("spark_master") is not None:
        raise click.UsageError("--spark-master goes with --on spark")
    return run_score(output, _read(output, options.pop("playbook")), ScoreOptions(**options))


@_command("sql", "playbook", "target", formats=())
@click.option("--as-of", metavar="INSTANT",
              help="Judge as at this instant. Default: the parameter `now`.")  # fmt: skip
@click.option("--dialect", metavar="NAME", default="duckdb",
              help="Whose SQL: duckdb, postgres, spark, ... Default: duckdb.")  # fmt: skip
@click.option("--without", multiple=True, metavar="NAME",
              help="Table or TABLE.COLUMN that is not there; repeatable.")  # fmt: skip
@click.option("--calendar", type=FILE, metavar="DIR",
              help="Write the two tables of the calendar to DIR instead, as CSV.")  # fmt: skip
@click.option("--zone", "zones", multiple=True, metavar="ZONE",
              help="Zone for --calendar, repeatable. Default: all.")  # fmt: skip
@click.option("--from", "first", metavar="DATE", help="First day of --calendar.")
@click.option("--to", "last", metavar="DATE", help="Last day of --calendar.")
def sql(output: Output, playbook: str | None, **options: Any) -> int:
    """Print the playbook as one SQL statement, for where data lies.

    It takes the instant to judge at as the parameter `now`, unless --as-of says it.
    """
    from engine.commands.sql import SqlOptions, run_sql

    return run_sql(output, _read(output, playbook), SqlOptions(**options))


if __name__ == "__main__":
    main()

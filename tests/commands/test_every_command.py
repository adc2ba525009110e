"""The command line as a process: help, version, streams, exit codes, start-up, completion."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import GROUPS, main
from engine.commands.complete import prospect_ids, rule_ids
from engine.commands.process.errors import CODE_OF_ERROR
from engine.commands.process.exit_codes import PROBLEMS, UNREADABLE, USAGE
from engine.commands.process.output import Output
from tests.support.small_playbook import NOW, asked, relight, small_folder, write

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from cli import main; main()")
HEAVY = (
    "duckdb",
    "jsonschema",
    "jsonschema_rs",
    "rapidfuzz",
    "rich",
    "jinja2",
    "yaml",
    "holidays",
    "durable",
    "durable_rules_engine",
)


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (*RUN, *arguments),
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    return tmp_path


def test_help_groups_the_commands_by_who_they_are_for() -> None:
    text = relight("--help").stdout
    authors, reps, ci = (text.index(f"For {who}") for who in ("authors", "reps", "CI"))
    found = re.findall(r"^  ([a-z]+)  ", text, flags=re.MULTILINE)
    assert authors < reps < ci
    assert found == [name for names in GROUPS.values() for name in names]
    assert set(found) == set(main.commands)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_and_option_has_help(command: str) -> None:
    one = main.commands[command]
    assert one.help
    assert relight(command, "--help").exit_code == 0
    unsaid = [p.name for p in one.params if p.param_type_name == "option" and not p.help]
    assert unsaid == []


@pytest.mark.parametrize("command", ["next", "why", "draft"])
def test_options_are_spelled_the_same_everywhere(command: str) -> None:
    spelled = {word for param in main.commands[command].params for word in param.opts}
    assert spelled >= {
        "-p", "--playbook", "-b", "--book", "--as-of", "-f", "--format", "-o", "--output",
        "-q", "-v", "--engine", "--strict", "--color",
    }  # fmt: skip


def test_the_version_says_which_evaluator_judges() -> None:
    first, second = relight("--version").stdout.splitlines()
    assert first.startswith("relight ")
    assert re.fullmatch(r"evaluator: (rete|meaning \(.+\))", second)


def test_without_a_command_the_help_is_shown_and_nothing_is_done() -> None:
    result = relight()
    assert result.exit_code == 2
    assert "For reps" in result.output


@pytest.mark.parametrize("arguments", [("nxt",), ("next", "--lmit", "3"), ("next", "-f", "xml")])
def test_wrong_usage_is_two(arguments: tuple[str, ...]) -> None:
    result = relight(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), check=True, capture_output=True, encoding="utf-8", cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_help_imports_few_modules() -> None:
    code = (
        "import sys; before = {*sys.modules}; from cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(len({*sys.modules} - before))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert int(done.stdout.splitlines()[-1]) < 250


@pytest.mark.slow
def test_check_in_a_pipeline_does_without_the_book_s_libraries(folder: Path) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from cli import main\n"
        "CliRunner().invoke(main, ['check', 'relight.yaml'])\n"
        "print([name for name in ('duckdb', 'rich.console') if name in sys.modules])"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("next",),
        ("why", "acme"),
        ("why", "acme", "--action", "write"),
        ("check", "plain.yaml"),
    ],
    ids=" ".join,
)
@pytest.mark.slow
def test_templates_are_not_loaded_where_none_is_read(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    write(folder, plain_DOT_yaml="playbook: plain\nfacts: {amount: {type: number}}\n")
    code = (
        "import sys; from click.testing import CliRunner; from cli import main\n"
        f"code = CliRunner().invoke(main, {list(arguments)!r}).exit_code\n"
        "print(code, 'jinja2' in sys.modules)"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "0 False\n"


def test_exit_codes_stand_in_one_module_that_imports_nothing() -> None:
    folder = ROOT / "engine" / "commands" / "process"
    source = (folder / "exit_codes.py").read_text(encoding="utf-8")
    assert re.findall(r"^(?:from|import) .*", source, re.MULTILINE) == [
        "from __future__ import annotations"
    ]
    for other in (ROOT / "cli.py", folder / "errors.py"):
        assert not re.search(r"^(?:FINE|FAULT|INTERRUPTED)\b.*=", other.read_text(), re.MULTILINE)


def command_functions() -> list[ast.FunctionDef]:
    found = [
        n for n in ast.parse((ROOT / "cli.py").read_text()).body if isinstance(n, ast.FunctionDef)
    ]
    return [
        each for each in found if any("_command(" in ast.unparse(d) for d in each.decorator_list)
    ]


@pytest.mark.parametrize("function", command_functions(), ids=lambda one: one.name)
def test_the_command_line_only_makes_options_and_calls_the_command(
    function: ast.FunctionDef,
) -> None:
    help_text, imports, call = map(ast.unparse, function.body)
    assert help_text.startswith(("'", '"'))
    found = re.fullmatch(r"from (engine\.commands\.[\w.]+) import (\w+Options), (run_\w+)", imports)
    assert found is not None
    assert call == f"return {found[3]}({found[2]}(**options), output)"
    module = importlib.import_module(found[1])
    parameters = inspect.signature(getattr(module, found[3])).parameters
    assert list(parameters) == ["options", "output"]
    assert dataclasses.is_dataclass(getattr(module, found[2]))


def test_every_command_of_the_line_is_made_that_way() -> None:
    assert len(command_functions()) == len(main.commands)


def test_every_exception_that_a_command_foresees_has_an_exit_code_and_no_report_has_one() -> None:
    defined = [
        node.name
        for path in (ROOT / "engine" / "reports").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and "Exception" in map(ast.unparse, node.bases)
    ]
    assert defined == []
    assert set(CODE_OF_ERROR.values()) == {PROBLEMS, USAGE, UNREADABLE}


def test_results_and_remarks_go_to_their_own_streams(folder: Path) -> None:
    done = process("next", "--as-of", NOW)
    assert done.returncode == 0
    assert done.stdout.startswith("prospect ")
    assert done.stderr == "2 prospects that have a next step; 5 in the book\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "relight.yaml"), 0),
        (("check", "--strict", "relight.yaml"), 1),
        (("next", "--as-of", "soon"), 2),
        (("check", "nothing"), 2),
        (("why", "nobody"), 3),
        (("next", "-b", "nowhere"), 3),
        (("next", "-p", "nowhere.yaml"), 3),
        (("draft", "acme", "call"), 1),
        (("next", "-p", "broken.yaml"), 1),
    ],
)
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    write(folder, broken_DOT_yaml="playbook: [")
    Path("nothing").mkdir()
    done = relight(*arguments)
    assert done.exit_code == code
    if code > 1:
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "--strict", "relight.yaml"), 1),
        pytest.param(("why", "nobody"), 3, marks=pytest.mark.slow),
    ],
)
def test_the_process_ends_with_the_exit_code(
    folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = process(*arguments)
    assert (done.returncode, bool(done.stdout)) == (code, code == 1)


def test_a_playbook_that_is_not_there_is_one_line_with_a_suggestion(folder: Path) -> None:
    result = relight("next", "-p", "relihgt.yaml")
    assert result.stderr == "error: no playbook `relihgt.yaml`: did you mean `relight.yaml`?\n"


@pytest.mark.parametrize(
    "arguments",
    [("next", "-p"), ("next", "-b"), ("check",), ("test",), ("why",), ("why", "acme", "-p")],
    ids=" ".join,
)
@pytest.mark.parametrize("odd", ["long" * 100, "", "\udcff"], ids=["long", "empty", "odd"])
def test_an_odd_name_is_no_fault(folder: Path, arguments: tuple[str, ...], odd: str) -> None:
    result = relight(*arguments, odd)
    assert result.exit_code in (1, 2, 3)
    assert "fault" not in result.stderr


def test_a_book_that_is_not_there_is_one_line(folder: Path) -> None:
    result = asked("next", "-b", "nowhere")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: there is no book `nowhere`: ")
    assert result.stderr.count("\n") == 1


def test_an_evaluator_that_cannot_run_here_is_wrong_usage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.backends.rete.network.unavailable_reason", lambda: "it is not installed"
    )
    result = asked("next", "--engine", "rete")
    assert (result.exit_code, result.stderr) == (2, "error: it is not installed\n")
    assert asked("next", "--engine", "auto").exit_code == 0
    assert relight("--version").stdout.endswith("evaluator: meaning (it is not installed)\n")


@pytest.fixture
def faulty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault\nof two \x1b[31mlines")

    monkeypatch.setattr("engine.commands.next.open_inputs", burst)


def test_an_unexpected_fault_is_one_line(faulty: None) -> None:
    result = relight("next")
    assert result.exit_code == 70
    assert result.stderr.startswith("error: unexpected fault at ")
    assert r"ZeroDivisionError: a fault of two \x1b[31mlines" in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unexpected_fault_has_its_traceback_where_it_is_asked_for(faulty: None) -> None:
    result = relight("next", "-v")
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr
    assert "of two \\x1b[31mlines" in result.stderr
    assert "\x1b" not in result.stderr


def test_an_interrupted_run_says_so_by_its_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.commands.next.open_inputs", interrupt)
    result = relight("next")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_an_interrupt_from_outside_ends_the_process_with_130(folder: Path) -> None:
    code = (
        "import sys, time; from cli import main; import engine.commands.next as n\n"
        "def wait(*_):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "n.run_next = wait\n"
        "main(['next'])\n"
    )
    with subprocess.Popen(
        (sys.executable, "-c", code),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        time.sleep(0.1)
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=30)
    assert started.returncode == 130
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_fault_and_hides_no_problem(folder: Path) -> None:
    write(folder, bad_DOT_yaml="playbook: bad\n" + "".join(f"x{n}: 1\n" for n in range(3000)))
    run = " ".join(f"'{part}'" for part in RUN)
    for arguments, code in (("check bad.yaml", 1), ("--help", 0), ("show --effective", 0)):
        done = subprocess.run(
            ("bash", "-c", f"{run} {arguments} | true; echo ${{PIPESTATUS[0]}}"),
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.stdout.split() == [str(code)]
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr


FULL = (">/dev/full", "no space left on device")
CLOSED = (">&-", "it is closed")


@pytest.mark.parametrize(
    ("arguments", "where", "reason"),
    [
        ("--help", *FULL),
        ("next -q", *CLOSED),
        ("--help", *CLOSED),
        pytest.param("check --help", *CLOSED, marks=pytest.mark.slow),
        pytest.param("--version", *CLOSED, marks=pytest.mark.slow),
        pytest.param("--version", *FULL, marks=pytest.mark.slow),
        pytest.param("next -q", *FULL, marks=pytest.mark.slow),
        pytest.param("next -q -f json", *FULL, marks=pytest.mark.slow),
        pytest.param("next -q -f json", *CLOSED, marks=pytest.mark.slow),
    ],
)
def test_an_answer_that_cannot_be_written_is_one_line(
    folder: Path, arguments: str, where: str, reason: str
) -> None:
    run = " ".join(f"'{part}'" for part in RUN)
    done = subprocess.run(
        ("bash", "-c", f"{run} {arguments} {where}"),
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert done.stderr == f"error: standard output cannot be written: {reason}\n"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_where_nobody_can_be_told_the_answer_still_counts(folder: Path, where: str) -> None:
    run = " ".join(f"'{part}'" for part in RUN)
    for arguments, code in ((f"next --as-of {NOW}", 0), ("next -v -b nowhere", 3)):
        done = subprocess.run(
            ("bash", "-c", f"{run} {arguments} {where}"),
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == code
        assert (done.stdout != "") == (code == 0)


@pytest.mark.slow
def test_a_pipe_and_no_color_get_no_colour_and_color_gets_it(folder: Path) -> None:
    assert "\x1b" not in process("next", "--as-of", NOW).stdout
    assert "\x1b[1m" in process("next", "--as-of", NOW, "--color").stdout
    assert "\x1b" not in process("next", "--as-of", NOW, "--no-color", NO_COLOR="").stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.slow
def test_an_old_terminal_gets_marks_it_can_show(folder: Path, encoding: str) -> None:
    done = subprocess.run(
        (*RUN, "why", "acme", "--as-of", NOW),
        check=True,
        capture_output=True,
        encoding=encoding,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
    )
    assert "    + stage is proposal" in done.stdout


@pytest.mark.slow
def test_json_is_utf_8_whatever_the_terminal_is(folder: Path) -> None:
    text = (folder / "book" / "prospects.csv").read_text()
    write(folder, book__prospects_DOT_csv=text.replace("Acme Inc", "Acmé 日本"))
    done = process("next", "--as-of", NOW, "-f", "json", PYTHONIOENCODING="ascii")
    assert "Acmé 日本" in done.stdout


def test_a_page_is_as_wide_as_the_terminal_says(folder: Path) -> None:
    narrow = CliRunner(env={"COLUMNS": "60"}).invoke(main, ["next", "--as-of", NOW]).stdout
    wide = CliRunner(env={"COLUMNS": "140"}).invoke(main, ["next", "--as-of", NOW]).stdout
    assert max(map(len, narrow.splitlines())) <= 60
    assert "why" not in narrow
    assert "why" in wide


COMMANDS = {
    *("init", "check", "test", "show", "explain", "next", "why", "draft", "score", "sql", "doc"),
}


@pytest.mark.parametrize(
    ("words", "at", "offered"),
    [
        ("relight ", 1, COMMANDS),
        ("relight why ", 2, {"acme", "bolt", "cora", "dill", "ezra"}),
        ("relight why a", 2, {"acme"}),
        ("relight draft acme w", 3, {"write"}),
        ("relight why acme --action ", 4, {"write", "call", "review"}),
        ("relight show big", 2, {"big_deal"}),
        ("relight show guards.", 2, {"guards.left_alone"}),
        ("relight why -b nowhere ", 4, set()),
        ("relight show -p nowhere.yaml ", 4, set()),
    ],
)
def test_the_shell_completes_commands_rules_and_prospects(
    folder: Path, words: str, at: int, offered: set[str]
) -> None:
    asking = {"_RELIGHT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    done = CliRunner(env=asking).invoke(main, prog_name="relight")
    assert done.exit_code == 0
    assert {line.partition(",")[2] for line in done.stdout.split()} == offered
    assert done.stderr == ""


def test_the_shell_is_offered_no_code_from_a_book(folder: Path) -> None:
    ids = ["$(touch${IFS}pwned)", "`id`", '"two\nlines"', "a b", "safe-1@x.org"]
    path = folder / "book" / "prospects.csv"
    path.write_text("id\n" + "\n".join(ids) + "\n", encoding="utf-8")
    assert prospect_ids("", folder / "book") == ["safe-1@x.org"]


@pytest.mark.parametrize("id", ["--all", "a;touch x", "$(touch x)", "a b", "a\nb"])
def test_completion_offers_no_id_of_a_playbook_that_a_shell_could_run(
    folder: Path, id: str
) -> None:
    action = {"kind": "internal"}
    strange = {"playbook": "p", "actions": {id: action, "write_it": action}, "causes": {id: {}}}
    (folder / "strange.yaml").write_text(json.dumps(strange), encoding="utf-8")
    assert rule_ids("", str(folder / "strange.yaml")) == ["write_it"]
    assert rule_ids("actions.", str(folder / "strange.yaml")) == ["actions.write_it"]


def test_a_note_does_not_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output().note("to write by hand: [x\x1b[31m y]\n")
    assert capsys.readouterr().err == "to write by hand: [x\\x1b[31m y]\n"


def test_the_shell_is_offered_the_same_by_the_process(folder: Path) -> None:
    done = process(_RELIGHT_COMPLETE="bash_complete", COMP_WORDS="relight why a", COMP_CWORD="2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,acme\n", "")


def test_a_dash_for_a_file_is_standard_output(folder: Path) -> None:
    plain, dashed = relight("show"), relight("show", "-o", "-")
    assert dashed.exit_code == 0
    assert dashed.stdout == plain.stdout != ""
    assert not (folder / "-").exists()

"""Authors' tests as they are run: what passes, what fails, and what must never pass."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from engine.assurance.testing.run_cases import CaseResult, FileResult, run_file
from tests.support.expected_problems import described
from tests.support.work import calls_in

SMALL = Path(__file__).parents[2] / "good" / "small.yaml"
HEAD = f"playbook: {SMALL.name}\nnow: 2026-03-04T15:00:00Z\ncases:\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run cases, written below `cases:`, of the small playbook."""

    def run(cases: str, head: str = HEAD) -> FileResult:
        (tmp_path / SMALL.name).write_bytes(SMALL.read_bytes())
        path = tmp_path / "small.test.yaml"
        path.write_text(head + cases, encoding="utf-8")
        return run_file(path, "small.test.yaml", engine="meaning")

    return run


def one_case(prospect: str, expect: str) -> str:
    return f"  one:\n    {prospect}\n    expect: {expect}\n"


class Run(Protocol):
    def __call__(self, cases: str, head: str = HEAD) -> FileResult: ...


DARK = (
    "prospect: {stage: proposal, quarter_end: true, next_step_at: in 3 days}\n"
    "    touches: [{at: 2 business days ago, direction: outbound, channel: email}]"
)
"""Dark by one threshold. `busy` has 0.4 for it, halved by the meeting ahead: 0.2, not diagnosed.
The second touch is due five days after the first: on a Saturday, so when it opens on Monday, by
when the clocks have gone forward.
"""
BUSY = (
    "prospect: {stage: proposal, quarter_end: true, opted_out: true, next_step_at: 1 day ago}\n"
    "    touches: [{at: 2 business days ago, direction: outbound, channel: email}]"
)
"""The same with `busy` diagnosed at 0.4, and no outreach allowed."""


class TestEveryExpectation:
    """Each passes where it is met, and fails, saying both sides, where it is not."""

    @pytest.mark.parametrize(
        ("prospect", "expect"),
        [
            (DARK, "{state: dark}"),
            (DARK, "{dark: [after_proposal]}"),
            (DARK, "{signals: {no_next_step: false}}"),
            (DARK, "{causes: {busy: 0.2}}"),
            (DARK, "{causes: {busy: 0.2000009}}"),
            (DARK, "{causes: {busy: {at_least: 0.2, at_most: 0.2}}}"),
            (DARK, "{causes: {busy: {more_than: 0.19, less_than: 0.21}}}"),
            (DARK, "{causes: {busy: {between: [0.1, 0.2]}}}"),
            (DARK, "{next: ring}"),
            (DARK, "{due: 2026-03-09T13:00:00Z}"),
            (DARK, "{actions: {include: [ring], exclude: [write, agree_next_step]}}"),
            (DARK, "{held_back: {ring: [], write: []}}"),
            (DARK, "{goes_dark_at: null}"),
            (BUSY, "{causes: {busy: 0.4}}"),
            (BUSY, "{next: null}"),
            (BUSY, "{held_back: {ring: [opted_out], write: [opted_out]}}"),
            (BUSY, "{actions: {exclude: [ring, write]}}"),
            ("prospect: {}", "{state: untouched, dark: [], next: agree_next_step}"),
        ],
    )
    def test_that_is_met_passes(self, run: Run, prospect: str, expect: str) -> None:
        result = run(one_case(prospect, expect))
        assert result.passed, (result.cases, described(result.problems))

    @pytest.mark.parametrize(
        "case",
        [
            (DARK, "{state: waiting}", "state", "waiting", "dark"),
            (DARK, "{dark: []}", "dark", "none", "after_proposal"),
            (
                DARK,
                "{dark: [after_proposal, after_demo]}",
                "dark",
                "after_proposal, after_demo",
                "after_proposal",
            ),
            (DARK, "{signals: {no_next_step: true}}", "signals.no_next_step", "fires", ""),
            (DARK, "{causes: {busy: 0.3}}", "causes.busy", "0.3", "0.2"),
            (DARK, "{causes: {busy: 0.200002}}", "causes.busy", "0.200002", "0.2"),
            (DARK, "{causes: {busy: {at_least: 0.3}}}", "causes.busy.at_least", "", "0.2"),
            (DARK, "{causes: {busy: {more_than: 0.2}}}", "causes.busy.more_than", "", "0.2"),
            (DARK, "{causes: {busy: {less_than: 0.2}}}", "causes.busy.less_than", "", "0.2"),
            (DARK, "{causes: {busy: {at_most: 0.1}}}", "causes.busy.at_most", "", "0.2"),
            (DARK, "{causes: {busy: {between: [0, 0.1]}}}", "causes.busy.between", "", "0.2"),
            (DARK, "{next: write}", "next", "write", "ring"),
            (DARK, "{next: null}", "next", "no step", "ring"),
            (BUSY, "{next: ring}", "next", "ring", "no step"),
            (DARK, "{due: null}", "due", "no date", "2026-03-09T13:00:00Z"),
            (BUSY, "{due: null}", "due", "no date", "no step"),
            (
                DARK,
                "{due: 2026-03-09T13:00:01Z}",
                "due",
                "2026-03-09T13:00:01Z",
                "2026-03-09T13:00:00Z",
            ),
            (DARK, "{actions: {include: [write]}}", "actions.include", "`write` is", "ring"),
            (DARK, "{actions: {exclude: [ring]}}", "actions.exclude", "`ring` is not", "ring"),
            (BUSY, "{actions: {include: [ring]}}", "actions.include", "`ring` is", "none"),
            (BUSY, "{held_back: {write: []}}", "held_back.write", "none", "opted_out"),
            (BUSY, "{held_back: {write: [five_emails]}}", "held_back.write", "", "opted_out"),
            (
                BUSY,
                "{held_back: {write: [opted_out, five_emails]}}",
                "held_back.write",
                "opted_out, five_emails",
                "opted_out",
            ),
            (DARK, "{held_back: {ring: [opted_out]}}", "held_back.ring", "opted_out", "none"),
            (DARK, "{goes_dark_at: 2026-03-04}", "goes_dark_at", "2026-03-04T05:00:00Z", "no date"),
        ],
    )
    def test_that_is_not_met_fails_once(self, run: Run, case: tuple[str, ...]) -> None:
        prospect, expect, what, expected, found = case
        result = run(one_case(prospect, expect))
        assert not result.passed
        assert not result.problems
        (failure,) = result.cases[0].failures
        assert failure.what == what
        assert expected in failure.expected
        assert found in failure.found

    def test_of_several_each_that_is_not_met_fails_at_its_own_line(self, run: Run) -> None:
        expect = (
            "\n      state: waiting\n      signals: {no_next_step: false}\n      next: write"
            "\n      causes:\n        busy: 0.5"
        )
        failures = run(one_case(DARK, expect)).cases[0].failures
        # The head has three lines, the case five before its first expectation.
        assert [(failure.what, failure.span.line) for failure in failures] == [
            ("state", 8),
            ("next", 10),
            ("causes.busy", 12),
        ]


class TestCases:
    def test_a_case_has_its_own_now_or_that_of_the_file(self, run: Run) -> None:
        result = run(
            "  at_the_threshold:\n"
            "    now: 2026-03-10T15:00:00Z\n"
            "    prospect: {stage: demo}\n"
            "    touches: [{at: 2026-03-03T15:00:00Z, direction: outbound}]\n"
            "    expect: {state: dark}\n"
            "  before_it:\n"
            "    prospect: {stage: demo}\n"
            "    touches: [{at: 2026-03-03T15:00:00Z, direction: outbound}]\n"
            "    expect: {state: waiting, goes_dark_at: 2026-03-10T15:00:00Z}\n"
        )
        assert result.passed, result.cases

    def test_business_days_are_those_of_the_prospect(self, run: Run) -> None:
        """The proposal went out on Tuesday at 15:00 in Chicago, and a day later it is dark."""
        touches = "touches: [{at: 2026-03-03T21:00:00Z, direction: outbound}]"
        result = run(
            "  in_chicago:\n    now: 2026-03-04T20:59:59Z\n"
            f"    prospect: {{stage: proposal, timezone: America/Chicago}}\n    {touches}\n"
            "    expect: {goes_dark_at: 2026-03-04T21:00:00Z}\n"
            "  in_new_york:\n    now: 2026-03-04T20:59:59Z\n"
            f"    prospect: {{stage: proposal}}\n    {touches}\n"
            "    expect: {goes_dark_at: 2026-03-04T21:00:00Z}\n"
            "  in_tokyo:\n    now: 2026-03-04T03:59:59Z\n"
            f"    prospect: {{stage: proposal, timezone: Asia/Tokyo}}\n    {touches}\n"
            "    expect: {goes_dark_at: 2026-03-04T08:00:00Z}\n"
        )
        assert result.passed, result.cases

    def test_business_days_are_those_of_the_region(self, tmp_path: Path) -> None:
        """Two business days before Wednesday 7 January, of which one is closed in Bavaria."""
        (tmp_path / "p.yaml").write_text(
            "playbook: p\n"
            "facts: {state: {type: choice, choices: [by, be]}, seen_at: {type: time}}\n"
            "calendar:\n"
            "  regions:\n"
            "    bavaria: {for: {state: by}, holidays: [DE-BY]}\n"
            "signals:\n"
            "  seen: {when: {seen_at: 2026-01-05T15:00:00Z}}\n"
            "  seen_earlier: {when: {seen_at: 2026-01-02T15:00:00Z}}\n",
            encoding="utf-8",
        )
        path = tmp_path / "p.test.yaml"
        path.write_text(
            "playbook: p.yaml\nnow: 2026-01-07T15:00:00Z\ncases:\n"
            "  in_bavaria:\n    prospect: {state: by, seen_at: 2 business days ago}\n"
            "    expect: {signals: {seen_earlier: true}}\n"
            "  in_berlin:\n    prospect: {state: be, seen_at: 2 business days ago}\n"
            "    expect: {signals: {seen: true}}\n"
            "  nowhere:\n    prospect: {seen_at: 2 business days ago}\n"
            "    expect: {signals: {seen: true}}\n",
            encoding="utf-8",
        )
        result = run_file(path, "p.test.yaml", engine="meaning")
        assert result.passed, result

    def test_a_measured_fact_may_be_set_and_the_rows_are_not_asked(self, run: Run) -> None:
        result = run(
            one_case(
                "prospect: {emails_unanswered: 5, stage: demo, opted_out: false}\n"
                "    touches: [{at: 2 weeks ago, direction: outbound, channel: email}]",
                "{causes: {busy: 0.2}, dark: [after_demo]}",
            )
        )
        assert result.passed, result.cases

    def test_the_name_of_a_shipped_playbook_will_do(self, run: Run) -> None:
        head = "playbook: gone-dark\nnow: 2026-03-04T15:00:00Z\ncases:\n"
        assert run(one_case("prospect: {}", "{state: untouched}"), head).passed

    def test_cases_come_out_in_the_order_they_are_written(self, run: Run) -> None:
        text = "".join(f"  {name}: {{expect: {{state: untouched}}}}\n" for name in "cab")
        result = run(text)
        assert [case.name for case in result.cases] == ["c", "a", "b"]
        assert [case.span.line for case in result.cases] == [4, 5, 6]
        assert result.cases[0] == CaseResult("c", result.cases[0].span, ())


def test_the_work_grows_with_the_cases_and_no_faster(tmp_path: Path) -> None:
    few, many = many_cases(tmp_path, 40), many_cases(tmp_path, 80)
    run_file(few, engine="meaning", coverage=True)  # modules are imported and clocks asked
    _, calls_of_few = calls_in(lambda: run_file(few, engine="meaning", coverage=True))
    result, calls = calls_in(lambda: run_file(many, engine="meaning", coverage=True))
    assert result.passed, (result.problems, result.cases)
    assert len(result.cases) == 80
    assert calls < 2.2 * calls_of_few


def many_cases(folder: Path, count: int) -> Path:
    """A file of ``count`` cases for a playbook of a hundred rules."""
    rules = range(20)
    facts = "".join(f"  f{one}: {{type: number}}\n" for one in rules)
    dark = "".join(f"  t{n}: {{when: {{f{n}: 3}}, silent_for: {n + 1} days}}\n" for n in rules)
    signals = "".join(f"  s{n}: {{when: {{f{n}: 4}}, prevent: [a{n}]}}\n" for n in rules)
    causes = "".join(
        f"  c{n}: {{evidence: {{e: {{when: {{f{n}: 2}}, weight: 1}}}}}}\n" for n in rules
    )
    actions = "".join(
        f"  a{n}: {{kind: internal, when: {{signals.s{n}: true}}, for: {{c{n}: 1}}}}\n"
        for n in rules
    )
    guards = "".join(f"  g{n}: {{blocks: {{actions: a{n}}}, while: {{f{n}: 6}}}}\n" for n in rules)
    (folder / "many.yaml").write_text(
        f"playbook: many\nfacts:\n{facts}dark:\n{dark}signals:\n{signals}causes:\n{causes}"
        f"actions:\n{actions}guards:\n{guards}",
        encoding="utf-8",
    )
    cases = "".join(
        f"  case_{n}:\n    prospect: {{f{n % 20}: {n % 7}}}\n"
        f"    touches: [{{at: {n % 25} business days ago, direction: outbound}}]\n"
        f"    expect: {{signals: {{s{n % 20}: {str(n % 7 == 4).lower()}}}}}\n"
        for n in range(count)
    )
    path = folder / f"{count}.test.yaml"
    path.write_text(f"playbook: many.yaml\nnow: 2026-03-04\ncases:\n{cases}", encoding="utf-8")
    return path


class TestNeverAPass:
    """What a test says wrongly is told, and the file has not passed."""

    @pytest.mark.parametrize(
        ("case", "code"),
        [
            ("{expect: {}}", "empty"),
            ("{prospect: {stage: demo}}", "missing-key"),
            ("{expect: {state: untouched}, prospect: {stge: demo}}", "unknown-fact"),
            ("{expect: {state: untouched}, prospect: {dark: true}}", "unknown-fact"),
            ("{expect: {state: untouched}, events: [{at: now, kynd: x}]}", "missing-key"),
            ("{expect: {state: untouched}, touches: [{direction: inbound}]}", "missing-key"),
            ("{expect: {dark: [after_dmo]}}", "unknown-threshold"),
            ("{expect: {signals: {no_next: false}}}", "unknown-signal"),
            ("{expect: {causes: {lazy: 0}}}", "unknown-cause"),
            ("{expect: {next: rin}}", "unknown-action"),
            ("{expect: {actions: {exclude: [rin]}}}", "unknown-action"),
            ("{expect: {held_back: {rin: []}}}", "unknown-action"),
            ("{expect: {held_back: {ring: [no_calls]}}}", "unknown-guard"),
            ("{expect: {due: tomorrow}}", "bad-format"),
            ("{expect: {due: 2026-02-30}}", "bad-instant"),
            ("{expect: {stat: untouched}}", "unknown-key"),
            ("{now: 2026-02-30, expect: {state: untouched}}", "bad-instant"),
            ("{expect: {state: untouched}, prospect: {amount: 3}}", "unknown-fact"),
            ("{expect: {state: untouched}, prospect: {stage: }}", "empty"),
        ],
    )
    def test_a_case_with_a_problem(self, run: Run, case: str, code: str) -> None:
        result = run(f"  good: {{expect: {{state: untouched}}}}\n  bad: {case}\n")
        assert not result.passed
        assert [problem.code for problem in result.problems] == [code]
        assert result.problems[0].span.line == 5
        good, bad = result.cases
        assert not good.failures
        assert bad.name == "bad"
        assert [failure.what for failure in bad.failures] == ["case"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("playbook: small.yaml\nnow: 2026-03-04T15:00:00Z\n", "missing-key"),
            ("playbook: small.yaml\ncases: {}\n", "empty"),
            ("cases: {one: {expect: {state: dark}}}\n", "missing-key"),
            ("playbook: smal.yaml\ncases: {one: {expect: {state: dark}}}\n", "missing-playbook"),
            ("playbook: small.yaml\nnow: 3\ncases: {one: {expect: {state: dark}}}\n", "wrong-type"),
            ("playbook: small.yaml\ncases: {one: {expect: {state: dark}}}\n", "missing-key"),
            ("3\n", "wrong-type"),
            ("", "empty-file"),
            ("playbook: [", "yaml-syntax"),
        ],
    )
    def test_a_file_with_a_problem(self, run: Run, text: str, code: str) -> None:
        result = run("", text)
        assert not result.passed
        assert [problem.code for problem in result.problems] == [code]
        assert not any(case.failures == () for case in result.cases)

    def test_a_misspelt_name_comes_with_the_one_that_was_meant(self, run: Run) -> None:
        result = run(one_case("prospect: {stge: demo}", "{next: rin}"))
        assert [problem.help for problem in result.problems] == [
            "did you mean `stage`?",
            "did you mean `ring`?",
        ]

    def test_a_playbook_with_errors_is_not_run(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "hot.yaml").write_text(
            "playbook: hot\nfacts: {hot: {when: {hot: true}}}\n", encoding="utf-8"
        )
        result = run(one_case("prospect: {}", "{state: untouched}"), HEAD.replace("small", "hot"))
        assert [problem.code for problem in result.problems] == ["broken-playbook"]
        assert not result.passed
        assert not result.cases


def test_a_default_of_the_time_zone_counts_in_times_too(tmp_path: Path) -> None:
    playbook = """\
playbook: west
calendar: {timezone: America/New_York, hours: "09:00-17:00"}
facts:
  timezone: {type: text, default: America/Los_Angeles}
  asked_at: {type: time}
signals:
  old: {when: {asked_at: {older_than: 2 business hours}}}
"""
    (tmp_path / "west.yaml").write_text(playbook, encoding="utf-8")
    case = one_case("prospect: {asked_at: 2 business hours ago}", "{signals: {old: false}}")
    path = tmp_path / "west.test.yaml"
    path.write_text(HEAD.replace(SMALL.name, "west.yaml") + case, encoding="utf-8")
    result = run_file(path, "west.test.yaml", engine="meaning")
    assert (result.problems, [item.failures for item in result.cases]) == ((), [()])

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.language.files.input_errors import InputNotFound, UsageError
from engine.language.files.locate import cases_under, files_under, kind_of, playbook_at
from engine.language.load import load
from engine.language.package_data import shipped


def put(folder: Path, *names: str, text: str = "playbook: one\nsignals: {}\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(asked: str | None, here: Path) -> str:
    return str(playbook_at(asked, here).path.relative_to(here))


def test_relight_yaml_comes_first(tmp_path: Path) -> None:
    put(tmp_path, "relight.yaml", "rules/a.yaml")
    assert found(None, tmp_path) == "relight.yaml"


def test_then_the_only_playbook_in_rules(tmp_path: Path) -> None:
    put(tmp_path, "rules/a.yml", "rules/a.test.yaml", "rules/.hidden.yaml", "rules/old/b.yaml")
    assert found(None, tmp_path) == "rules/a.yml"


def test_then_the_shipped_one(tmp_path: Path) -> None:
    assert playbook_at(None, tmp_path).path == shipped("rules", "gone-dark.yaml")


def test_in_a_checkout_of_relight_the_shipped_one_is_meant_though_there_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "rules/gone-dark.yaml", "rules/consumers.yaml")
    with pytest.raises(UsageError):
        playbook_at(None, tmp_path)
    monkeypatch.setattr("engine.language.files.locate.shipped", tmp_path.joinpath)
    assert found(None, tmp_path) == "rules/gone-dark.yaml"
    put(tmp_path, "relight.yaml")
    assert found(None, tmp_path) == "relight.yaml"


def test_what_others_extend_does_not_count(tmp_path: Path) -> None:
    put(tmp_path, "rules/base.yaml", "rules/facts.yaml")
    put(tmp_path, "rules/top.yaml", text="playbook: top\nextends: [base, facts.yaml]\n")
    assert found(None, tmp_path) == "rules/top.yaml"


def test_neither_do_mere_lists_of_facts_nor_books(tmp_path: Path) -> None:
    put(tmp_path, "rules/a.yaml")
    put(tmp_path, "rules/vocabulary.yaml", text="playbook: vocabulary\nfacts: {}\n")
    put(tmp_path, "rules/book.yaml", text="prospects: []\n")
    assert found(None, tmp_path) == "rules/a.yaml"


def test_nor_does_a_file_of_traceability(tmp_path: Path) -> None:
    put(tmp_path, "rules/a.yaml")
    put(tmp_path, "rules/traceability.yaml", text="version: 1\nideas: {}\n")
    assert found(None, tmp_path) == "rules/a.yaml"


def test_a_lonely_list_of_facts_counts(tmp_path: Path) -> None:
    put(tmp_path, "rules/vocabulary.yaml", text="playbook: vocabulary\nfacts: {}\n")
    assert found(None, tmp_path) == "rules/vocabulary.yaml"


def test_a_playbook_that_cannot_be_read_counts(tmp_path: Path) -> None:
    put(tmp_path, "rules/broken.yaml", text="playbook: [\n")
    assert found(None, tmp_path) == "rules/broken.yaml"


def test_two_playbooks_that_extend_each_other_are_both_meant(tmp_path: Path) -> None:
    put(tmp_path, "rules/a.yaml", text="playbook: a\nextends: [b]\n")
    put(tmp_path, "rules/b.yaml", text="playbook: b\nextends: [a]\n")
    with pytest.raises(UsageError):
        playbook_at(None, tmp_path)


def test_several_playbooks_must_be_told_apart(tmp_path: Path) -> None:
    put(tmp_path, "rules/a.yaml", "rules/b.yaml")
    with pytest.raises(UsageError, match=r"\(a.yaml, b.yaml\): name one with --playbook"):
        playbook_at(None, tmp_path)


def test_a_playbook_is_asked_for_by_path_folder_or_shipped_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "mine/a.yaml")
    monkeypatch.chdir(tmp_path)
    assert playbook_at("mine/a.yaml").name == "mine/a.yaml"
    assert playbook_at("mine").name == "mine/a.yaml"
    assert playbook_at("gone-dark").path == shipped("rules", "gone-dark.yaml")
    with pytest.raises(InputNotFound, match=r"no playbook `mine/b.yaml`: did you mean `a.yaml`\?"):
        playbook_at("mine/b.yaml")
    with pytest.raises(InputNotFound, match=r"no playbook `\.\./gone-dark`"):
        playbook_at("../gone-dark")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.test.yaml", "", "test"),
        ("a.yaml", "playbook: b.yaml\ncases: {}\n", "test"),
        ("a.yaml", "prospects: []\n", "book"),
        ("a.yaml", "version: 1\nideas: {}\n", "traceability"),
        ("traceability.yml", "not: [yaml", "traceability"),
        ("a.yaml", "playbook: a\nideas: {}\n", "playbook"),
        ("a.yaml", "playbook: a\nprospects: []\n", "playbook"),
        ("a.yaml", "anything: else\n", "playbook"),
        ("a.yaml", "not: [yaml", "playbook"),
    ],
)
def test_kinds_are_told_by_name_and_top_level_keys(
    tmp_path: Path, name: str, text: str, kind: str
) -> None:
    put(tmp_path, name, text=text)
    assert kind_of(tmp_path / name) == kind


def test_a_folder_stands_for_the_yaml_files_below_it_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "r/z.yaml", "r/a/b.yml", "r/notes.txt", "r/.git/c.yaml", "r/.d.yaml")
    monkeypatch.chdir(tmp_path)
    assert [(file.name, file.explicit) for file in files_under(("r/../r/",))] == [
        ("r/a/b.yml", False),
        ("r/z.yaml", False),
    ]
    assert [file.name for file in files_under(("r/z.yaml", "r"))] == ["r/a/b.yml", "r/z.yaml"]
    assert [file.explicit for file in files_under(("r/z.yaml", "r"))] == [False, True]


def test_a_link_that_leads_back_is_not_followed_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "r/a.yaml")
    (tmp_path / "r" / "again").symlink_to(tmp_path / "r")
    monkeypatch.chdir(tmp_path)
    assert [file.name for file in files_under(("r",))] == ["r/a.yaml"]


def test_the_tests_of_a_playbook_stand_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "r/a.yaml", "r/a.test.yaml", "r/b.yaml", "r/b.test.yml")
    monkeypatch.chdir(tmp_path)
    assert [file.name for file in cases_under(("r/a.yaml",))] == ["r/a.test.yaml"]
    assert [file.name for file in cases_under(("r",))] == ["r/a.test.yaml", "r/b.test.yml"]


def test_a_name_is_not_suggested_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lost.yaml").symlink_to(tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputNotFound, match=r"^no playbook `lost\.yaml`$"):
        playbook_at("lost.yaml")


def test_a_link_that_leads_to_itself_is_a_problem_and_no_fault(tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    (named,) = files_under((str(loop),))
    assert [problem.code for problem in load(named.path).problems] in (
        ["no-such-file"],
        ["unreadable-file"],
    )


def test_a_playbook_that_is_extended_without_its_suffix_does_not_count(tmp_path: Path) -> None:
    for name, text in {
        "base.yaml": "playbook: base\nsignals: {}\n",
        "top.yaml": "playbook: top\nextends: [base, gone-dark]\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert playbook_at(str(tmp_path)).path.name == "top.yaml"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert kind_of(tmp_path / "pipe.yaml") == "playbook"

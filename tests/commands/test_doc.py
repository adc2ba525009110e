"""`relight doc`: a playbook as a page, in Markdown and in HTML, whatever stands in the file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.reports.handbook.blocks import table_block, text_cell
from engine.reports.handbook.links import safe_url
from tests.support.small_playbook import PLAYBOOK, relight, small_folder, write

HOSTILE = "</title><script>alert(1)</script> | `x` [y](javascript:z) **b** \\\\ <!-- & 'q'"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))


def page(*arguments: str) -> str:
    result = relight("doc", *arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


class Seen(HTMLParser):
    """What a browser would make of a page: tags that are opened and closed in order, and ids."""

    VOID = frozenset({"meta", "path", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if "href" in found else []
        assert not any(name.startswith("on") or name == "src" for name in found), found
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.VOID, attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


READ = (
    "A proposal is read within a day. Source: [A letter on silence](<https://example.com/letter>)"
)
HELD = "while opted out or opted out cannot be read"


def test_the_page_tells_every_part_in_plain_words() -> None:
    text = page()
    assert text.startswith("# A small playbook\n")
    for line in (
        f"| **After proposal** | stage is proposal | 1 business day | {READ} |",
        "| **No amount** | amount is not known | Nobody has asked. |",
        "### Too busy",
        "- **+0.50** It has been days: silent since within the last 1 week",
        "- **-0.20** Nobody is too busy for that: big deal",
        "| Too busy | Write to them (0.72) |",
        "| **Call them** | phone | they are dark | 0.40 | next touch |  |",
        "| **Review it** | ours to do | big deal | 0.20 | at once |  |",
        f"| Outreach steps | {HELD} | They asked to be left alone. |",
        "- after 1 unanswered: 5 days after silent since",
        "| pain point | What costs you the most time? |",
        "| **big deal** |  | amount at least 10,000 USD |",
        "- [A letter on silence](<https://example.com/letter>)",
    ):
        assert line in text.splitlines()


def test_opening_hours_are_told(tmp_path: Path) -> None:
    assert "From 09:00 to 17:00 on Monday to Friday" in page()
    calendar = (
        "calendar:\n"
        "  timezone: Europe/Berlin\n"
        '  hours: "10:00-20:30"\n'
        "  weekdays: [mon, sat]\n"
        "  holidays: [DE]\n"
        "  closed: [2026-12-24..2027-01-02, 2026-07-04]\n"
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + calendar)
    text = page()
    assert "From 10:00 to 20:30 on Monday, Saturday, by the prospect's own clock" in text
    assert "that of Europe/Berlin where" in text
    closed = "2026-12-24 to 2027-01-02, 2026-07-04"
    assert f"Closed: the public holidays of DE, {closed}." in text.replace("\\", "")


def test_every_kind_of_hours_is_told(tmp_path: Path) -> None:
    calendar = (
        "calendar:\n"
        '  hours: "09:00-12:00, 22:00-01:00"\n'
        '  friday: "09:00-14:00"\n'
        "  holidays: [US]\n"
        '  half_days: {2026-12-24: "09:00-12:00"}\n'
        "  open: [2026-10-12, 2026-12-27..2026-12-28]\n"
        "  regions:\n"
        "    key_accounts: {for: {stage: proposal, opted_out: false}, timezone: Europe/Paris}\n"
        "    europe: {for: {timezone: [Europe/Berlin, Europe/Paris]}, holidays: [], open: []}\n"
        '    japan: {for: {timezone: Japan}, hours: "09:00-18:00", half_days: {}}\n'
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + calendar)
    lines = page().replace("\\", "").splitlines()
    start = lines.index("## When business is open")
    assert [line for line in lines[start + 1 :] if line][: len(TOLD)] == TOLD


TOLD = """\
From 09:00 to 12:00 and 22:00 to 01:00 the next day on Monday to Thursday, from 09:00 to 14:00 on \
Friday, by the prospect's own clock, or that of UTC where theirs is not known.
Closed: the public holidays of US.
Open all the same: 2026-10-12, 2026-12-27 to 2026-12-28. Half days: 2026-12-24 from 09:00 to 12:00.
Some prospects have other hours. The first match applies:
- **key accounts** (stage is proposal and not opted out): Where their zone is not known, it is \
Europe/Paris.
- **europe** (timezone is Europe/Berlin or Europe/Paris): No holidays. Half days: 2026-12-24 from \
09:00 to 12:00.
- **japan** (timezone is Japan): From 09:00 to 18:00 on Monday to Thursday, from 09:00 to 14:00 on \
Friday. Open all the same: 2026-10-12, 2026-12-27 to 2026-12-28.
""".splitlines()


def test_the_end_of_the_file_says_the_format(tmp_path: Path) -> None:
    for name, begin in (("a.html", "<!doctype html>"), ("a.md", "# A small"), ("b", "# A small")):
        assert relight("doc", "-o", name).exit_code == 0
        assert (tmp_path / name).read_text().startswith(begin)
    assert relight("doc", "-o", "c.html", "-f", "markdown").exit_code == 0
    assert (tmp_path / "c.html").read_text().startswith("# A small")


def test_html_is_one_sound_page_whose_links_lead_somewhere() -> None:
    seen = Seen(page("-f", "html"))
    assert seen.open == []
    assert len(set(seen.ids)) == len(seen.ids)
    inside = {link[1:] for link in seen.links if link.startswith("#")}
    assert inside <= set(seen.ids)
    assert {"causes.busy", "actions.write", "facts.big_deal", "what-feeds-what"} <= inside
    assert seen.tags.isdisjoint({"script", "img", "link", "iframe", "object"})


def test_the_drawing_has_a_box_for_each_rule_and_a_line_for_each_tie() -> None:
    text = page("-f", "html")
    boxes = dict(re.findall(r'<g id="(n\d+)" class="box \w+"><title>([^<]*)</title>', text))
    assert set(boxes.values()) == {
        *("stage", "amount", "big deal", "last reply at", "silent since", "after proposal"),
        *("No amount", "Too busy", "Write to them", "Call them", "Review it"),
    }
    assert len(boxes) == 11
    lines = re.findall(r'<path class="of-\w+ (n\d+) (n\d+)"', text)
    assert sorted((boxes[source], boxes[target]) for source, target in lines) == [
        ("Too busy", "Write to them"),
        ("amount", "No amount"),
        ("amount", "big deal"),
        ("big deal", "Review it"),
        ("big deal", "Too busy"),
        ("last reply at", "silent since"),
        ("silent since", "Too busy"),
        ("silent since", "after proposal"),
        ("stage", "after proposal"),
    ]


def hostile(tmp_path: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    text = PLAYBOOK
    for old in ("A small playbook", "Too busy", "Write to them", "What the deal is worth"):
        text = text.replace(old, f"'{quoted} {old}'")
    for old in ("A proposal is read within a day", "They asked to be left alone"):
        text = text.replace(old, f"'{quoted}'")
    text = text.replace("A letter on silence", f"'{quoted}'")
    text = text.replace("https://example.com/letter", 'https://example.com/\\">)<script>')
    write(tmp_path, relight_DOT_yaml=text)


def test_no_text_of_the_file_becomes_markup_of_html(tmp_path: Path) -> None:
    hostile(tmp_path)
    text = page("-f", "html")
    seen = Seen(text)
    assert seen.open == []
    assert "script" not in seen.tags
    assert "<script" not in text
    assert HOSTILE in seen.words
    assert all(link.startswith(("#", "https://example.com/%22")) for link in seen.links)


def test_nor_of_markdown(tmp_path: Path) -> None:
    hostile(tmp_path)
    text = page()
    told = re.sub(r"\\.", "", text)
    assert "<script" not in told
    assert "](javascript" not in told
    assert "`" not in told
    assert "<!--" not in told
    rows = [line for line in told.splitlines() if line.startswith("|")]
    heads = [at for at, row in enumerate(rows) if set(row) <= set("|- ")]
    for start, end in zip(heads, [*(at - 1 for at in heads[1:]), len(rows)], strict=True):
        assert len({row.count("|") for row in rows[start:end]}) == 1


def test_lines_that_look_like_a_list_stay_text(tmp_path: Path) -> None:
    description = 'description: "- no list\\n# no heading"'
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("sources:", f"{description}\nsources:", 1))
    assert "\\- no list \\# no heading\n" in page()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("1. first", "1\\. first"),
        ("12) twelfth", "12\\) twelfth"),
        ("    code", "code"),
        ("see https://a.example or WWW.b.example", "see https\\://a.example or WWW\\.b.example"),
    ],
)
def test_numbers_blanks_and_addresses_stay_text(tmp_path: Path, said: str, told: str) -> None:
    description = f'description: "{said}"'
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("sources:", f"{description}\nsources:", 1))
    assert f"\n{told}\n" in page()


def test_steps_of_one_name_and_one_way_share_a_row(tmp_path: Path) -> None:
    again = (
        "  again: {title: Call them, kind: outreach, channel: phone, score: 0.3,\n"
        "    when: {dark: true, big_deal: true}}\n"
        "  review:"
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("  review:", again))
    assert "| **Call them** | phone | they are dark | 0.30 to 0.40 | next touch |" in page()


def test_a_playbook_that_advises_nothing_tells_no_dates_of_touches(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml="playbook: bare\n")
    assert "When to try again" not in page()


def test_the_drawing_is_folded_in_after_the_text_and_no_two_boxes_are_named_alike(
    tmp_path: Path,
) -> None:
    long = "Call them now about the very large deal that is"
    rows = "".join(
        f"  n{at}: {{title: {title}, kind: internal, when: {{big_deal: true}}}}\n"
        for at, title in enumerate((f"{long} open", f"{long} shut", "Rest", "Rest"))
    )
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("guards:\n", f"{rows}guards:\n"))
    text = page("-f", "html")
    assert text.index("<h2") < text.index("<details><summary>")
    assert text.rindex("<h2") < text.index("<svg")
    labels = re.findall(r'<text x="[^>]*>([^<]*)</text></g>', text)
    assert len(set(labels)) == len(labels)
    assert {"n2", "n3"} < set(labels)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//host.example/a", None),
        (" https://host.example", None),
        (None, None),
        ("HTTPS://host.example/a b", "HTTPS://host.example/a%20b"),
    ],
)
def test_only_addresses_of_the_web_are_followed(url: str | None, safe: str | None) -> None:
    assert safe_url(url) == safe


def test_own_tells_only_what_the_file_adds_changes_and_turns_off(tmp_path: Path) -> None:
    small = PLAYBOOK.replace("template: write.md.j2", "due: now")
    write(
        tmp_path,
        rules__small_DOT_yaml=small,
        rules__ours_DOT_yaml=(
            "playbook: ours\n"
            "title: Ours\n"
            "extends: [small]\n"
            "dark:\n"
            "  after_proposal: {silent_for: 3 days}\n"
            "causes:\n"
            "  busy:\n"
            "    evidence:\n"
            "      large: {when: {amount: {at_least: 99}}, weight: 0.1, because: Large}\n"
            "actions:\n"
            "  call: off\n"
        ),
    )
    text = page("-p", "rules/ours.yaml", "--own")
    assert "| **After proposal** | stage is proposal | 3 days |" in text
    assert "- **+0.10** Large: amount at least 99 USD" in text
    assert "- actions call" in text
    assert "It builds on small. This page lists only what it adds or changes." in text
    for gone in (
        "business is open",
        "It has been days",
        "Review it",
        "No amount",
        "Outreach steps",
    ):
        assert gone not in text
    assert "Review it" in page("-p", "rules/ours.yaml")
    assert "Call them" not in page("-p", "rules/ours.yaml")


def test_a_playbook_without_rules_has_a_page_without_a_drawing(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml="playbook: bare\n")
    assert "<svg" not in page("-f", "html")
    assert page().startswith("# bare\n")


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    found = table_block(("a", "b"), [(text_cell("x"), ()), (text_cell("y"), text_cell(""))])
    assert found.heads == ("a",)
    assert found.rows == ((("x",),), (("y",),))

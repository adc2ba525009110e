"""A playbook small enough to work out by hand, a book for it, and a command line to try them on.

Now is Wednesday 4 March 2026, 15:00 UTC; the calendar is UTC, 09:00 to 17:00 on weekdays.
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli import main

NOW = "2026-03-04T15:00:00Z"

PLAYBOOK = """\
playbook: small
title: A small playbook
sources:
  letter: {title: A letter on silence, url: "https://example.com/letter"}
facts:
  stage: {type: choice, choices: [demo, proposal]}
  amount: {type: number, unit: USD, description: What the deal is worth}
  opted_out: {type: boolean}
  pain_point: {type: text, ask: What costs you the most time?}
  renews_at: {type: time}
  big_deal: {when: {amount: {at_least: 10000}}}
  emails: {measure: {count: touches, where: {direction: outbound, channel: email}}}
dark:
  after_proposal:
    when: {stage: proposal}
    silent_for: 1 business day
    source: letter
    basis: source
    because: A proposal is read within a day
signals:
  no_amount: {title: No amount, when: {amount: {known: false}}, because: Nobody has asked}
causes:
  busy:
    title: Too busy
    evidence:
      short: {when: {silent_since: {within: 1 week}}, weight: 0.5, because: It has been days}
      big: {when: {big_deal: true}, against: 0.2, because: Nobody is too busy for that}
actions:
  write:
    title: Write to them
    kind: outreach
    channel: email
    when: {dark: true}
    for: {busy: 0.8}
    score: 0.9
    template: write.md.j2
    because: A short note helps
  call: {title: Call them, kind: outreach, channel: phone, when: {dark: true}, score: 0.4}
  review: {title: Review it, kind: internal, when: {big_deal: true}, score: 0.2, source: letter}
guards:
  left_alone:
    blocks: {kind: outreach}
    while: {any: [{opted_out: true}, {opted_out: {unreadable: true}}]}
    because: They asked to be left alone
"""

REGIONS = """\
playbook: regions
extends: [relight.yaml]
calendar:
  hours: "09:00-12:00, 13:00-17:00"
  friday: "09:00-14:00"
  half_days: {2026-03-04: "09:00-12:00"}
  regions:
    new_york: {for: {timezone: [America/New_York]}, hours: "22:00-06:00", friday: "22:00-06:00"}
    demos: {for: {stage: demo}, timezone: Asia/Tokyo, open: [2026-03-07], weekdays: [mon]}
    chicago: {for: {timezone: America/Chicago, amount: [100, 5000]}, holidays: [US]}
"""
"""The small playbook with a calendar of every kind of hours."""

TEMPLATE = "Subject: About {{ pain_point }}\n\nHi {{ name }},\n\nthis is about {{ pain_point }}.\n"

# acme: silent since Monday 15:00, 48 hours and 16 open hours ago; dark, not a big deal. busy 0.5,
# so write is worth 0.9 * 0.5 * 0.8 = 0.36 and call 0.4.
# bolt: as acme, but a big deal: busy 0.5 * 0.8 = 0.4, write 0.9 * 0.4 * 0.8 = 0.288; call 0.4,
# review 0.2.
# cora: opted out, otherwise as acme: nothing may be sent.
# dill: they spoke last. ezra: nothing at all is known.
PROSPECTS = """\
id,name,owner,timezone,stage,amount,opted_out,pain_point
bolt,Bolt Ltd,ben,UTC,proposal,20000,no,
acme,Acme Inc,ana,America/New_York,proposal,5000,no,late invoices
cora,Cora SA,ana,UTC,proposal,100,yes,
dill,Dill KG,ben,UTC,demo,,,
ezra,,,,,,,
"""
TOUCHES = """\
prospect_id,at,direction,channel
acme,2026-03-02T15:00:00Z,outbound,email
bolt,2026-03-02T15:00:00Z,outbound,email
cora,2026-03-02T15:00:00Z,outbound,email
dill,2026-03-03T15:00:00Z,inbound,email
"""


def write(folder: Path, **files: str) -> None:
    """Files by name; `__` in a name is a folder, `_DOT_` a full stop."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def small_folder(folder: Path) -> Path:
    """`relight.yaml` with its template, and `book/`, in ``folder``."""
    write(
        folder,
        relight_DOT_yaml=PLAYBOOK,
        write_DOT_md_DOT_j2=TEMPLATE,
        book__prospects_DOT_csv=PROSPECTS,
        book__touches_DOT_csv=TOUCHES,
    )
    return folder


def relight(*arguments: str | Path) -> Result:
    """Run the command line with ``arguments`` in this process."""
    return CliRunner().invoke(main, [str(one) for one in arguments])


def asked(*arguments: str | Path) -> Result:
    """As `relight`, for the commands that judge as at an instant."""
    return relight(*arguments, "--as-of", NOW)

"""Writes the example book: a few hundred made-up prospects of a made-up software firm.

    python examples/make_book.py [FOLDER] [--prospects N] [--seed S]

Each prospect lives through one of the stories below, told backwards from `AS_OF`; the same seed
writes the same bytes. Names, firms and amounts are invented.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

AS_OF = datetime(2026, 3, 4, 15, tzinfo=UTC)
PLACES = (
    ("US", "America/New_York", 6),
    ("US", "America/Chicago", 4),
    ("US", "America/Los_Angeles", 4),
    ("GB", "Europe/London", 3),
    ("NL", "Europe/Amsterdam", 2),
    ("DE", "Europe/Berlin", 2),
    ("AU", "Australia/Sydney", 1),
    ("IN", "Asia/Kolkata", 1),
)
MADE_UP = json.loads(Path(__file__).with_name("made_up.json").read_text(encoding="utf-8"))
Row = dict[str, Any]


@dataclass
class Life:
    """One prospect's rows as a story fills them; ``days_ago`` speaks of days before `AS_OF`."""

    draw: random.Random
    id: str
    zone: str
    facts: Row
    touches: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    def at(self, days_ago: float) -> str:
        """An instant in local working hours, about so many days ago, never after `AS_OF`."""
        local = (AS_OF - timedelta(days=days_ago)).astimezone(ZoneInfo(self.zone))
        while local.weekday() > 4:
            local -= timedelta(days=1)
        local = local.replace(
            hour=self.draw.randint(9, 16), minute=self.draw.randint(0, 59), second=0
        )
        return _iso(min(local.astimezone(UTC), AS_OF - timedelta(minutes=self.draw.randint(5, 90))))

    def out(self, days_ago: float, channel: str, subject: str = "", **more: Any) -> None:
        """We reached out."""
        self._touch(days_ago, "outbound", channel, subject, more)

    def reply(
        self, days_ago: float, channel: str = "email", subject: str = "", **more: Any
    ) -> None:
        """They did."""
        self._touch(days_ago, "inbound", channel, subject, more)

    def _touch(
        self, days_ago: float, direction: str, channel: str, subject: str, more: Row
    ) -> None:
        row = {"prospect_id": self.id, "at": self.at(days_ago), "direction": direction}
        self.touches.append({**row, "channel": channel, "subject": subject, **more})

    def offer(self, days_ago: float) -> None:
        """A proposal goes out by mail."""
        self.out(days_ago, "email", "our proposal")
        self.facts |= {"stage": "proposal", "proposal_sent_at": self.touches[-1]["at"]}

    def contact(self, role: str, engaged: bool, left: bool = False) -> None:
        """Somebody on their side."""
        number = len(self.contacts) + 1
        row = {"prospect_id": self.id, "contact_id": f"{self.id}-{number}", "role": role}
        self.contacts.append({**row, "engaged": _word(engaged), "left": _word(left)})

    def event(self, days_ago: float, kind: str, detail: str) -> None:
        """Something happened on their side, or on ours for them."""
        row = {"prospect_id": self.id, "at": self.at(days_ago), "kind": kind, "detail": detail}
        self.events.append(row)


def warm_up(life: Life, days_ago: float) -> None:
    """How most begin: they write in, we talk, they answer once or twice."""
    life.reply(days_ago + 12, "web", "demo request")
    life.out(days_ago + 11, "phone", "first call")
    life.reply(days_ago + 9, "email", "re: what you told us")
    life.facts |= {"original_interest": life.draw.choice(MADE_UP["interests"])}
    if life.draw.random() < 0.5:
        life.facts |= {
            "pain_point": life.draw.choice(MADE_UP["pains"]),
            "need_statement": life.draw.choice(MADE_UP["pains"]),
        }


def proposal_silent(life: Life) -> None:
    """An offer went out and since then there is silence."""
    sent = life.draw.choice((1, 2, 3, 5, 7, 9, 14, 20))
    warm_up(life, sent)
    life.offer(sent)
    for after in (2, 4, 6, 9, 13)[: life.draw.randint(0, 4)]:
        if after < sent:
            life.out(sent - after, life.draw.choice(("email", "phone", "phone")), "follow-up")
    if life.draw.random() < 0.3:
        reasons = ("busy", "needs_others", "thinking_it_over", "too_expensive", "in_process")
        life.facts |= {"reason_given": life.draw.choice(reasons)}


def worn_out(life: Life) -> None:
    """Tried often, by mail and by phone, without an answer."""
    sent = life.draw.randint(18, 40)
    warm_up(life, sent)
    life.offer(sent)
    for step in range(life.draw.randint(5, 9)):
        life.out(sent - 2 - 2 * step, ("phone", "email", "phone")[step % 3], "follow-up")
    if life.draw.random() < 0.4:
        life.out(4 + life.draw.random() * 3, "email", "a plain go or no-go?")


def negotiating(life: Life) -> None:
    """The deal is being struck; hours count."""
    warm_up(life, 20)
    life.facts |= {
        "stage": "negotiation",
        "proposal_sent_at": life.at(14),
        "contact_role": "champion",
    }
    life.facts["amount"] = life.draw.randrange(20_000, 120_000, 1_000)
    life.out(14, "email", "our proposal")
    life.reply(10, "email", "re: our proposal")
    life.out(life.draw.choice((0.2, 0.5, 1, 2, 3)), "email", "the last open point")
    if life.draw.random() < 0.4:
        life.facts |= {"process_step": life.draw.choice(("legal", "procurement", "security"))}
    life.contact("champion", engaged=True, left=life.draw.random() < 0.15)
    life.contact("decision_maker", engaged=life.draw.random() < 0.5)


def after_demo(life: Life) -> None:
    """Saw the product and went quiet."""
    shown = life.draw.choice((2, 4, 8, 12, 18, 30))
    warm_up(life, shown + 3)
    life.reply(shown + 0.5, "video", "demo")
    life.facts |= {"stage": "demo", "competitor_evaluated": _word(life.draw.random() < 0.5)}
    life.facts |= {"implementation_questions": _word(life.draw.random() < 0.5)}
    life.out(shown, "email", "the recording, and what we agreed")
    if shown > 6 and life.draw.random() < 0.5:
        life.out(shown - 5, "phone", "follow-up")
    if life.draw.random() < 0.3:
        life.facts |= {"urgency": life.draw.choice(("high", "some", "none"))}


def early(life: Life) -> None:
    """A first talk some weeks ago."""
    talked = life.draw.choice((5, 12, 22, 28, 45))
    life.reply(talked + 2, "web", "contact form")
    life.out(talked, "phone", "discovery call")
    life.facts |= {"stage": "discovery"}
    if life.draw.random() < 0.6:
        life.out(max(talked - 4, 1), "email", "a report for your trade")
    if life.draw.random() < 0.4:
        life.facts |= {"original_interest": life.draw.choice(MADE_UP["interests"])}


def our_move(life: Life) -> None:
    """They wrote last; some were promised an answer by a day that has passed."""
    warm_up(life, 8)
    life.facts |= {"stage": life.draw.choice(("discovery", "demo", "proposal"))}
    life.out(6, "email", "as promised")
    life.reply(life.draw.choice((0.3, 1, 2, 4)), "email", "a question")
    if life.draw.random() < 0.4:
        life.facts |= {"promised_followup_at": life.at(1)}


def new(life: Life) -> None:
    """Nobody has written yet."""
    life.facts |= {"stage": "discovery"}
    if life.draw.random() < 0.5:
        life.facts |= {"original_interest": life.draw.choice(MADE_UP["interests"])}


def dormant(life: Life) -> None:
    """Two months and more without a touch."""
    ago = life.draw.randint(65, 160)
    warm_up(life, ago)
    life.facts |= {"stage": life.draw.choice(("demo", "proposal"))}
    life.out(ago, "email", "our proposal")
    if life.draw.random() < 0.3:
        life.event(life.draw.randint(2, 20), "funding", "a new round of funding")


def lost(life: Life) -> None:
    """Lost some time ago; now and then the reason goes away."""
    ago = life.draw.randint(70, 200)
    warm_up(life, ago)
    reason = life.draw.choice(("price", "budget", "feature", "timing", "competitor"))
    life.facts |= {"stage": "closed_lost", "closed_lost_reason": reason}
    life.out(ago, "email", "sorry to see you go")
    if reason == "feature":
        life.facts |= {"requested_feature": "an interface to their bookkeeping"}
        if life.draw.random() < 0.6:
            life.facts |= {"feature_released": "yes"}
            life.event(6, "product_release", "the interface to their bookkeeping")
    if reason == "budget" and life.draw.random() < 0.5:
        life.event(9, "funding", "a new round of funding")


def customer(life: Life) -> None:
    """Bought; some have gone quiet."""
    warm_up(life, 120)
    life.facts |= {"stage": "customer"}
    ago = life.draw.choice((3, 10, 18, 40))
    life.reply(ago + 9, "email", "thanks")
    life.out(ago, "email", "how the first weeks went")


def hands_off(life: Life) -> None:
    """Somebody who must not be written to, or cannot be."""
    proposal_silent(life)
    rule = life.draw.choice(("opted_out", "email_opt_out", "explicit_no", "bounce", "away"))
    if rule == "bounce":
        life.reply(0.5, "email", "undeliverable", automatic="true", outcome="bounced")
    elif rule == "away":
        life.reply(0.5, "email", "out of office", automatic="true", outcome="out_of_office")
        life.facts |= {"out_of_office_until": _iso(AS_OF + timedelta(days=5))}
    else:
        life.facts |= {rule: "yes"}


STORIES: tuple[tuple[Callable[[Life], None], int], ...] = (
    (proposal_silent, 22),
    (worn_out, 8),
    (negotiating, 9),
    (after_demo, 14),
    (early, 12),
    (our_move, 9),
    (new, 5),
    (dormant, 7),
    (lost, 5),
    (customer, 5),
    (hands_off, 6),
)


def live(draw: random.Random, number: int) -> Life:
    """One prospect, from an id to the end of its story."""
    country, zone, _ = draw.choices(PLACES, [weight for *_, weight in PLACES])[0]
    first, last = draw.choice(MADE_UP["first_names"]), draw.choice(MADE_UP["last_names"])
    trade, word = draw.choice(MADE_UP["trades"])
    facts = {
        "name": f"{first} {last}",
        "account": f"{draw.choice(MADE_UP['firms'])} {word}",
        "first_name": first,
        "industry": trade,
        "owner": draw.choice(MADE_UP["owners"]),
        "country": country,
        "timezone": zone,
        "amount": int(round(draw.lognormvariate(9.3, 0.9), -2)),
        "segment": draw.choices(("smb", "mid_market", "enterprise"), (5, 3, 1))[0],
    }
    life = Life(draw, f"P{number:04}", zone, facts)
    story = draw.choices([story for story, _ in STORIES], [weight for _, weight in STORIES])[0]
    story(life)
    return life


def make(folder: Path, prospects: int, seed: int) -> None:
    """Write the four tables into ``folder``."""
    draw = random.Random(seed)
    lives = [live(draw, number) for number in range(1, prospects + 1)]
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "prospects.csv", ({"id": life.id, **life.facts} for life in lives))
    write(folder / "touches.csv", (row for life in lives for row in life.touches))
    write(folder / "contacts.csv", (row for life in lives for row in life.contacts))
    write(folder / "events.csv", (row for life in lives for row in life.events))


def write(path: Path, rows: Iterable[Row]) -> None:
    """Rows as CSV; a column for every key, an empty cell for what is not known."""
    table = list(rows)
    columns = list(dict.fromkeys(key for row in table for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _word(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the example book.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "book")
    parser.add_argument("--prospects", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    make(options.folder, options.prospects, options.seed)

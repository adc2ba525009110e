"""Format the advice on one prospect and the reasons, for people and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.advice.account_replies import AccountReply
from engine.advice.advisor import Evaluation
from engine.advice.comparison_words import (
    format_business_time,
    format_date,
    format_duration,
    format_instant,
    format_value,
)
from engine.advice.last_message import LastMessage, Speaker, last_message
from engine.advice.questions.questions import questions
from engine.book.book_problem import BookProblem
from engine.language.hours.calendar_tree import MAIN_REGION
from engine.language.model import Rule, Threshold
from engine.reports.problems.book_summary import format_todays
from engine.reports.recommendations.action_page import action_json, action_text
from engine.reports.recommendations.as_json import instant_json, last_message_data, prospect_json
from engine.reports.recommendations.deciding_tests import DecidingComparisons
from engine.reports.recommendations.fact_columns import CONTACT_FACTS
from engine.reports.recommendations.next_page import STATE_WORDS
from engine.reports.recommendations.questions_page import questions_items
from engine.reports.terminal.page import Page, Part
from engine.reports.terminal.percent import format_confidence, format_level
from engine.reports.terminal.phrases import evidence_words, plain, text_fact, who
from engine.reports.terminal.style import Style, truncate
from engine.reports.terminal.times import due_words
from engine.semantics.evaluate_rules import silence_began
from engine.semantics.ranking import BlockedAction, Step
from engine.semantics.recommend import Diagnosis

SPEAKER_WORDS: dict[Speaker | None, str] = {
    "they": "they spoke",
    "we": "we spoke",
    "both": "both spoke",
    None: "speaker unknown",
}

_MAX_REPLIES = 3
"""The most other deals that are named."""

_MAX_SUBJECT = 100
"""The columns of a subject that are shown."""


@dataclass(frozen=True, slots=True)
class WhyReport:
    """The result of `why`: one prospect, or only the action with the id ``action``.

    ``replies`` are those of its account on other deals; ``unreadable`` are the problems of its own
    cells; ``today`` are the facts that are those of today, though the instant lies in the past.
    """

    evaluation: Evaluation
    action: str | None
    replies: Sequence[AccountReply] = ()
    unreadable: Sequence[BookProblem] = ()
    today: Sequence[str] = ()


def why_json(report: WhyReport) -> str:
    """Format the explanation as JSON."""
    evaluation = report.evaluation
    if report.action is not None:
        return action_json(evaluation, report.action)
    more = {
        "last_message": last_message_data(last_message_of(evaluation)),
        "account_replies": [
            {"id": reply.prospect, "at": instant_json(reply.at)} for reply in report.replies
        ],
        "unreadable": [
            {"fact": problem.column, "message": problem.message, "help": problem.help}
            for problem in report.unreadable
        ],
        "judged_with_today": list(report.today),
    }
    return prospect_json(evaluation.playbook, evaluation.recommendation, more)


def last_message_of(evaluation: Evaluation) -> LastMessage | None:
    """Return the last message between the prospect and us."""
    context = evaluation.context
    return last_message(evaluation.playbook, evaluation.prospect, context.now, context.clock.zone)


def why_text(report: WhyReport, style: Style, verbose: bool) -> str:
    """Format state, causes and next steps with their reasons, and what to find out next.

    Args:
        report: The prospect, and the action if only one is explained.
        style: The layout of the output.
        verbose: Whether to list all known facts too.
    """
    evaluation = report.evaluation
    if report.action is not None:
        return action_text(evaluation, report.action, style)
    sections = WhyPage(evaluation, style)
    sections.state()
    sections.last_message(last_message_of(evaluation))
    sections.account_replies(report.replies)
    sections.caveats(report)
    sections.thresholds()
    sections.signals()
    sections.causes()
    sections.steps()
    sections.held_back()
    if verbose:
        sections.facts()
    questions_items(questions(evaluation), evaluation.playbook, sections.page)
    return sections.page.text()


class WhyPage:
    """Write one prospect's recommendation on a page, section by section."""

    def __init__(self, evaluation: Evaluation, style: Style) -> None:
        self._playbook = evaluation.playbook
        self._context = evaluation.context
        self._zone = evaluation.context.clock.zone
        self._one = evaluation.recommendation
        self.page = Page(style)
        self.tests = DecidingComparisons(evaluation, self.page)

    def state(self) -> None:
        """Write who it is, whose turn it is, and since when."""
        one, page = self._one, self.page
        page.line(*who(one, page.style))
        about = [
            f"{key}: {one.facts[key]}" for key in ("owner", "account", "stage") if key in one.facts
        ]
        page.line(" · ".join([f"state: {STATE_WORDS[one.state]}", *about]), indent=2)
        for ids in CONTACT_FACTS:
            contact = [f"{id}: {found}" for id in ids if (found := text_fact(one, id))]
            if contact:
                page.line(" · ".join(contact), indent=2)
        region = self._context.clock.hours.region
        calendar = "" if region == MAIN_REGION else f" (calendar of {plain(region)})"
        page.line(f"as of {self._instant(one.now)}, {self._zone}{calendar}", indent=2)
        if one.silence is not None:
            lasted = f"{format_duration(one.silence.elapsed)}, {self._open(one.silence.open)}"
            page.line(f"silent since {self._instant(one.silence.since)}: {lasted}", indent=2)
        if one.state == "our_turn":
            last = int(one.facts["last_reply_at"])
            ago = format_duration(one.now - last)
            page.line(f"they last spoke {self._instant(last)}: {ago} ago", indent=2)
        if one.goes_dark_at is not None:
            page.line(f"goes dark {self._instant(one.goes_dark_at)} if nothing changes", indent=2)

    def last_message(self, last: LastMessage | None) -> None:
        """Write when the last message was, who spoke, how, and about what."""
        if last is None:
            return
        when = format_date(last.at, self._zone) if last.dated else self._instant(last.at)
        subject = None if last.subject is None else f"“{truncate(last.subject, _MAX_SUBJECT)}”"
        words = [when, SPEAKER_WORDS[last.by], plain(last.channel or ""), subject]
        self.page.line(f"last message: {' · '.join(filter(None, words))}", indent=2)

    def account_replies(self, replies: Sequence[AccountReply]) -> None:
        """Write on which other deals the account has answered, and how long ago."""
        if not replies:
            return
        words = [
            f"deal `{reply.prospect}` answered {format_duration(self._one.now - reply.at)} ago"
            for reply in replies[:_MAX_REPLIES]
        ]
        more = len(replies) - _MAX_REPLIES
        words += [f"and {more} more"] if more > 0 else []
        self.page.line(f"{self._one.facts['account']} also: {', '.join(words)}", indent=2)

    def caveats(self, report: WhyReport) -> None:
        """Write what cells say that cannot be read, and which facts are those of today."""
        for problem in report.unreadable:
            self.page.line(f"cannot read {problem.column}: {problem.message}", indent=2)
        if report.today:
            today = format_todays(report.today)
            self.page.line(f"they have written since: judged with {today}", indent=2)

    def thresholds(self) -> None:
        """Write the thresholds that have passed, and how long silence was allowed to last."""
        if self._one.thresholds:
            self.page.heading("Dark because")
        for threshold in self._one.thresholds:
            self._rule(threshold, threshold.because or threshold.title)
            self.page.item(self.page.style.tick(True), self._lasted(threshold), indent=4)
            self.tests.true_ones(threshold.shown, 4)

    def signals(self) -> None:
        """Write the signals that fired."""
        if self._one.signals:
            self.page.heading("Signals")
        for signal in self._one.signals:
            self._rule(signal, *_title_and_reason(signal.title, signal.because))
            self.tests.true_ones(signal.when, 4)

    def causes(self) -> None:
        """Write the possible causes, the likeliest first, or that the cause is unknown."""
        if not self._one.causes and self._one.state != "dark":
            return
        self.page.heading("Causes")
        if not self._one.cause_known:
            level = format_level(self._playbook.diagnosed_at)
            self.page.line(f"unknown: no cause reaches {level}", indent=2)
        for found in self._one.causes:
            self._cause(found)

    def _cause(self, found: Diagnosis) -> None:
        cause = found.cause
        ours = ", ours to fix" if cause.ours else ""
        about = f"{cause.outlook}{ours}"
        self._rule(cause, f"{format_confidence(found.confidence)}  {cause.title} ({about})")
        if cause.because:
            self.page.line(cause.because, indent=4)
        for item in found.evidence:
            self.page.item(*evidence_words(item), indent=4)
            self.tests.true_ones(item.when, 10)

    def steps(self) -> None:
        """Write the recommended actions in order."""
        self.page.heading("Next steps")
        if not self._one.steps:
            self.page.line("none", indent=2)
        for rank, step in enumerate(self._one.steps, start=1):
            self._step(rank, step)

    def _step(self, rank: int, step: Step) -> None:
        action, page = step.action, self.page
        page.item(f"{rank}.", (action.title, "bold"), (f"  {action.id}", "dim"), indent=2)
        page.line(self._terms(step), indent=5)
        for because in filter(None, [action.because, self._source(action.source)]):
            page.line(because, indent=5)
        self.tests.true_ones(action.when, 5)

    def _terms(self, step: Step) -> str:
        """Format channel, value, due time and cause of a step in one line."""
        due = due_words(step.due_at, self._one.now, self._zone)
        cause = [] if step.cause is None else [f"for {step.cause.title}"]
        way = step.action.channel or step.action.kind
        due = due if step.due_at is None else f"due {due}"
        return " · ".join([way, f"value {step.value:.2f}", due, *cause])

    def held_back(self) -> None:
        """Write the actions that guards hold back, and those guards."""
        if self._one.held_back:
            self.page.heading("Held back")
        for held in self._one.held_back:
            self._held(held)

    def _held(self, held: BlockedAction) -> None:
        action = held.step.action
        self.page.item("-", (action.title, "bold"), (f"  {action.id}", "dim"), indent=2)
        for guard in held.guards:
            self.page.line(f"by {guard.id}: {guard.because or 'no reason is given'}", indent=4)
            if guard.unless:
                self.tests.all_tests(guard.condition, 6)
            else:
                self.tests.true_ones(guard.condition, 6)

    def facts(self) -> None:
        """Write every known fact, in playbook order."""
        self.page.heading("Facts")
        for id, fact in self._playbook.facts.items():
            if id in self._one.facts and not fact.hidden:
                value = format_value(self._one.facts[id], fact.type, self._zone)
                self.page.line(f"{id}: {value}", indent=2)

    def _rule(self, rule: Rule, *parts: Part) -> None:
        """Write the first line of a rule: its title or reason, its id, and its source."""
        self.page.item("-", *parts, (f"  {rule.id}", "dim"), indent=2)
        source = None if not hasattr(rule, "source") else self._source(rule.source)
        if source:
            self.page.line(source, indent=4)

    def _source(self, id: str | None) -> str | None:
        found = None if id is None else self._playbook.sources.get(id)
        return None if found is None else f"source: {found.title}"

    def _lasted(self, threshold: Threshold) -> str:
        began = silence_began(threshold.since, self._context)
        assert began is not None
        clock, needed = self._context.clock, threshold.silent_for
        lasted = clock.elapsed(began, self._context.now, needed.business)
        words = self._open(lasted) if needed.business else format_duration(lasted)
        return f"silent for {words} since {self._instant(began)}; allowed: {needed}"

    def _open(self, seconds: int) -> str:
        return format_business_time(seconds, self._context.clock.business_day)

    def _instant(self, instant: int) -> str:
        return format_instant(instant, self._zone)


def _title_and_reason(title: str, because: str | None) -> list[Part]:
    return [title] if because is None else [title, f": {because}"]

"""sixty.yaml as somebody who knows Polars writes it by hand: lazy, Parquet to Parquet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import mul

import polars as pl
from polars import Expr, LazyFrame, col, lit, when

from bench.books import AS_OF

NOW = datetime.fromtimestamp(AS_OF, UTC)
MENDABLE = [
    "busy", "poor_communicator", "competing_priorities", "urgency_mismatch", "undecided",
    "needs_buy_in", "internal_process", "contact_lacks_clout", "not_financially_ready",
    "price_too_high",
]  # fmt: skip
CAUSES = [*MENDABLE[:4], "lost_interest", *MENDABLE[4:], "avoidant_no"]
THRESHOLDS = [
    "after_discovery", "after_demo", "after_proposal", "in_negotiation", "in_their_process",
    "quiet_customer", "long_lost", "stage_not_recorded",
]  # fmt: skip
SIGNALS = [
    "no_next_step", "no_need_or_urgency", "no_competitors_viewed", "no_setup_questions",
    "price_waved_through", "too_good_to_be_true", "decision_maker_absent",
    "disengagement_pattern", "hot_start_then_silence", "neglected",
]  # fmt: skip
ACTIONS = [
    "answer_them", "ask_go_no_go", "build_urgency", "call_about_offer", "call_now",
    "close_out_move_on", "diagnose_first", "engage_stakeholders", "narrow_choices",
    "one_word_answer", "personal_follow_up", "restart", "restate_next_steps", "social_proof",
    "voice_concern", "wait_for_budget",
]  # fmt: skip
SELLING = ["demo", "proposal", "negotiation"]
OFFERED = ["proposal", "negotiation"]
ONE = lit(1.0)


def ago(**length: float) -> Expr:
    """The instant so long before now."""
    return lit(NOW - timedelta(**length))


def sure(condition: Expr) -> Expr:
    return condition.fill_null(value=False)


def stage(*stages: str) -> Expr:
    return col("stage").is_in(stages)


def rules(frame: LazyFrame) -> LazyFrame:
    """A column a rule."""
    frame = frame.with_columns(**derived()).with_columns(**thresholds())
    frame = frame.with_columns(dark=pl.any_horizontal(THRESHOLDS)).with_columns(**signals())
    frame = frame.with_columns(too_good_to_be_true=too_good()).with_columns(**causes())
    frame = frame.with_columns(
        mendable=pl.max_horizontal(MENDABLE) >= 0.5,
        cause_known=pl.max_horizontal(CAUSES) >= 0.25,
        left_alone=sure(col("opted_out")) | sure(col("explicit_no")),
        crowded=sure(col("touches_last_7_days") >= 5),
    ).with_columns(
        phone_open=~(col("left_alone") | col("crowded") | sure(col("phone_opt_out"))),
        email_open=~(
            col("left_alone") | col("crowded")
            | sure(col("email_opt_out")) | sure(col("emails_unanswered") >= 5)
        ),
    )  # fmt: skip
    frame = frame.with_columns(**actions())
    frame = frame.with_columns(value=pl.max_horizontal(ACTIONS))
    first = pl.coalesce([when(col(name) == col("value")).then(lit(name)) for name in ACTIONS])
    return frame.select(
        "id", turn().alias("state"), *THRESHOLDS, *SIGNALS, *CAUSES, *ACTIONS,
        first.alias("next_step"), "value",
    )  # fmt: skip


def turn() -> Expr:
    return (
        when(col("dark")).then(lit("dark"))
        .when(col("silent_since").is_not_null()).then(lit("waiting"))
        .when(col("last_reply_at").is_not_null()).then(lit("our_turn"))
        .otherwise(lit("untouched"))
    )  # fmt: skip


def derived() -> dict[str, Expr]:
    asked, last = col("go_no_go_asked_at"), col("last_outbound_at")
    return {
        "our_turn": col("last_reply_at").is_not_null() & col("silent_since").is_null(),
        "open_deal": col("stage").is_null() | sure(stage("discovery", *SELLING)),
        "nothing_booked": col("next_step_at").is_null() | sure(col("next_step_at") <= lit(NOW)),
        "big_deal": sure(col("amount") >= 25000),
        "caps_reached": sure((col("emails_unanswered") >= 5) | (col("calls_unanswered") >= 6)),
        "decision_overdue": sure((asked < ago(days=3)) & (asked >= col("silent_since"))),
        "tried_lately": sure((last >= ago(days=60)) & (last <= lit(NOW))),
    }


def thresholds() -> dict[str, Expr]:
    since, free = col("silent_since"), col("nothing_booked")
    undated = free & col("process_step").is_null()
    offered = pl.max_horizontal("silent_since", "proposal_sent_at")
    found = {
        "after_discovery": stage("discovery") & free & (since <= ago(weeks=3)),
        "after_demo": stage("demo") & free & (since <= ago(days=5)),
        "after_proposal": stage("proposal") & undated
        & since.is_not_null() & (offered <= ago(days=1)),
        "in_negotiation": stage("negotiation") & undated & (since <= ago(hours=4)),
        "in_their_process": stage(*OFFERED)
        & col("process_step").is_not_null() & (since <= ago(days=5)),
        "quiet_customer": stage("customer") & free & (since <= ago(weeks=2)),
        "long_lost": stage("closed_lost") & (since <= ago(days=60)),
        "stage_not_recorded": col("stage").is_null() & (since <= ago(weeks=3)),
    }  # fmt: skip
    return {name: sure(condition) for name, condition in found.items()}


def signals() -> dict[str, Expr]:
    undated = stage(*OFFERED) & col("nothing_booked") & col("process_step").is_null()
    touches, reply, sent = col("touches_unanswered"), col("last_reply_at"), col("proposal_sent_at")
    found = {
        "in_play": col("dark") & col("open_deal") & col("tried_lately"),
        "no_next_step": sure(col("next_step_refused")) | sure(undated),
        "no_need_or_urgency": col("need_statement").is_null() & (col("urgency") == "none"),
        "no_competitors_viewed": ~col("competitor_evaluated"),
        "no_setup_questions": stage(*SELLING) & ~col("implementation_questions"),
        "price_waved_through": (col("price_pushback") == "none")
        & col("budget_status").is_in(["unclear", "not_yet"]),
        "decision_maker_absent": stage(*SELLING) & ~col("decision_maker_engaged"),
        "disengagement_pattern": (col("replies_after_contact") >= 1)
        & (touches >= 4) & (col("silent_since") < ago(days=3)),
        "hot_start_then_silence": sent.is_not_null() & (touches >= 2) & (col("urgency") == "high")
        & (reply.is_null() | sure(reply < sent)),
        "neglected": col("dark") & col("open_deal") & (col("last_outbound_at") < ago(days=15)),
    }  # fmt: skip
    return {name: sure(condition) for name, condition in found.items()}


def too_good() -> Expr:
    compared, asked, price = (
        col(name) for name in ("no_competitors_viewed", "no_setup_questions", "price_waved_through")
    )
    return (compared & asked) | (compared & price) | (asked & price)


def confidence(*evidence: tuple[Expr, float], against: tuple[tuple[Expr, float], ...] = ()) -> Expr:
    doubt, trust = (
        reduce(
            mul, [when(sure(told)).then(1 - weight).otherwise(1.0) for told, weight in side], ONE
        )
        for side in (evidence, against)
    )
    return when(col("dark")).then((1 - doubt) * trust).otherwise(0.0)


def causes() -> dict[str, Expr]:
    since, reason, role = col("silent_since"), col("reason_given"), col("contact_role")
    replies, touches, urgency = (
        col("replies_after_contact"), col("touches_unanswered"), col("urgency")
    )  # fmt: skip
    price, budget, consumer = (
        col("price_pushback"), col("budget_status"), col("segment") == "consumer"
    )  # fmt: skip
    asked_more = (col("implementation_questions"), 0.3)
    return {
        "busy": confidence(
            (reason == "busy", 0.6),
            (since >= ago(days=5), 0.3),
            ((replies >= 1) & (since >= ago(weeks=3)), 0.2),
            against=((since < ago(weeks=6), 0.6),),
        ),
        "poor_communicator": confidence(
            (consumer, 0.2), ((replies == 0) & (touches >= 3), 0.2), against=((replies >= 3, 0.6),)
        ),
        "competing_priorities": confidence(
            (reason == "other_priority", 0.6),
            (col("org_change") == "new_priorities", 0.45),
            ((replies >= 1) & (since < ago(weeks=3)), 0.25),
            against=((urgency == "high", 0.4),),
        ),
        "urgency_mismatch": confidence(
            (urgency == "none", 0.4),
            ((urgency == "some") & col("cost_of_delay").is_null(), 0.25),
            (stage("discovery", "demo") & (since < ago(weeks=3)), 0.25),
            against=((urgency == "high", 0.7),),
        ),
        "lost_interest": confidence(
            (col("disengagement_pattern"), 0.2),
            ((touches >= 6) & (since < ago(weeks=6)), 0.25),
            against=(asked_more,),
        ),
        "undecided": confidence(
            (reason == "thinking_it_over", 0.55),
            (col("buying_stage") == "consideration", 0.2),
            (stage("proposal") & (col("proposal_sent_at") < ago(days=5)), 0.25),
        ),
        "needs_buy_in": confidence(
            (reason == "needs_others", 0.6), (col("big_deal"), 0.3), (stage("demo"), 0.25),
            (role == "champion", 0.2), against=((role == "decision_maker", 0.4), (consumer, 0.5)),
        ),
        "internal_process": confidence(
            (col("process_step").is_not_null(), 0.6),
            (reason == "in_process", 0.5),
            ((col("segment") == "enterprise") & stage(*OFFERED), 0.25),
            (stage("negotiation"), 0.2),
        ),
        "contact_lacks_clout": confidence(
            (col("next_step_refused"), 0.3), (role.is_in(["evaluator", "user"]), 0.3),
            (col("too_good_to_be_true"), 0.25), (col("decision_maker_absent"), 0.2),
            against=((col("decision_maker_engaged"), 0.5),),
        ),
        "not_financially_ready": confidence(
            (budget == "not_yet", 0.5), (reason == "no_budget", 0.45),
            against=((budget == "confirmed", 0.8),),
        ),
        "price_too_high": confidence(
            (reason == "too_expensive", 0.55), (price == "hard", 0.45), (price == "some", 0.25),
            against=((price == "none", 0.5),),
        ),
        "avoidant_no": confidence(
            (col("decision_overdue"), 0.5),
            (col("decision_overdue") & col("next_step_refused"), 0.3),
            against=(asked_more,),
        ),
    }  # fmt: skip


def worth(score: float, **fits: float) -> Expr:
    """Null where no cause it is for is diagnosed."""
    return score * pl.max_horizontal(
        [when(col(cause) >= 0.25).then(col(cause) * fit) for cause, fit in fits.items()]
    )


def actions() -> dict[str, Expr]:
    play, mail, phone = col("in_play"), col("email_open"), col("phone_open")
    inside, dark, last = ~col("left_alone"), col("dark"), col("last_outbound_at")
    calls, touches, reply = (
        col("calls_unanswered"), col("touches_unanswered"), col("last_reply_at")
    )  # fmt: skip
    mailed = mail & play
    pressed = (touches >= 5) & (col("channels_tried") >= 2) & col("go_no_go_asked_at").is_null()
    closing = (
        col("caps_reached") & ~col("mendable") & dark & col("open_deal") & col("decision_overdue")
    )
    found = {
        "answer_them": (
            mail & col("our_turn") & (reply >= ago(weeks=2)) & (reply <= lit(NOW)), lit(0.9)
        ),
        "ask_go_no_go": (mailed & pressed, lit(0.56)),
        "build_urgency": (
            mailed & col("cost_of_delay").is_not_null(),
            worth(0.85, urgency_mismatch=1, competing_priorities=0.9),
        ),
        "call_about_offer": (
            phone & play & stage("proposal") & col("big_deal") & (calls <= 2), lit(0.69)
        ),
        "call_now": (phone & play & stage("negotiation") & (calls <= 2), lit(0.7)),
        "close_out_move_on": (closing, worth(0.95, avoidant_no=1)),
        "diagnose_first": (inside & play & ~col("cause_known"), lit(0.3)),
        "engage_stakeholders": (mailed, worth(0.85, contact_lacks_clout=0.9, needs_buy_in=0.6)),
        "narrow_choices": (mailed, worth(0.8, undecided=1, price_too_high=0.8)),
        "one_word_answer": (mailed, worth(0.8, busy=1, poor_communicator=1)),
        "personal_follow_up": (mailed & (touches <= 2), lit(0.45)),
        "restart": (mail & dark & col("open_deal") & (last < ago(days=60)), lit(0.46)),
        "restate_next_steps": (mailed & col("no_next_step"), worth(0.8, internal_process=0.8)),
        "social_proof": (
            mailed & col("case_study").is_not_null(), worth(0.85, undecided=0.9, lost_interest=0.7)
        ),
        "voice_concern": (inside & ~dark & col("too_good_to_be_true"), lit(0.2)),
        "wait_for_budget": (inside & dark, worth(0.7, not_financially_ready=1)),
    }  # fmt: skip
    return {name: when(sure(open_)).then(value) for name, (open_, value) in found.items()}


if __name__ == "__main__":
    rules(pl.scan_parquet(sys.argv[1])).sink_parquet(sys.argv[2])

"""sixty.yaml as somebody writes it by hand in Python, without any engine."""

from __future__ import annotations

from typing import Any

from bench.answers import Answer, Facts, by_value, state

HOUR = 3_600
DAY = 86_400
SELLING = ("demo", "proposal", "negotiation")
OFFERED = ("proposal", "negotiation")
OPEN = ("discovery", "demo", "proposal", "negotiation")
MENDABLE = (
    "busy", "poor_communicator", "competing_priorities", "urgency_mismatch", "undecided",
    "needs_buy_in", "internal_process", "contact_lacks_clout", "not_financially_ready",
    "price_too_high",
)  # fmt: skip


def judge(facts: Facts, now: int) -> Answer:
    """The answer for one prospect."""
    known = facts.get
    dark = thresholds(known, now)
    fired = signals(known, now, bool(dark))
    found = causes(known, now, fired) if dark else {}
    return Answer(
        state(facts, dark), frozenset(dark), frozenset(fired), found,
        steps(known, now, bool(dark), fired, found),
    )  # fmt: skip


def nothing_booked(known: Any, now: int) -> bool:
    at = known("next_step_at")
    return at is None or at <= now


def thresholds(known: Any, now: int) -> list[str]:
    since = known("silent_since")
    if since is None:
        return []
    silence, stage, free = now - since, known("stage"), nothing_booked(known, now)
    in_process = known("process_step") is not None
    if stage is None:
        return ["stage_not_recorded"] if silence >= 21 * DAY else []
    if stage == "closed_lost":
        return ["long_lost"] if silence >= 60 * DAY else []
    if in_process and stage in OFFERED:
        return ["in_their_process"] if silence >= 5 * DAY else []
    if not free:
        return []
    if stage == "discovery":
        return ["after_discovery"] if silence >= 21 * DAY else []
    if stage == "demo":
        return ["after_demo"] if silence >= 5 * DAY else []
    if stage == "proposal":
        began = max(since, known("proposal_sent_at", since))
        return ["after_proposal"] if now - began >= DAY else []
    if stage == "negotiation":
        return ["in_negotiation"] if silence >= 4 * HOUR else []
    return ["quiet_customer"] if silence >= 14 * DAY else []


def signals(known: Any, now: int, dark: bool) -> set[str]:
    fired = set()
    stage, since, sent = known("stage"), known("silent_since"), known("proposal_sent_at")
    touches, last = known("touches_unanswered"), known("last_outbound_at")
    undated = stage in OFFERED and known("process_step") is None and nothing_booked(known, now)
    if known("next_step_refused") or undated:
        fired.add("no_next_step")
    if known("urgency") == "none" and known("need_statement") is None:
        fired.add("no_need_or_urgency")
    if known("competitor_evaluated") is False:
        fired.add("no_competitors_viewed")
    if stage in SELLING and known("implementation_questions") is False:
        fired.add("no_setup_questions")
    if known("price_pushback") == "none" and known("budget_status") in ("unclear", "not_yet"):
        fired.add("price_waved_through")
    if len(fired & {"no_competitors_viewed", "no_setup_questions", "price_waved_through"}) >= 2:
        fired.add("too_good_to_be_true")
    if stage in SELLING and known("decision_maker_engaged") is False:
        fired.add("decision_maker_absent")
    several, silent = touches is not None and touches >= 4, since is not None
    if several and silent and now - since > 3 * DAY and known("replies_after_contact", 0) >= 1:
        fired.add("disengagement_pattern")
    hot = touches is not None and touches >= 2 and known("urgency") == "high"
    if hot and sent is not None and known("last_reply_at", -1) < sent:
        fired.add("hot_start_then_silence")
    if dark and last is not None and now - last > 15 * DAY and open_deal(stage):
        fired.add("neglected")
    return fired


def open_deal(stage: str | None) -> bool:
    return stage is None or stage in OPEN


def decision_overdue(known: Any, now: int) -> bool:
    asked, since = known("go_no_go_asked_at"), known("silent_since")
    return asked is not None and since is not None and asked >= since and now - asked > 3 * DAY


def causes(known: Any, now: int, fired: set[str]) -> dict[str, float]:
    silence, stage = now - known("silent_since"), known("stage")
    reason, urgency, segment = known("reason_given"), known("urgency"), known("segment")
    replies, touches = known("replies_after_contact"), known("touches_unanswered")
    role, budget, price = known("contact_role"), known("budget_status"), known("price_pushback")
    sent, refused = known("proposal_sent_at"), known("next_step_refused") is True
    answered = replies is not None and replies >= 1
    overdue = decision_overdue(known, now)
    asked_more = 0.3 if known("implementation_questions") else 0.0
    found = {
        "busy": confidence(
            0.6 if reason == "busy" else 0.0,
            0.3 if silence <= 5 * DAY else 0.0,
            0.2 if answered and silence <= 21 * DAY else 0.0,
            against=(0.6 if silence > 42 * DAY else 0.0,),
        ),
        "poor_communicator": confidence(
            0.2 if segment == "consumer" else 0.0,
            0.2 if replies == 0 and touches is not None and touches >= 3 else 0.0,
            against=(0.6 if replies is not None and replies >= 3 else 0.0,),
        ),
        "competing_priorities": confidence(
            0.6 if reason == "other_priority" else 0.0,
            0.45 if known("org_change") == "new_priorities" else 0.0,
            0.25 if answered and silence > 21 * DAY else 0.0,
            against=(0.4 if urgency == "high" else 0.0,),
        ),
        "urgency_mismatch": confidence(
            0.4 if urgency == "none" else 0.0,
            0.25 if urgency == "some" and known("cost_of_delay") is None else 0.0,
            0.25 if stage in ("discovery", "demo") and silence > 21 * DAY else 0.0,
            against=(0.7 if urgency == "high" else 0.0,),
        ),
        "lost_interest": confidence(
            0.2 if "disengagement_pattern" in fired else 0.0,
            0.25 if touches is not None and touches >= 6 and silence > 42 * DAY else 0.0,
            against=(asked_more,),
        ),
        "undecided": confidence(
            0.55 if reason == "thinking_it_over" else 0.0,
            0.2 if known("buying_stage") == "consideration" else 0.0,
            0.25 if stage == "proposal" and sent is not None and now - sent > 5 * DAY else 0.0,
        ),
        "needs_buy_in": confidence(
            0.6 if reason == "needs_others" else 0.0,
            0.3 if known("amount", 0) >= 25000 else 0.0,
            0.25 if stage == "demo" else 0.0,
            0.2 if role == "champion" else 0.0,
            against=(
                0.4 if role == "decision_maker" else 0.0,
                0.5 if segment == "consumer" else 0.0,
            ),
        ),
        "internal_process": confidence(
            0.6 if known("process_step") is not None else 0.0,
            0.5 if reason == "in_process" else 0.0,
            0.25 if segment == "enterprise" and stage in OFFERED else 0.0,
            0.2 if stage == "negotiation" else 0.0,
        ),
        "contact_lacks_clout": confidence(
            0.3 if refused else 0.0,
            0.3 if role in ("evaluator", "user") else 0.0,
            0.25 if "too_good_to_be_true" in fired else 0.0,
            0.2 if "decision_maker_absent" in fired else 0.0,
            against=(0.5 if known("decision_maker_engaged") else 0.0,),
        ),
        "not_financially_ready": confidence(
            0.5 if budget == "not_yet" else 0.0,
            0.45 if reason == "no_budget" else 0.0,
            against=(0.8 if budget == "confirmed" else 0.0,),
        ),
        "price_too_high": confidence(
            0.55 if reason == "too_expensive" else 0.0,
            0.45 if price == "hard" else 0.0,
            0.25 if price == "some" else 0.0,
            against=(0.5 if price == "none" else 0.0,),
        ),
        "avoidant_no": confidence(
            0.5 if overdue else 0.0,
            0.3 if overdue and refused else 0.0,
            against=(asked_more,),
        ),
    }
    return {cause: value for cause, value in found.items() if value > 0}


def confidence(*weights: float, against: tuple[float, ...] = ()) -> float:
    doubt = trust = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    for weight in against:
        trust *= 1.0 - weight
    return (1.0 - doubt) * trust


def steps(
    known: Any, now: int, dark: bool, fired: set[str], found: dict[str, float]
) -> list[tuple[str, float]]:
    if known("opted_out") or known("explicit_no"):
        mail = phone = inside = False
    else:
        inside, way = True, known("touches_last_7_days", 0) < 5
        mail = way and not known("email_opt_out") and known("emails_unanswered", 0) < 5
        phone = way and not known("phone_opt_out")
    if dark:
        return in_the_dark(known, now, (mail, phone, inside), fired, found)
    open_: list[tuple[str, float]] = []
    reply = known("last_reply_at")
    ours = mail and reply is not None and known("silent_since") is None
    if ours and 0 <= now - reply <= 14 * DAY:
        open_.append(("answer_them", 0.9))
    if inside and "too_good_to_be_true" in fired:
        open_.append(("voice_concern", 0.2))
    return by_value(open_)


def in_the_dark(
    known: Any, now: int, ways: tuple[bool, bool, bool], fired: set[str], found: dict[str, float]
) -> list[tuple[str, float]]:
    mail, phone, inside = ways
    open_: list[tuple[str, float]] = []
    stage, last = known("stage"), known("last_outbound_at")
    touches, calls = known("touches_unanswered"), known("calls_unanswered")
    likely = {cause: value for cause, value in found.items() if value >= 0.25}
    selling = open_deal(stage)
    if selling and last is not None and 0 <= now - last <= 60 * DAY:
        if phone and calls is not None and calls <= 2:
            if stage == "negotiation":
                open_.append(("call_now", 0.7))
            elif stage == "proposal" and known("amount", 0) >= 25000:
                open_.append(("call_about_offer", 0.69))
        if mail:
            mails(known, touches, fired, likely, open_)
        if inside and not likely:
            open_.append(("diagnose_first", 0.3))
    elif mail and selling and last is not None and now - last > 60 * DAY:
        open_.append(("restart", 0.46))
    if inside and "not_financially_ready" in likely:
        open_.append(("wait_for_budget", 0.7 * likely["not_financially_ready"]))
    if "avoidant_no" in likely and selling and decision_overdue(known, now):
        capped = known("emails_unanswered", 0) >= 5 or known("calls_unanswered", 0) >= 6
        if capped and not any(found.get(cause, 0.0) >= 0.5 for cause in MENDABLE):
            open_.append(("close_out_move_on", 0.95 * likely["avoidant_no"]))
    return by_value(open_)


def mails(
    known: Any, touches: float | None, fired: set[str], likely: dict[str, float],
    open_: list[tuple[str, float]],
) -> None:  # fmt: skip
    if touches is not None and touches <= 2:
        open_.append(("personal_follow_up", 0.45))
    pressed = touches is not None and touches >= 5 and known("channels_tried", 0) >= 2
    if pressed and known("go_no_go_asked_at") is None:
        open_.append(("ask_go_no_go", 0.56))
    for name, score, fits, wanted in (
        ("one_word_answer", 0.8, ONE_WORD, True),
        ("restate_next_steps", 0.8, RESTATE, "no_next_step" in fired),
        ("narrow_choices", 0.8, NARROW, True),
        ("social_proof", 0.85, PROOF, known("case_study") is not None),
        ("engage_stakeholders", 0.85, ENGAGE, True),
        ("build_urgency", 0.85, URGENCY, known("cost_of_delay") is not None),
    ):
        if wanted:
            worth = [likely[cause] * fit for cause, fit in fits if cause in likely]
            if worth:
                open_.append((name, score * max(worth)))


ONE_WORD = (("busy", 1.0), ("poor_communicator", 1.0))
RESTATE = (("internal_process", 0.8),)
NARROW = (("undecided", 1.0), ("price_too_high", 0.8))
PROOF = (("undecided", 0.9), ("lost_interest", 0.7))
ENGAGE = (("contact_lacks_clout", 0.9), ("needs_buy_in", 0.6))
URGENCY = (("urgency_mismatch", 1.0), ("competing_priorities", 0.9))

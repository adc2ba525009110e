-- bench/rules/sixty.yaml as somebody who knows DuckDB writes it by hand: one pass, no joins.
-- Variables: as_of. Tables: prospects. Unknown is NULL; what concludes is coalesced to false.
-- `columns.sql` or `rows.sql` follows, with what is written; an action has its value here, held back or not.
WITH derived AS (
    SELECT
        *,
        getvariable('as_of') AS now,
        coalesce(last_reply_at IS NOT NULL AND silent_since IS NULL, false) AS our_turn,
        stage IS NULL OR stage IN ('discovery', 'demo', 'proposal', 'negotiation') AS open_deal,
        next_step_at IS NULL OR next_step_at <= getvariable('as_of') AS nothing_booked,
        coalesce(amount >= 25000, false) AS big_deal,
        coalesce(emails_unanswered >= 5 OR calls_unanswered >= 6, false) AS caps_reached,
        coalesce(go_no_go_asked_at < getvariable('as_of') - INTERVAL 3 DAY AND go_no_go_asked_at >= silent_since, false) AS decision_overdue,
        coalesce(last_outbound_at BETWEEN getvariable('as_of') - INTERVAL 60 DAY AND getvariable('as_of'), false) AS tried_lately
    FROM prospects
),
thresholds AS (
    SELECT
        *,
        coalesce(stage = 'discovery' AND nothing_booked AND silent_since <= now - INTERVAL 21 DAY, false) AS after_discovery,
        coalesce(stage = 'demo' AND nothing_booked AND silent_since <= now - INTERVAL 5 DAY, false) AS after_demo,
        coalesce(
            stage = 'proposal' AND nothing_booked AND process_step IS NULL AND silent_since IS NOT NULL
            AND greatest(silent_since, proposal_sent_at) <= now - INTERVAL 1 DAY, false
        ) AS after_proposal,
        coalesce(stage = 'negotiation' AND nothing_booked AND process_step IS NULL AND silent_since <= now - INTERVAL 4 HOUR, false) AS in_negotiation,
        coalesce(stage IN ('proposal', 'negotiation') AND process_step IS NOT NULL AND silent_since <= now - INTERVAL 5 DAY, false) AS in_their_process,
        coalesce(stage = 'customer' AND nothing_booked AND silent_since <= now - INTERVAL 14 DAY, false) AS quiet_customer,
        coalesce(stage = 'closed_lost' AND silent_since <= now - INTERVAL 60 DAY, false) AS long_lost,
        coalesce(stage IS NULL AND silent_since <= now - INTERVAL 21 DAY, false) AS stage_not_recorded
    FROM derived
),
turns AS (
    SELECT
        *,
        after_discovery OR after_demo OR after_proposal OR in_negotiation OR in_their_process
            OR quiet_customer OR long_lost OR stage_not_recorded AS dark
    FROM thresholds
),
checks AS (
    SELECT
        *,
        dark AND open_deal AND tried_lately AS in_play,
        coalesce(
            next_step_refused OR (stage IN ('proposal', 'negotiation') AND nothing_booked AND process_step IS NULL), false
        ) AS no_next_step,
        coalesce(need_statement IS NULL AND urgency = 'none', false) AS no_need_or_urgency,
        coalesce(NOT competitor_evaluated, false) AS no_competitors_viewed,
        coalesce(stage IN ('demo', 'proposal', 'negotiation') AND NOT implementation_questions, false) AS no_setup_questions,
        coalesce(price_pushback = 'none' AND budget_status IN ('unclear', 'not_yet'), false) AS price_waved_through,
        coalesce(stage IN ('demo', 'proposal', 'negotiation') AND NOT decision_maker_engaged, false) AS decision_maker_absent,
        coalesce(replies_after_contact >= 1 AND touches_unanswered >= 4 AND silent_since < now - INTERVAL 3 DAY, false) AS disengagement_pattern,
        coalesce(
            proposal_sent_at IS NOT NULL AND touches_unanswered >= 2 AND urgency = 'high'
            AND (last_reply_at IS NULL OR last_reply_at < proposal_sent_at), false
        ) AS hot_start_then_silence,
        coalesce(dark AND open_deal AND last_outbound_at < now - INTERVAL 15 DAY, false) AS neglected
    FROM turns
),
signals AS (
    SELECT
        *,
        (no_competitors_viewed AND no_setup_questions) OR (no_competitors_viewed AND price_waved_through)
            OR (no_setup_questions AND price_waved_through) AS too_good_to_be_true
    FROM checks
),
causes AS (
    SELECT
        *,
        CASE WHEN dark THEN (1 - (CASE WHEN reason_given = 'busy' THEN 1 - 0.6e0 ELSE 1 END)
            * (CASE WHEN silent_since >= now - INTERVAL 5 DAY THEN 1 - 0.3e0 ELSE 1 END)
            * (CASE WHEN replies_after_contact >= 1 AND silent_since >= now - INTERVAL 21 DAY THEN 1 - 0.2e0 ELSE 1 END))
            * (CASE WHEN silent_since < now - INTERVAL 42 DAY THEN 1 - 0.6e0 ELSE 1 END) ELSE 0 END AS busy,
        CASE WHEN dark THEN (1 - (CASE WHEN segment = 'consumer' THEN 1 - 0.2e0 ELSE 1 END)
            * (CASE WHEN replies_after_contact = 0 AND touches_unanswered >= 3 THEN 1 - 0.2e0 ELSE 1 END))
            * (CASE WHEN replies_after_contact >= 3 THEN 1 - 0.6e0 ELSE 1 END) ELSE 0 END AS poor_communicator,
        CASE WHEN dark THEN (1 - (CASE WHEN reason_given = 'other_priority' THEN 1 - 0.6e0 ELSE 1 END)
            * (CASE WHEN org_change = 'new_priorities' THEN 1 - 0.45e0 ELSE 1 END)
            * (CASE WHEN replies_after_contact >= 1 AND silent_since < now - INTERVAL 21 DAY THEN 1 - 0.25e0 ELSE 1 END))
            * (CASE WHEN urgency = 'high' THEN 1 - 0.4e0 ELSE 1 END) ELSE 0 END AS competing_priorities,
        CASE WHEN dark THEN (1 - (CASE WHEN urgency = 'none' THEN 1 - 0.4e0 ELSE 1 END)
            * (CASE WHEN urgency = 'some' AND cost_of_delay IS NULL THEN 1 - 0.25e0 ELSE 1 END)
            * (CASE WHEN stage IN ('discovery', 'demo') AND silent_since < now - INTERVAL 21 DAY THEN 1 - 0.25e0 ELSE 1 END))
            * (CASE WHEN urgency = 'high' THEN 1 - 0.7e0 ELSE 1 END) ELSE 0 END AS urgency_mismatch,
        CASE WHEN dark THEN (1 - (CASE WHEN disengagement_pattern THEN 1 - 0.2e0 ELSE 1 END)
            * (CASE WHEN touches_unanswered >= 6 AND silent_since < now - INTERVAL 42 DAY THEN 1 - 0.25e0 ELSE 1 END))
            * (CASE WHEN implementation_questions THEN 1 - 0.3e0 ELSE 1 END) ELSE 0 END AS lost_interest,
        CASE WHEN dark THEN (1 - (CASE WHEN reason_given = 'thinking_it_over' THEN 1 - 0.55e0 ELSE 1 END)
            * (CASE WHEN buying_stage = 'consideration' THEN 1 - 0.2e0 ELSE 1 END)
            * (CASE WHEN stage = 'proposal' AND proposal_sent_at < now - INTERVAL 5 DAY THEN 1 - 0.25e0 ELSE 1 END)) ELSE 0 END AS undecided,
        CASE WHEN dark THEN (1 - (CASE WHEN reason_given = 'needs_others' THEN 1 - 0.6e0 ELSE 1 END)
            * (CASE WHEN big_deal THEN 1 - 0.3e0 ELSE 1 END)
            * (CASE WHEN stage = 'demo' THEN 1 - 0.25e0 ELSE 1 END)
            * (CASE WHEN contact_role = 'champion' THEN 1 - 0.2e0 ELSE 1 END))
            * (CASE WHEN contact_role = 'decision_maker' THEN 1 - 0.4e0 ELSE 1 END)
            * (CASE WHEN segment = 'consumer' THEN 1 - 0.5e0 ELSE 1 END) ELSE 0 END AS needs_buy_in,
        CASE WHEN dark THEN 1 - (CASE WHEN process_step IS NOT NULL THEN 1 - 0.6e0 ELSE 1 END)
            * (CASE WHEN reason_given = 'in_process' THEN 1 - 0.5e0 ELSE 1 END)
            * (CASE WHEN segment = 'enterprise' AND stage IN ('proposal', 'negotiation') THEN 1 - 0.25e0 ELSE 1 END)
            * (CASE WHEN stage = 'negotiation' THEN 1 - 0.2e0 ELSE 1 END) ELSE 0 END AS internal_process,
        CASE WHEN dark THEN (1 - (CASE WHEN next_step_refused THEN 1 - 0.3e0 ELSE 1 END)
            * (CASE WHEN contact_role IN ('evaluator', 'user') THEN 1 - 0.3e0 ELSE 1 END)
            * (CASE WHEN too_good_to_be_true THEN 1 - 0.25e0 ELSE 1 END)
            * (CASE WHEN decision_maker_absent THEN 1 - 0.2e0 ELSE 1 END))
            * (CASE WHEN decision_maker_engaged THEN 1 - 0.5e0 ELSE 1 END) ELSE 0 END AS contact_lacks_clout,
        CASE WHEN dark THEN (1 - (CASE WHEN budget_status = 'not_yet' THEN 1 - 0.5e0 ELSE 1 END)
            * (CASE WHEN reason_given = 'no_budget' THEN 1 - 0.45e0 ELSE 1 END))
            * (CASE WHEN budget_status = 'confirmed' THEN 1 - 0.8e0 ELSE 1 END) ELSE 0 END AS not_financially_ready,
        CASE WHEN dark THEN (1 - (CASE WHEN reason_given = 'too_expensive' THEN 1 - 0.55e0 ELSE 1 END)
            * (CASE WHEN price_pushback = 'hard' THEN 1 - 0.45e0 ELSE 1 END)
            * (CASE WHEN price_pushback = 'some' THEN 1 - 0.25e0 ELSE 1 END))
            * (CASE WHEN price_pushback = 'none' THEN 1 - 0.5e0 ELSE 1 END) ELSE 0 END AS price_too_high,
        CASE WHEN dark THEN (1 - (CASE WHEN decision_overdue THEN 1 - 0.5e0 ELSE 1 END)
            * (CASE WHEN decision_overdue AND next_step_refused THEN 1 - 0.3e0 ELSE 1 END))
            * (CASE WHEN implementation_questions THEN 1 - 0.3e0 ELSE 1 END) ELSE 0 END AS avoidant_no
    FROM signals
),
weighed AS (
    SELECT
        *,
        greatest(busy, poor_communicator, competing_priorities, urgency_mismatch, undecided, needs_buy_in,
            internal_process, contact_lacks_clout, not_financially_ready, price_too_high) >= 0.5 AS mendable,
        greatest(busy, poor_communicator, competing_priorities, urgency_mismatch, lost_interest, undecided, needs_buy_in,
            internal_process, contact_lacks_clout, not_financially_ready, price_too_high, avoidant_no) >= 0.25 AS cause_known,
        coalesce(opted_out, false) AS asked_out,
        coalesce(explicit_no, false) AS said_no,
        asked_out OR said_no AS left_alone,
        coalesce(touches_last_7_days >= 5, false) AS crowded_week,
        coalesce(phone_opt_out, false) AS no_calls,
        coalesce(email_opt_out OR emails_unanswered >= 5, false) AS five_emails
    FROM causes
),
actions AS (
    SELECT
        *,
        CASE WHEN our_turn AND last_reply_at BETWEEN now - INTERVAL 14 DAY AND now THEN 0.9e0 END AS answer_them,
        CASE WHEN in_play AND touches_unanswered >= 5 AND channels_tried >= 2 AND go_no_go_asked_at IS NULL THEN 0.56e0 END AS ask_go_no_go,
        CASE WHEN in_play AND cost_of_delay IS NOT NULL AND (urgency_mismatch >= 0.25 OR competing_priorities >= 0.25)
            THEN 0.85e0 * greatest(CASE WHEN urgency_mismatch >= 0.25 THEN urgency_mismatch END,
                CASE WHEN competing_priorities >= 0.25 THEN competing_priorities * 0.9e0 END) END AS build_urgency,
        CASE WHEN in_play AND stage = 'proposal' AND big_deal AND calls_unanswered <= 2 THEN 0.69e0 END AS call_about_offer,
        CASE WHEN in_play AND stage = 'negotiation' AND calls_unanswered <= 2 THEN 0.7e0 END AS call_now,
        CASE WHEN dark AND open_deal AND decision_overdue AND avoidant_no >= 0.25 THEN 0.95e0 * avoidant_no END AS close_out_move_on,
        CASE WHEN in_play AND NOT cause_known THEN 0.3e0 END AS diagnose_first,
        CASE WHEN in_play AND (contact_lacks_clout >= 0.25 OR needs_buy_in >= 0.25)
            THEN 0.85e0 * greatest(CASE WHEN contact_lacks_clout >= 0.25 THEN contact_lacks_clout * 0.9e0 END,
                CASE WHEN needs_buy_in >= 0.25 THEN needs_buy_in * 0.6e0 END) END AS engage_stakeholders,
        CASE WHEN in_play AND (undecided >= 0.25 OR price_too_high >= 0.25)
            THEN 0.8e0 * greatest(CASE WHEN undecided >= 0.25 THEN undecided END,
                CASE WHEN price_too_high >= 0.25 THEN price_too_high * 0.8e0 END) END AS narrow_choices,
        CASE WHEN in_play AND (busy >= 0.25 OR poor_communicator >= 0.25)
            THEN 0.8e0 * greatest(CASE WHEN busy >= 0.25 THEN busy END,
                CASE WHEN poor_communicator >= 0.25 THEN poor_communicator END) END AS one_word_answer,
        CASE WHEN in_play AND touches_unanswered <= 2 THEN 0.45e0 END AS personal_follow_up,
        CASE WHEN dark AND open_deal AND last_outbound_at < now - INTERVAL 60 DAY THEN 0.46e0 END AS restart,
        CASE WHEN in_play AND no_next_step AND internal_process >= 0.25 THEN 0.8e0 * (internal_process * 0.8e0) END AS restate_next_steps,
        CASE WHEN in_play AND case_study IS NOT NULL AND (undecided >= 0.25 OR lost_interest >= 0.25)
            THEN 0.85e0 * greatest(CASE WHEN undecided >= 0.25 THEN undecided * 0.9e0 END,
                CASE WHEN lost_interest >= 0.25 THEN lost_interest * 0.7e0 END) END AS social_proof,
        CASE WHEN NOT dark AND too_good_to_be_true THEN 0.2e0 END AS voice_concern,
        CASE WHEN dark AND not_financially_ready >= 0.25 THEN 0.7e0 * not_financially_ready END AS wait_for_budget
    FROM weighed
)

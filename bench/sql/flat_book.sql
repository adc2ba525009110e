-- The prospects of a book for bench/rules/sixty.yaml: every fact given.
WITH drawn AS (
    SELECT
        i,
        draw(i, 1) AS turn,                                        -- whose turn it is
        spread(draw(i, 2), 0.02, 120.0) AS silent,                 -- days
        1 + floor(pow(draw(i, 3), 2) * 9) AS unanswered
    FROM range(getvariable('prospects')) AS numbers (i)
)
SELECT
    format('P{:08d}', i) AS id,
    pick(i, 10, 0.96, ['discovery', 'demo', 'proposal', 'proposal', 'negotiation', 'customer', 'closed_lost']) AS stage,
    pick(i, 11, 0.40, ['consideration', 'purchase']) AS buying_stage,
    CASE WHEN draw(i, 12) < 0.85 THEN round(spread(draw(i, 512), 500.0, 250000.0)) END AS amount,
    pick(i, 13, 0.80, ['consumer', 'smb', 'mid_market', 'enterprise']) AS segment,
    pick(i, 14, 0.60, ['high', 'some', 'some', 'none']) AS urgency,
    pick(i, 15, 0.12, ['procurement', 'legal', 'security', 'approval', 'signature']) AS process_step,
    pick(i, 16, 0.30, ['busy', 'other_priority', 'needs_others', 'thinking_it_over', 'no_budget', 'too_expensive', 'in_process']) AS reason_given,
    pick(i, 17, 0.50, ['none', 'some', 'hard']) AS price_pushback,
    pick(i, 18, 0.60, ['confirmed', 'unclear', 'not_yet', 'cut']) AS budget_status,
    pick(i, 19, 0.70, ['decision_maker', 'champion', 'evaluator', 'user', 'buyer']) AS contact_role,
    pick(i, 20, 0.30, ['none', 'reorganisation', 'new_priorities', 'staffing']) AS org_change,
    CASE WHEN draw(i, 21) < 0.40 THEN format('one list of open orders, need {}', i % 97) END AS need_statement,
    CASE WHEN draw(i, 22) < 0.30 THEN format('{} hours a month', i % 89) END AS cost_of_delay,
    CASE WHEN draw(i, 23) < 0.50 THEN format('client {} closes its books in a day', i % 83) END AS case_study,
    chance(i, 24, 0.50, 0.20) AS next_step_refused,
    chance(i, 25, 0.50, 0.60) AS competitor_evaluated,
    chance(i, 26, 0.60, 0.50) AS implementation_questions,
    chance(i, 27, 0.50, 0.60) AS decision_maker_engaged,
    chance(i, 28, 0.90, 0.02) AS opted_out,
    chance(i, 29, 0.90, 0.04) AS email_opt_out,
    chance(i, 30, 0.90, 0.04) AS phone_opt_out,
    chance(i, 31, 0.90, 0.03) AS explicit_no,
    CASE WHEN draw(i, 32) < 0.30 THEN ago(draw(i, 532) * 40 - 20) END AS next_step_at,
    CASE WHEN draw(i, 33) < 0.45 THEN ago(spread(draw(i, 533), 0.05, 90.0)) END AS proposal_sent_at,
    CASE WHEN draw(i, 34) < 0.15 THEN ago(spread(draw(i, 534), 0.5, 40.0)) END AS go_no_go_asked_at,
    CASE WHEN turn < 0.80 THEN ago(silent) END AS silent_since,
    CASE WHEN turn BETWEEN 0.15 AND 0.95 THEN ago(silent * (1.01 + draw(i, 35)) + 0.01) END AS last_reply_at,
    CASE WHEN turn < 0.80 THEN ago(silent * CASE unanswered WHEN 1 THEN 1 ELSE draw(i, 36) END)
         WHEN turn < 0.95 THEN ago(silent * 2.1 + 1) END AS last_outbound_at,
    CASE WHEN turn < 0.80 THEN unanswered ELSE 0.0 END AS touches_unanswered,
    CASE WHEN turn < 0.80 THEN round(unanswered * draw(i, 37)) ELSE 0.0 END AS emails_unanswered,
    CASE WHEN turn < 0.80 THEN round(unanswered * (1 - draw(i, 37))) ELSE 0.0 END AS calls_unanswered,
    CASE WHEN turn < 0.80 THEN 1 + floor(least(unanswered, 4) * 0.9 * draw(i, 38)) ELSE 0.0 END AS channels_tried,
    CASE WHEN turn BETWEEN 0.15 AND 0.95 THEN floor(draw(i, 39) * 6) ELSE 0.0 END AS replies_after_contact,
    CASE WHEN turn < 0.80 AND silent < 7 THEN unanswered
         WHEN turn < 0.80 THEN floor(unanswered * draw(i, 40)) ELSE 0.0 END AS touches_last_7_days
FROM drawn

-- After sixty.sql: a column a rule, the cheapest form of the answer.
, ways AS (
    SELECT
        *,
        NOT (left_alone OR crowded_week OR no_calls) AS phone_open,
        NOT (left_alone OR crowded_week OR five_emails) AS email_open
    FROM actions
),
open_steps AS (
    SELECT
        * REPLACE (
            CASE WHEN email_open THEN answer_them END AS answer_them,
            CASE WHEN email_open THEN ask_go_no_go END AS ask_go_no_go,
            CASE WHEN email_open THEN build_urgency END AS build_urgency,
            CASE WHEN email_open THEN engage_stakeholders END AS engage_stakeholders,
            CASE WHEN email_open THEN narrow_choices END AS narrow_choices,
            CASE WHEN email_open THEN one_word_answer END AS one_word_answer,
            CASE WHEN email_open THEN personal_follow_up END AS personal_follow_up,
            CASE WHEN email_open THEN restart END AS restart,
            CASE WHEN email_open THEN restate_next_steps END AS restate_next_steps,
            CASE WHEN email_open THEN social_proof END AS social_proof,
            CASE WHEN phone_open THEN call_about_offer END AS call_about_offer,
            CASE WHEN phone_open THEN call_now END AS call_now,
            CASE WHEN NOT left_alone THEN diagnose_first END AS diagnose_first,
            CASE WHEN NOT left_alone THEN voice_concern END AS voice_concern,
            CASE WHEN NOT left_alone THEN wait_for_budget END AS wait_for_budget,
            CASE WHEN caps_reached AND NOT mendable THEN close_out_move_on END AS close_out_move_on
        )
    FROM ways
),
best AS (
    SELECT
        *,
        greatest(answer_them, ask_go_no_go, build_urgency, call_about_offer, call_now, close_out_move_on, diagnose_first,
            engage_stakeholders, narrow_choices, one_word_answer, personal_follow_up, restart, restate_next_steps,
            social_proof, voice_concern, wait_for_budget) AS value
    FROM open_steps
)
SELECT
    id,
    CASE WHEN dark THEN 'dark' WHEN silent_since IS NOT NULL THEN 'waiting'
         WHEN last_reply_at IS NOT NULL THEN 'our_turn' ELSE 'untouched' END AS state,
    after_discovery, after_demo, after_proposal, in_negotiation, in_their_process, quiet_customer, long_lost, stage_not_recorded,
    no_next_step, no_need_or_urgency, no_competitors_viewed, no_setup_questions, price_waved_through, too_good_to_be_true,
    decision_maker_absent, disengagement_pattern, hot_start_then_silence, neglected,
    busy, poor_communicator, competing_priorities, urgency_mismatch, lost_interest, undecided, needs_buy_in,
    internal_process, contact_lacks_clout, not_financially_ready, price_too_high, avoidant_no,
    answer_them, ask_go_no_go, build_urgency, call_about_offer, call_now, close_out_move_on, diagnose_first,
    engage_stakeholders, narrow_choices, one_word_answer, personal_follow_up, restart, restate_next_steps,
    social_proof, voice_concern, wait_for_budget,
    CASE value WHEN answer_them THEN 'answer_them' WHEN ask_go_no_go THEN 'ask_go_no_go' WHEN build_urgency THEN 'build_urgency'
        WHEN call_about_offer THEN 'call_about_offer' WHEN call_now THEN 'call_now' WHEN close_out_move_on THEN 'close_out_move_on'
        WHEN diagnose_first THEN 'diagnose_first' WHEN engage_stakeholders THEN 'engage_stakeholders'
        WHEN narrow_choices THEN 'narrow_choices' WHEN one_word_answer THEN 'one_word_answer'
        WHEN personal_follow_up THEN 'personal_follow_up' WHEN restart THEN 'restart'
        WHEN restate_next_steps THEN 'restate_next_steps' WHEN social_proof THEN 'social_proof'
        WHEN voice_concern THEN 'voice_concern' WHEN wait_for_budget THEN 'wait_for_budget' END AS next_step,
    value
FROM best

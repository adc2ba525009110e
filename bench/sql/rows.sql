-- After sixty.sql: the rows that `relight score` writes, lists and dates and all.
, dated AS (
    SELECT
        *,
        CASE
            WHEN silent_since IS NULL OR touches_unanswered IS NULL THEN now
            WHEN touches_unanswered >= 4 THEN NULL
            ELSE greatest(
                now,
                silent_since + to_days([0, 5, 14, 15][1 + touches_unanswered::INT]),
                last_outbound_at + INTERVAL 1 DAY
            )
        END AS cadence_due,
        CASE WHEN NOT dark THEN least(
            CASE WHEN stage = 'discovery' AND nothing_booked THEN silent_since + INTERVAL 21 DAY END,
            CASE WHEN stage = 'demo' AND nothing_booked THEN silent_since + INTERVAL 5 DAY END,
            CASE WHEN stage = 'proposal' AND nothing_booked AND process_step IS NULL AND silent_since IS NOT NULL
                THEN greatest(silent_since, proposal_sent_at) + INTERVAL 1 DAY END,
            CASE WHEN stage = 'negotiation' AND nothing_booked AND process_step IS NULL THEN silent_since + INTERVAL 4 HOUR END,
            CASE WHEN stage IN ('proposal', 'negotiation') AND process_step IS NOT NULL THEN silent_since + INTERVAL 5 DAY END,
            CASE WHEN stage = 'customer' AND nothing_booked THEN silent_since + INTERVAL 14 DAY END,
            CASE WHEN stage = 'closed_lost' THEN silent_since + INTERVAL 60 DAY END,
            CASE WHEN stage IS NULL THEN silent_since + INTERVAL 21 DAY END
        ) END AS goes_dark_at,
        list_filter([CASE WHEN asked_out THEN 'opted_out' END, CASE WHEN said_no THEN 'they_said_no' END, CASE WHEN five_emails THEN 'five_emails' END, CASE WHEN crowded_week THEN 'crowded_week' END], lambda guard: guard IS NOT NULL) AS mail_guards,
        list_filter([CASE WHEN asked_out THEN 'opted_out' END, CASE WHEN said_no THEN 'they_said_no' END, CASE WHEN no_calls THEN 'no_calls' END, CASE WHEN crowded_week THEN 'crowded_week' END], lambda guard: guard IS NOT NULL) AS call_guards,
        list_filter([CASE WHEN asked_out THEN 'opted_out' END, CASE WHEN said_no THEN 'they_said_no' END], lambda guard: guard IS NOT NULL) AS inside_guards,
        list_filter([CASE WHEN NOT caps_reached THEN 'caps_first' END, CASE WHEN mendable THEN 'worth_another_try' END], lambda guard: guard IS NOT NULL) AS stop_guards
    FROM actions
),
listed AS (
    SELECT
        *,
        list_sort(list_filter([
            {doubt: -busy, id: 'busy', confidence: busy},
            {doubt: -poor_communicator, id: 'poor_communicator', confidence: poor_communicator},
            {doubt: -competing_priorities, id: 'competing_priorities', confidence: competing_priorities},
            {doubt: -urgency_mismatch, id: 'urgency_mismatch', confidence: urgency_mismatch},
            {doubt: -lost_interest, id: 'lost_interest', confidence: lost_interest},
            {doubt: -undecided, id: 'undecided', confidence: undecided},
            {doubt: -needs_buy_in, id: 'needs_buy_in', confidence: needs_buy_in},
            {doubt: -internal_process, id: 'internal_process', confidence: internal_process},
            {doubt: -contact_lacks_clout, id: 'contact_lacks_clout', confidence: contact_lacks_clout},
            {doubt: -not_financially_ready, id: 'not_financially_ready', confidence: not_financially_ready},
            {doubt: -price_too_high, id: 'price_too_high', confidence: price_too_high},
            {doubt: -avoidant_no, id: 'avoidant_no', confidence: avoidant_no}
        ], lambda cause: cause.confidence > 0)) AS likely,
        list_sort(list_filter([
            {worth: -answer_them, action: 'answer_them', kind: 'outreach', channel: 'email', value: answer_them, due_at: now, cause: NULL, guards: mail_guards},
            {worth: -ask_go_no_go, action: 'ask_go_no_go', kind: 'outreach', channel: 'email', value: ask_go_no_go, due_at: now, cause: NULL, guards: mail_guards},
            {worth: -build_urgency, action: 'build_urgency', kind: 'outreach', channel: 'email', value: build_urgency, due_at: cadence_due, cause: CASE WHEN CASE WHEN competing_priorities >= 0.25 THEN competing_priorities * 0.9e0 ELSE -1 END >= CASE WHEN urgency_mismatch >= 0.25 THEN urgency_mismatch * 1e0 ELSE -1 END THEN 'competing_priorities' ELSE 'urgency_mismatch' END, guards: mail_guards},
            {worth: -call_about_offer, action: 'call_about_offer', kind: 'outreach', channel: 'phone', value: call_about_offer, due_at: now, cause: NULL, guards: call_guards},
            {worth: -call_now, action: 'call_now', kind: 'outreach', channel: 'phone', value: call_now, due_at: now, cause: NULL, guards: call_guards},
            {worth: -close_out_move_on, action: 'close_out_move_on', kind: 'stop', channel: NULL, value: close_out_move_on, due_at: now, cause: 'avoidant_no', guards: stop_guards},
            {worth: -diagnose_first, action: 'diagnose_first', kind: 'internal', channel: NULL, value: diagnose_first, due_at: now, cause: NULL, guards: inside_guards},
            {worth: -engage_stakeholders, action: 'engage_stakeholders', kind: 'outreach', channel: 'email', value: engage_stakeholders, due_at: cadence_due, cause: CASE WHEN CASE WHEN contact_lacks_clout >= 0.25 THEN contact_lacks_clout * 0.9e0 ELSE -1 END >= CASE WHEN needs_buy_in >= 0.25 THEN needs_buy_in * 0.6e0 ELSE -1 END THEN 'contact_lacks_clout' ELSE 'needs_buy_in' END, guards: mail_guards},
            {worth: -narrow_choices, action: 'narrow_choices', kind: 'outreach', channel: 'email', value: narrow_choices, due_at: cadence_due, cause: CASE WHEN CASE WHEN price_too_high >= 0.25 THEN price_too_high * 0.8e0 ELSE -1 END >= CASE WHEN undecided >= 0.25 THEN undecided * 1e0 ELSE -1 END THEN 'price_too_high' ELSE 'undecided' END, guards: mail_guards},
            {worth: -one_word_answer, action: 'one_word_answer', kind: 'outreach', channel: 'email', value: one_word_answer, due_at: cadence_due, cause: CASE WHEN CASE WHEN busy >= 0.25 THEN busy * 1e0 ELSE -1 END >= CASE WHEN poor_communicator >= 0.25 THEN poor_communicator * 1e0 ELSE -1 END THEN 'busy' ELSE 'poor_communicator' END, guards: mail_guards},
            {worth: -personal_follow_up, action: 'personal_follow_up', kind: 'outreach', channel: 'email', value: personal_follow_up, due_at: cadence_due, cause: NULL, guards: mail_guards},
            {worth: -restart, action: 'restart', kind: 'outreach', channel: 'email', value: restart, due_at: now, cause: NULL, guards: mail_guards},
            {worth: -restate_next_steps, action: 'restate_next_steps', kind: 'outreach', channel: 'email', value: restate_next_steps, due_at: cadence_due, cause: 'internal_process', guards: mail_guards},
            {worth: -social_proof, action: 'social_proof', kind: 'outreach', channel: 'email', value: social_proof, due_at: cadence_due, cause: CASE WHEN CASE WHEN lost_interest >= 0.25 THEN lost_interest * 0.7e0 ELSE -1 END >= CASE WHEN undecided >= 0.25 THEN undecided * 0.9e0 ELSE -1 END THEN 'lost_interest' ELSE 'undecided' END, guards: mail_guards},
            {worth: -voice_concern, action: 'voice_concern', kind: 'internal', channel: NULL, value: voice_concern, due_at: now, cause: NULL, guards: inside_guards},
            {worth: -wait_for_budget, action: 'wait_for_budget', kind: 'internal', channel: NULL, value: wait_for_budget, due_at: now, cause: 'not_financially_ready', guards: inside_guards}
        ], lambda step: step.value IS NOT NULL)) AS eligible
    FROM dated
)
SELECT
    id,
    NULL::VARCHAR AS name,
    NULL::VARCHAR AS owner,
    stage,
    CASE WHEN dark THEN 'dark' WHEN silent_since IS NOT NULL THEN 'waiting'
         WHEN last_reply_at IS NOT NULL THEN 'our_turn' ELSE 'untouched' END AS state,
    silent_since,
    CASE WHEN silent_since IS NOT NULL THEN {hours: epoch(now - silent_since) / 3600, business_hours: epoch(now - silent_since) / 3600} END AS silence,
    goes_dark_at,
    list_filter([CASE WHEN after_discovery THEN 'after_discovery' END, CASE WHEN after_demo THEN 'after_demo' END, CASE WHEN after_proposal THEN 'after_proposal' END, CASE WHEN in_negotiation THEN 'in_negotiation' END, CASE WHEN in_their_process THEN 'in_their_process' END, CASE WHEN quiet_customer THEN 'quiet_customer' END, CASE WHEN long_lost THEN 'long_lost' END, CASE WHEN stage_not_recorded THEN 'stage_not_recorded' END], lambda rule: rule IS NOT NULL) AS dark,
    list_filter([CASE WHEN no_next_step THEN 'no_next_step' END, CASE WHEN no_need_or_urgency THEN 'no_need_or_urgency' END, CASE WHEN no_competitors_viewed THEN 'no_competitors_viewed' END, CASE WHEN no_setup_questions THEN 'no_setup_questions' END, CASE WHEN price_waved_through THEN 'price_waved_through' END, CASE WHEN too_good_to_be_true THEN 'too_good_to_be_true' END, CASE WHEN decision_maker_absent THEN 'decision_maker_absent' END, CASE WHEN disengagement_pattern THEN 'disengagement_pattern' END, CASE WHEN hot_start_then_silence THEN 'hot_start_then_silence' END, CASE WHEN neglected THEN 'neglected' END], lambda rule: rule IS NOT NULL) AS signals,
    list_transform(likely, lambda cause: {id: cause.id, confidence: cause.confidence, diagnosed: cause.confidence >= 0.25}) AS causes,
    cause_known,
    list_transform(list_filter(eligible, lambda step: len(step.guards) = 0),
        lambda step: {action: step.action, kind: step.kind, channel: step.channel, value: step.value, due_at: step.due_at, cause: step.cause}) AS next_steps,
    list_transform(list_filter(eligible, lambda step: len(step.guards) > 0),
        lambda step: {action: step.action, guards: step.guards}) AS held_back,
    'sixty' AS playbook,
    now AS as_of
FROM listed

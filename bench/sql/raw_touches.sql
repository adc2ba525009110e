-- Ten touches a prospect in the mean, in no order that helps: the latest of every prospect first, then the one
-- before of every prospect, and so on. The newest `unanswered` of them are ours; the one before is an answer.
WITH places AS (
    SELECT row // getvariable('prospects') AS back, row % getvariable('prospects') AS i
    FROM range(20 * getvariable('prospects')) AS numbers (row)
),
lives AS (
    SELECT
        i,
        back,
        draw(i, 1) AS turn,
        CASE WHEN draw(i, 70) < 0.048 THEN 0 ELSE 1 + (draw(i, 71) * 20)::INT % 20 END AS touches,
        spread(draw(i, 2), 0.02, 90.0) AS last_days,
        spread(draw(i, 72), 0.3, 6.0) AS gap_days,
        CASE WHEN draw(i, 1) < 0.18 THEN 0 ELSE 1 + floor(pow(draw(i, 3), 2) * 9) END AS unanswered,
        draw(i, 1000000 + back * 8) AS way,
        draw(i, 1000001 + back * 8) AS wobble,
        draw(i, 1000002 + back * 8) AS channel_draw,
        draw(i, 1000003 + back * 8) AS detail
    FROM places
),
touches AS (
    SELECT
        *,
        CASE
            WHEN back < unanswered THEN way < 0.04                -- ours, but for an auto-reply
            WHEN back = unanswered THEN true                      -- their answer
            ELSE way < 0.35
        END AS inbound
    FROM lives
    WHERE back < touches
)
SELECT
    format('P{:08d}', i) AS prospect_id,
    ago(last_days + (back + 0.8 * wobble) * gap_days) AS at,
    CASE WHEN inbound THEN 'inbound' ELSE 'outbound' END AS direction,
    CASE WHEN inbound AND back < unanswered THEN 'email'
         ELSE ['email', 'email', 'email', 'email', 'phone', 'phone', 'meeting', 'social', 'direct_mail', 'web'][1 + (channel_draw * 10)::INT % 10]
    END AS channel,
    CASE WHEN inbound AND back < unanswered THEN true WHEN detail < 0.9 THEN false END AS automatic,
    CASE WHEN inbound AND back < unanswered THEN ['out_of_office', 'out_of_office', 'bounced'][1 + (detail * 3)::INT % 3] END AS outcome,
    CASE WHEN detail < 0.02 AND NOT inbound THEN 'go or no-go?'
         WHEN detail < 0.60 THEN format('about your {} of last week', ['question', 'order', 'offer', 'call', 'note'][1 + (channel_draw * 5)::INT % 5])
    END AS subject
FROM touches

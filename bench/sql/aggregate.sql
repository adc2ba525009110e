-- What nobody can do without who judges prospects by their touches: one pass over them, a row a prospect.
SELECT
    prospect_id,
    count(*) AS touches,
    count(*) FILTER (direction = 'outbound') AS outbound,
    max("at") FILTER (direction = 'inbound' AND automatic IS NOT TRUE) AS last_reply_at,
    max("at") FILTER (direction = 'outbound') AS last_outbound_at,
    min("at") FILTER (direction = 'outbound') AS first_outbound_at,
    count(*) FILTER (direction = 'outbound' AND channel = 'email') AS emails,
    count(*) FILTER (direction = 'outbound' AND channel IN ('phone', 'call', 'voicemail')) AS calls,
    count(*) FILTER (direction = 'outbound' AND "at" >= getvariable('as_of') - INTERVAL 7 DAY) AS last_7_days
FROM touches
WHERE "at" <= getvariable('as_of')
GROUP BY prospect_id

SELECT
    format('P{:08d}', i) AS prospect_id,
    format('P{:08d}-{}', i, number) AS contact_id,
    pick(i * 4 + number, 80, 0.9, ['decision_maker', 'champion', 'evaluator', 'user', 'buyer']) AS role,
    chance(i * 4 + number, 81, 0.8, 0.6) AS engaged,
    chance(i * 4 + number, 82, 0.9, 0.05) AS left
FROM (SELECT row // 3 AS i, row % 3 AS number FROM range(3 * getvariable('prospects')) AS numbers (row))
WHERE number < draw(i, 83) * 3 - 0.5

SELECT
    format('P{:08d}', i) AS prospect_id,
    ago(draw(i, 90) * 120) AS at,
    ['funding', 'key_hire', 'promotion', 'product_release', 'acquisition', 'expansion', 'award', 'reorganisation',
        'leadership_change', 'layoffs'][1 + (draw(i, 91) * 10)::INT % 10] AS kind,
    format('item {}', i % 101) AS detail
FROM range(getvariable('prospects')) AS numbers (i)
WHERE draw(i, 92) < 0.15

-- Draws that depend on nothing but the seed, the number of the prospect and what is drawn.
SET TimeZone = 'UTC';
CREATE MACRO draw(i, what) AS
    (hash(i * 2000003 + what, getvariable('seed')) >> 11)::DOUBLE / 9007199254740992;
-- One of a list, or unknown where the draw lies beyond `known`.
CREATE MACRO pick(i, what, known, words) AS
    CASE WHEN draw(i, what) < known THEN words[1 + (draw(i, what + 500) * len(words))::INT % len(words)] END;
CREATE MACRO chance(i, what, known, share) AS
    CASE WHEN draw(i, what) < known THEN draw(i, what + 500) < share END;
-- An instant so many days ago (ahead, where negative), to the second.
CREATE MACRO ago(days) AS make_timestamptz(((getvariable('as_of') - (days) * 86400)::BIGINT) * 1000000);
-- From `low` to `high`, small ones as likely as large ones.
CREATE MACRO spread(u, low, high) AS low * pow(high / low, u);

-- What a job waits for and whether it was woken are two columns; options are one value; other names.
ALTER TABLE jobs RENAME COLUMN waits TO waiting_for;
ALTER TABLE jobs RENAME COLUMN posting TO create_started;
ALTER TABLE jobs RENAME COLUMN doubts TO creates_in_doubt;
ALTER TABLE jobs RENAME COLUMN losses TO generations_lost;
ALTER TABLE jobs RENAME COLUMN language TO options; -- JSON from now on
ALTER TABLE jobs ADD COLUMN woken INTEGER NOT NULL DEFAULT 0
    CHECK (woken = 0 OR (state = 'queued' AND slot IS NULL));

UPDATE jobs SET woken = 1, waiting_for = NULL WHERE waiting_for = 'woken';
UPDATE jobs SET waiting_for = 'paused' WHERE waiting_for = 'held';
UPDATE jobs SET notice = 'paused' WHERE notice = 'held';
UPDATE jobs SET apology = replace(apology, '"on_hold"', '"paused"') WHERE apology IS NOT NULL;
UPDATE jobs SET options = '{"language":"' || options || '"}';

-- A key ends with its options: what stands after the last bar gets its name.
UPDATE jobs SET cache_key = rtrim(cache_key, replace(cache_key, '|', '')) || 'language='
    || substr(cache_key, length(rtrim(cache_key, replace(cache_key, '|', ''))) + 1);
UPDATE transcripts SET cache_key = rtrim(cache_key, replace(cache_key, '|', '')) || 'language='
    || substr(cache_key, length(rtrim(cache_key, replace(cache_key, '|', ''))) + 1);

DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (next_at, id) WHERE next_at IS NOT NULL;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (waiting_for, woken, id) WHERE waiting_for IS NOT NULL;

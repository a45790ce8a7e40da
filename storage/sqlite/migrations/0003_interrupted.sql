-- A death of the process is counted against nobody who was merely there.
ALTER TABLE jobs DROP COLUMN claims;
ALTER TABLE jobs ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN handling INTEGER NOT NULL DEFAULT 0 CHECK (handling = 0 OR lease_token IS NOT NULL);
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (next_at, id, interrupted) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_interrupted ON jobs (interrupted, next_at, id) WHERE interrupted > 0;

-- Every job has its turn among those of all chats; the time of failing tries is counted, and not only their number.
ALTER TABLE jobs ADD COLUMN turn DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN claimed_at DOUBLE PRECISION;
ALTER TABLE jobs ADD COLUMN tried_seconds DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN lined_up INTEGER NOT NULL DEFAULT 0
    CHECK (lined_up = 0 OR (next_at IS NOT NULL AND lease_token IS NULL));
ALTER TABLE chats ADD COLUMN full_told_at DOUBLE PRECISION;

UPDATE jobs SET turn = created_at, tried_seconds = 60 * attempts;

DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (next_at, id, interrupted) WHERE next_at IS NOT NULL AND lined_up = 0;
CREATE INDEX jobs_lined_up ON jobs (turn, id) WHERE lined_up = 1;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (waiting_for, woken, turn, id) WHERE waiting_for IS NOT NULL;
DROP INDEX jobs_in_slots;
CREATE INDEX jobs_in_slots ON jobs (slot, chat_id) WHERE slot IS NOT NULL;

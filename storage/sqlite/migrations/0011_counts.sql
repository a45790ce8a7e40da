-- How many jobs without an answer there are in each state. Triggers count in the transaction of whatever changes a job,
-- so that no statement can forget to. On PostgreSQL these rows would be fought for by all writers: there, a column
-- `shard` (the backend's number modulo 16) belongs into the key. Readers take the sum either way.
CREATE TABLE counts (
    state TEXT PRIMARY KEY,
    n     BIGINT NOT NULL
);
INSERT INTO counts VALUES ('queued', 0), ('submitted', 0), ('ready', 0);
UPDATE counts SET n = (SELECT count(*) FROM jobs WHERE next_at IS NOT NULL AND jobs.state = counts.state);
CREATE TRIGGER jobs_count_new AFTER INSERT ON jobs WHEN NEW.next_at IS NOT NULL BEGIN
    UPDATE counts SET n = n + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER jobs_count_moved AFTER UPDATE OF state ON jobs WHEN NEW.state <> OLD.state BEGIN
    UPDATE counts SET n = n - 1 WHERE state = OLD.state;
    UPDATE counts SET n = n + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER jobs_count_gone AFTER DELETE ON jobs WHEN OLD.next_at IS NOT NULL BEGIN
    UPDATE counts SET n = n - 1 WHERE state = OLD.state;
END;

-- Time in which no program ran: what is stored as `submitted_at` is so much earlier. See storage.statements.moments.
ALTER TABLE pulse ADD COLUMN left_out DOUBLE PRECISION NOT NULL DEFAULT 0;
-- Until when no job is purged.
ALTER TABLE pulse ADD COLUMN keep_until DOUBLE PRECISION NOT NULL DEFAULT 0;

-- What a start looks for, and what a busy day must find without looking at all jobs that wait. SQLite reads no row of the
-- table only where each column that a statement names is in the index, also one that is the same in all of it.
CREATE INDEX jobs_leased ON jobs (lease_token) WHERE lease_token IS NOT NULL;
CREATE INDEX jobs_at_provider ON jobs (submitted_at) WHERE state = 'submitted';
CREATE INDEX jobs_refused ON jobs (chat_id) WHERE refused = 1;
DROP INDEX jobs_by_chat;
CREATE INDEX jobs_by_chat ON jobs (chat_id, turn) WHERE next_at IS NOT NULL;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (waiting_for, woken, turn, id, chat_id) WHERE waiting_for IS NOT NULL;
DROP INDEX jobs_lined_up;
CREATE INDEX jobs_lined_up ON jobs (lined_up, turn, id, chat_id, next_at) WHERE lined_up = 1;
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (next_at, id, interrupted, lined_up) WHERE next_at IS NOT NULL AND lined_up = 0;

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

-- What a start looks for, and what a busy day must find without looking at all jobs that wait. SQLite reads no row of the
-- table only where each column that a statement names is in the index, also one that is the same in all of it.
DROP INDEX jobs_lined_up;
CREATE INDEX jobs_lined_up ON jobs (lined_up, turn, id, chat_id, next_at) WHERE lined_up = 1;
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (next_at, id, interrupted, lined_up) WHERE next_at IS NOT NULL AND lined_up = 0;

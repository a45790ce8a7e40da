-- Works with programs of schema 2 or later.
-- They count one slot for a job that takes several. These are the slots that a job takes beside the one that it has as every
-- job, for parts of its recording that are at the provider at
-- the same time; and when its placeholder last told how far it is, in seconds since the epoch.
ALTER TABLE jobs ADD COLUMN more_slots INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN told_at DOUBLE PRECISION;

-- The seconds at the beginning of a part that the one before it has, too: its cut is in no silence.
ALTER TABLE generations ADD COLUMN overlap DOUBLE PRECISION NOT NULL DEFAULT 0;

DROP INDEX jobs_in_slots;
CREATE INDEX jobs_in_slots ON jobs (slot, chat_id, more_slots) WHERE slot IS NOT NULL;

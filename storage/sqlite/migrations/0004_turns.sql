-- The time of failing tries is counted, and not only their number.
ALTER TABLE jobs ADD COLUMN claimed_at DOUBLE PRECISION;
ALTER TABLE jobs ADD COLUMN tried_seconds DOUBLE PRECISION NOT NULL DEFAULT 0;

UPDATE jobs SET tried_seconds = 60 * attempts;

-- The seconds of the recording that a part has, from `start` on. A part that was stored before has none, and is made again: where
-- it was cut, nobody knows.
ALTER TABLE generations ADD COLUMN duration DOUBLE PRECISION NOT NULL DEFAULT 0;

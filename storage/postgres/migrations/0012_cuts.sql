-- Works with programs of schema 2 or later.
-- They store none. The seconds of the recording that a part has, from `start` on. A part that was stored without is made again:
-- where it was cut, nobody knows.
ALTER TABLE generations ADD COLUMN duration DOUBLE PRECISION NOT NULL DEFAULT 0;

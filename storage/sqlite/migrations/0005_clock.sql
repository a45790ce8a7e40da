-- The last known moment, and how far the system's clock had moved from the clock of the program by then.
ALTER TABLE pulse ADD COLUMN known_at DOUBLE PRECISION;
ALTER TABLE pulse ADD COLUMN moved DOUBLE PRECISION NOT NULL DEFAULT 0;

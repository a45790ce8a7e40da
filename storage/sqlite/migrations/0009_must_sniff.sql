-- A document that may be no recording is looked at first.
ALTER TABLE jobs ADD COLUMN must_sniff INTEGER NOT NULL DEFAULT 0;

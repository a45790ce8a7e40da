-- Works with programs of schema 2 or later.
-- They count nobody. How many speakers are told apart in a transcript, and in that of a job; nothing where that was not
-- counted.
ALTER TABLE transcripts ADD COLUMN speakers INTEGER;
ALTER TABLE jobs ADD COLUMN speakers INTEGER;

-- How often the answer to a generation was there and could not be read.
ALTER TABLE generations ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;

-- What is still to be erased, piece by piece: of all jobs up to an id the texts that are older than a number of days, or
-- everything of a chat, or of a person. `done_to` is the last job that was looked at.
CREATE TABLE erasures (
    whose   BIGINT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('texts', 'chat', 'person')),
    days    INTEGER,
    up_to   BIGINT NOT NULL,
    done_to BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (whose, kind)
);
-- A job that is deleted at its end, and amounts of use that count against the limits of their day and no longer.
ALTER TABLE jobs ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));
ALTER TABLE usage ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));
CREATE INDEX usage_forgotten ON usage (day) WHERE forgotten = 1;

-- A job is kept for as long as its text, as nothing else tells whose text it is.
CREATE INDEX jobs_without_text ON jobs (ended_at) WHERE ended_at IS NOT NULL AND transcript_id IS NULL;
CREATE INDEX jobs_of_chat ON jobs (chat_id, id) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_of_person ON jobs (user_id, id) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_by_person ON jobs (user_id) WHERE next_at IS NOT NULL;

-- How many texts were erased, whose bytes are in the journal until it is emptied.
ALTER TABLE pulse ADD COLUMN erased BIGINT NOT NULL DEFAULT 0;
CREATE TRIGGER transcripts_erased AFTER DELETE ON transcripts BEGIN
    UPDATE pulse SET erased = erased + 1;
END;

-- Who may use the bot. Its owner, the word that the link for becoming the owner is made of, those who were let in (a
-- chat, or a person by the id of the private chat), and what was told to those who were not.
ALTER TABLE pulse ADD COLUMN owner_id BIGINT;
ALTER TABLE pulse ADD COLUMN owner_word TEXT;
CREATE TABLE guests (
    id BIGINT PRIMARY KEY
);
CREATE TABLE strangers (
    chat_id BIGINT PRIMARY KEY,
    told_at DOUBLE PRECISION NOT NULL
);
CREATE INDEX strangers_told ON strangers (told_at);

-- What a chat has had transcribed by a person on a day, counted from the epoch in UTC. Nobody is person 0.
CREATE TABLE usage (
    chat_id    BIGINT NOT NULL,
    day        INTEGER NOT NULL,
    user_id    BIGINT NOT NULL,
    seconds    DOUBLE PRECISION NOT NULL DEFAULT 0,
    recordings BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_id, day, user_id)
);
CREATE INDEX usage_of_people ON usage (user_id, day, seconds);
CREATE INDEX usage_of_days ON usage (day, chat_id, seconds, recordings);
-- The seconds that are counted for a job whose text is not there yet, and their day; given back if nothing is made.
ALTER TABLE jobs ADD COLUMN reserved DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN reserved_on INTEGER NOT NULL DEFAULT 0;

-- Recordings of the last minute, where there is a limit to them, and when it was last said that they are too many.
CREATE TABLE arrivals (
    kind TEXT NOT NULL,
    id   BIGINT NOT NULL,
    at   DOUBLE PRECISION NOT NULL
);
CREATE INDEX arrivals_of ON arrivals (kind, id, at);
CREATE INDEX arrivals_at ON arrivals (at);

-- What the owner was told of trouble, by its kind.
CREATE TABLE troubles (
    kind          TEXT PRIMARY KEY,
    is_known      INTEGER NOT NULL,
    began_told_at DOUBLE PRECISION,
    ended_told_at DOUBLE PRECISION
);

-- What several processes have to share. While the provider refuses every job, creates wait `until` a moment, since the
-- first refusal. Where only the operator can end that, one job tries for all, and then all wait `next_seconds` more.
-- There is one row, or none.
CREATE TABLE hold (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    until        DOUBLE PRECISION NOT NULL DEFAULT 0,
    by_operator  INTEGER NOT NULL DEFAULT 0,
    since        DOUBLE PRECISION,
    next_seconds DOUBLE PRECISION NOT NULL DEFAULT 0
);

-- Of what is told once in a while, when it was told last.
ALTER TABLE told ADD COLUMN at DOUBLE PRECISION;
CREATE INDEX told_at ON told (at) WHERE at IS NOT NULL;

-- Whether the trouble is on, whatever the owner was told of it, and when it was seen last.
ALTER TABLE troubles ADD COLUMN is_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE troubles ADD COLUMN seen_at DOUBLE PRECISION;
UPDATE troubles SET is_on = is_known, seen_at = began_told_at;

-- How often it has changed who may use the bot: its owner, its guests, and the ids of chats.
ALTER TABLE pulse ADD COLUMN circle BIGINT NOT NULL DEFAULT 0;
